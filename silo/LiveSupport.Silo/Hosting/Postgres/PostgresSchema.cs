using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LiveSupport.Silo.Hosting.Postgres;

/// <summary>Creates what a cluster shares (Cluster.sql), before anything else of the process starts.</summary>
internal sealed class PostgresSchema(string connectionString, ILogger<PostgresSchema> log) : IHostedService
{
    /// <summary>The database may start together with us.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="StoreCannotOpenException">PostgreSQL has not answered for too long.</exception>
    public async Task StartAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        for (NpgsqlException? problem = null; ;)
        {
            try
            {
                await Create(limit.Token);
                return;
            }
            catch (NpgsqlException notYet) when (notYet.IsTransient && !limit.IsCancellationRequested)
            {
                problem = notYet;
                log.LogWarning("PostgreSQL does not answer yet: {Problem}", notYet.Message);
                await Task.Delay(Pause, stop);
            }
            catch (Exception error) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                throw new StoreCannotOpenException(
                    $"PostgreSQL has not answered for {Patience.TotalSeconds:0} seconds: {(problem ?? error).Message}. Is it running, and is LiveSupport:Postgres right?", error);
            }
        }
    }

    public Task StopAsync(CancellationToken stop) => Task.CompletedTask;

    private async Task Create(CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        // Processes that start at the same moment take turns.
        await using (var turn = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtext('livesupport-cluster'))", connection, transaction))
            await turn.ExecuteNonQueryAsync(stop);
        await using (var create = new NpgsqlCommand(Sql(), connection, transaction))
            await create.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
    }

    private static string Sql()
    {
        using var text = new StreamReader(typeof(PostgresSchema).Assembly.GetManifestResourceStream("Cluster.sql")!);
        return text.ReadToEnd();
    }
}

internal static class PostgresSchemaServices
{
    /// <summary>To be called before what needs the tables is added, because hosted services start in order; further
    /// calls change nothing.</summary>
    public static IServiceCollection AddPostgresSchema(this IServiceCollection services, string connectionString)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PostgresSchema>(provider =>
            new PostgresSchema(connectionString, provider.GetRequiredService<ILogger<PostgresSchema>>())));
        return services;
    }
}
