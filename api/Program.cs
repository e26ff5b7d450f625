using LiveSupport.Api;
using LiveSupport.Api.Configuration;
using LiveSupport.Api.Demo;
using LiveSupport.Api.Http;
using LiveSupport.Api.Operations;
using LiveSupport.Silo.Hosting;
using LiveSupport.Silo.Integrations;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Moving;
using LiveSupport.Silo.Storage.Sqlite;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

/// <summary>
/// The one program. By default its process is everything: a silo that runs the grains, and an edge in front of it. In a
/// cluster <c>LiveSupport:Role</c> makes it one of the two.
/// </summary>
public static class Program
{
    private const string DefaultUrl = "http://localhost:5080";

    /// <summary>
    /// Lets the runtime's array pool keep as many buffers as busy sockets have in use. It keeps 32 a core, and with 200
    /// senders a quarter of all memory allocated was buffers that it had just thrown away. Only the environment can say
    /// so, and only before the pool is first used.
    /// </summary>
    private static void KeepBuffers()
    {
        const string kept = "DOTNET_SYSTEM_BUFFERS_SHAREDARRAYPOOL_MAXARRAYSPERPARTITION";
        if (Environment.GetEnvironmentVariable(kept) is null)
            Environment.SetEnvironmentVariable(kept, "1024");
    }

    /// <summary>Runs the system. With <c>--backup FILE</c> it copies the database, with <c>--export FILE</c> it writes
    /// everything in a form that every store takes, with <c>--import FILE</c> it fills an empty store from that; then it ends.</summary>
    public static async Task<int> Main(string[] args)
    {
        KeepBuffers();
        args = Questions.Spelled(args);
        if (Questions.Misunderstood(args) is { } misunderstood)
        {
            await Console.Error.WriteLineAsync(misunderstood);
            return 2;
        }
        if (await Questions.Answer(args, Console.Out) is { } answered)
            return answered;
        var isOver = false;
        try
        {
            await using var app = Build(args);
            if (app.Configuration["backup"] is { } file)
            {
                Backup(SiloOptions.Of(app.Configuration), Path.GetFullPath(file));
                return 0;
            }
            if (await Move(app) is { } load)
            {
                Console.WriteLine(load);
                return 0;
            }
            // Opened before anything starts, so that what is wrong with it is said in one sentence.
            app.Services.GetService<IStoreHealth>();
            StopsInTime.Watch(app.Lifetime, TimeProvider.System, app.Logger, code =>
            {
                // A start that failed was told to stop, too, and is gone by now; who called this may live on, as tests do.
                if (!isOver)
                    Environment.Exit(code);
            });
            if (!await Start(app))
                return 1;
            await app.WaitForShutdownAsync();
            return Environment.ExitCode;
        }
        catch (Exception cannot) when (cannot is StoreCannotOpenException or SiloRoleException)
        {
            await Console.Error.WriteLineAsync(cannot.Message);
            return 1;
        }
        catch (Exception failure) when (StartFailure.Of(failure) is { } known)
        {
            await Console.Error.WriteLineAsync(known.Said);
            return known.Code;
        }
        finally
        {
            isOver = true;
        }
    }

    /// <summary>Puts the process together without starting it.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="before">Services that are to stand in for ours, such as a clock.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? before = null)
    {
        // Watching the configuration's file means watching every folder below the one that it is started in.
        var builder = WebApplication.CreateBuilder([
            "--hostBuilder:reloadConfigOnChange=false", .. args.Select(one => one == "--demo" ? "--LiveSupport:Demo=true" : one)]);
        before?.Invoke(builder.Services);
        builder.Configuration.AddSecretFiles();
        builder.Configuration.Check();
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null && builder.Configuration["https_ports"] is null)
            builder.WebHost.UseUrls(DefaultUrl);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        var started = false;
        StartFailure.IsSaidOnce(builder.Logging, () => started);
        var options = SiloOptions.Of(builder.Configuration);
        var (isSilo, isEdge) = (options.Role != SiloOptions.Edge, options.Role != SiloOptions.Silo);

        builder.AddOperations(options.Role);
        builder.AddLiveSupportSilo(options);
        builder.Services.AddKeyRing(options);
        builder.Services.AddHealth();
        if (isSilo)
            builder.Services.AddHealthChecks().AddCheck<StoreCheck>("storage", timeout: TimeSpan.FromSeconds(5));
        if (isEdge)
            builder.AddEdge();
        if (isSilo && isEdge && builder.Configuration.GetValue<bool>("LiveSupport:Demo"))
            builder.Services.AddDemo((provider, fakes) => provider.GetRequiredService<ProviderAddresses>().Fakes = fakes);
        builder.Services.AddHostedService<ProcessReporter>();

        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => started = true);
        foreach (var unknown in app.Configuration.Unknown())
            app.Logger.LogWarning("{Unknown}", unknown);
        app.UseOperationsListener();
        if (isEdge)
            app.UseEdge();
        else
            app.MapHealth();
        app.MapMetrics();
        // Only an edge knows who is signed in.
        if (isEdge && options.GrainDashboard)
            app.MapGrainDashboard(OperationsHosting.GrainDashboardPath)?.ForAdministrators();
        return app;
    }

    /// <summary>False: told to stop before it was ready, say while it waited for its database.</summary>
    private static async Task<bool> Start(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private static void Backup(SiloOptions options, string file)
    {
        if (options.Postgres is not null)
            throw new StoreCannotOpenException("The data is in PostgreSQL: back it up with pg_dump, or write an --export.");
        SqliteBackup.Write(options.DataFolder, file);
    }

    /// <summary>What was moved, or null when nobody asked for it.</summary>
    private static async Task<Load?> Move(WebApplication app)
    {
        var options = SiloOptions.Of(app.Configuration);
        var keys = app.Services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository!;
        return app.Configuration["export"] is { } target ? await HouseMove.Export(options, keys, Path.GetFullPath(target))
            : app.Configuration["import"] is { } source ? await HouseMove.Import(options, keys, Path.GetFullPath(source))
            : null;
    }

    private sealed class StoreCheck(IStoreHealth store) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken stop = default) =>
            await store.Problem() is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy();
    }
}
