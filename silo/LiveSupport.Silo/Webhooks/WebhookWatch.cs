using System.Collections.Concurrent;
using LiveSupport.Contracts;
using LiveSupport.Silo.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Webhooks;

/// <summary>
/// Keeps the endpoints of the workspace at work, wherever they were before a crash, and passes on what the workspace's
/// stream says, so that they need not wait for their own next look.
/// </summary>
public sealed partial class WebhookWatch(IGrainFactory grains, IClusterClient cluster, TimeProvider clock, ILogger<WebhookWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);
    private const int BeatsPerRun = 5;

    private readonly ConcurrentDictionary<string, bool> _changed = new();
    private long _heardAt;
    private int _endpoints;
    private StreamSubscriptionHandle<WorkspaceEvent>? _subscription;

    private IWebhooksGrain Webhooks => grains.GetGrain<IWebhooksGrain>(DefaultWorkspace.Id);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            for (var beat = 0; await timer.WaitForNextTickAsync(stoppingToken); beat++)
            {
                try
                {
                    if (beat % BeatsPerRun == 0)
                    {
                        _endpoints = await Webhooks.Run();
                        await KeepListening();
                    }
                    await PassOn();
                }
                catch (Exception error) when (!stoppingToken.IsCancellationRequested)
                {
                    Failed(error);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task PassOn()
    {
        if (_changed.IsEmpty)
            return;
        var ids = _changed.Keys.ToArray();
        foreach (var id in ids)
            _changed.TryRemove(id, out _);
        await Webhooks.Changed([.. ids]);
    }

    /// <summary>A subscription can die without a word; the queue's tick says that it lives.</summary>
    private async Task KeepListening()
    {
        if (_endpoints == 0 || (_subscription is not null && clock.GetElapsedTime(Interlocked.Read(ref _heardAt)) < WorkspaceStream.DeafAfter))
            return;
        if (_subscription is { } dead)
        {
            _subscription = null;
            await dead.UnsubscribeAsync();
        }
        _subscription = await cluster.GetStreamProvider(WorkspaceStream.Provider)
            .GetStream<WorkspaceEvent>(StreamId.Create(WorkspaceStream.Namespace, DefaultWorkspace.Id))
            .SubscribeAsync((happened, _) => Hear(happened));
        Interlocked.Exchange(ref _heardAt, clock.GetTimestamp());
        // Nobody told what happened until now.
        await Webhooks.Changed([]);
    }

    private Task Hear(WorkspaceEvent happened)
    {
        Interlocked.Exchange(ref _heardAt, clock.GetTimestamp());
        foreach (var changed in happened.Each().OfType<ConversationChanged>())
            if (changed.Events.Any(change => change is EntryAdded or StatusChanged))
                _changed[changed.ConversationId] = true;
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The webhooks could not be looked after; trying again.")]
    private partial void Failed(Exception error);
}

public static class WebhookServices
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddDataProtection();
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookSender>();
        return services.AddHostedService<WebhookWatch>();
    }
}
