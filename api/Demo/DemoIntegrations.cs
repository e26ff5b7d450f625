using System.Collections.Immutable;
using LiveSupport.Api.Edge;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LiveSupport.Api.Demo;

internal static class Demo
{
    /// <param name="useFakes">Tells the silo where the fakes stand.</param>
    public static void AddDemo(this IServiceCollection services, Action<IServiceProvider, string> useFakes)
    {
        services.AddSingleton<FakeProviders>();
        services.AddHostedService(provider =>
            ActivatorUtilities.CreateInstance<DemoIntegrations>(provider, (string fakes) => useFakes(provider, fakes)));
    }
}

/// <summary>With <c>--demo</c>: connects the default workspace to the fakes in this very process, so that a newcomer sees full panels.</summary>
internal sealed class DemoIntegrations(
    IServer server, IHostApplicationLifetime life, IGrainFactory grains, Action<string> useFakes, ILogger<DemoIntegrations> log) : BackgroundService
{
    /// <summary>Before anybody can knock: the shop's first page asks at once whether it can sign somebody in.</summary>
    public override async Task StartAsync(CancellationToken stop)
    {
        await DemoSignIn.EnsureSecret(grains);
        await base.StartAsync(stop);
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var whenStarted = life.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stop);
        // The address that it listens on is known only now.
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First()
            .Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal);
        useFakes($"{address}/fakes");
        var settings = new Dictionary<string, ImmutableDictionary<string, string>>
        {
            [Providers.Shopify] = Of(("shop", "linen-and-loom.myshopify.com"), ("auth", "client-credentials"), ("clientId", "demo"), ("clientSecret", "demo")),
            [Providers.Calendly] = Of(("auth", "token"), ("token", "demo")),
            [Providers.Zendesk] = Of(("subdomain", "linen-and-loom"), ("auth", "oauth"), ("token", "demo")),
            [Providers.Card] = Of(("title", "Loyalty"), ("url", $"{address}/fakes/card?email={{email}}"), ("secret", "demo")),
        };
        foreach (var (provider, how) in settings)
        {
            if ((await grains.Integration(Workspaces.Default, provider).Connect(how)).Refusal is { } refusal)
                log.LogWarning("The demonstration could not connect {Provider}: {Reason}", provider, refusal.Sentence);
        }
    }

    private static ImmutableDictionary<string, string> Of(params (string Name, string Value)[] settings) =>
        settings.ToImmutableDictionary(one => one.Name, one => one.Value);
}
