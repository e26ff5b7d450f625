using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;

namespace LiveSupport.Api;

/// <summary>
/// Makes the first administrator, if the configuration names one, before anybody can knock; says where to go once the
/// doors are open.
/// </summary>
internal sealed class Welcome(
    IServiceScopeFactory scopes, IConfiguration configuration, IServer server, SetupLink setup,
    IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Welcome> log) : BackgroundService
{
    private const int WeakBelow = 8;

    public override async Task StartAsync(CancellationToken stop)
    {
        await CreateAdministrator();
        await base.StartAsync(stop);
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var atStart = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stop);
        await Greet();
    }

    private async Task CreateAdministrator()
    {
        if (configuration["LiveSupport:Admin:Email"] is not { Length: > 0 } email
            || configuration["LiveSupport:Admin:Password"] is not { Length: > 0 } password
            || await setup.Path() is null)
            return;
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AgentUser>>();
        var admin = AccountEndpoints.NewUser(
            Workspaces.Default, configuration["LiveSupport:Admin:Name"] ?? NameIn(email), email, AgentRole.Admin, clock, onlyAsFirst: true);

        // The operator's own choice is taken as it is; the rules for passwords are for everybody after.
        if (password.Length < WeakBelow)
            log.LogWarning("The administrator's password is shorter than {Length} characters.", WeakBelow);
        admin.PasswordHash = users.PasswordHasher.HashPassword(admin, password);
        var created = await users.CreateAsync(admin);
        // Another process of the cluster may have started at the same moment, with the same wish.
        if (!created.Succeeded && await setup.Path() is not null)
            throw new InvalidOperationException($"The first administrator could not be created: {created.Errors.First().Description}");
    }

    /// <summary>"mira.kos@example.com" → "Mira Kos": visitors see it, so it should look like a name.</summary>
    internal static string NameIn(string email) => string.Join(' ', email.Split('@')[0]
        .Split(['.', '_', '-', '+'], StringSplitOptions.RemoveEmptyEntries)
        .Select(word => char.ToUpperInvariant(word[0]) + word[1..])) is { Length: > 0 } name ? name : email;

    private async Task Greet()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/') ?? "";
        address = address.Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
            .Replace("+", "localhost", StringComparison.Ordinal);
        Console.WriteLine($"Dashboard  {address}/");
        Console.WriteLine($"Demo shop  {address}/demo");
        if (await setup.Path() is { } path)
            Console.WriteLine($"Set up     {address}{path}");
    }
}
