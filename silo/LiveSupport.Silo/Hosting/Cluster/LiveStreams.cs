using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Serialization;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>
/// The streams that carry events to the edges: in memory, because an event is only a hint. What a dying silo takes along
/// shows as a gap, and the edge asks for the truth; who no longer hears the queue's tick subscribes anew.
/// </summary>
internal static class LiveStreams
{
    /// <summary>A workspace has one stream, and each queue is asked again and again by a silo: more of them would cost and
    /// carry nothing. Many workspaces would share the work by more.</summary>
    private const int Queues = 1;

    private const int EventsTogether = 128;

    /// <summary>How often a queue is looked at: what it adds to the way from one screen to another.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How long what was handed on is kept. Orleans keeps half an hour of it, for readers that come back to where they were
    /// (2.4 MB a second at 2,000 messages/s, measured by its counters: 4 GB); ours fetch what they missed after
    /// <see cref="WorkspaceStream.DeafAfter"/>.
    /// </summary>
    private static readonly TimeSpan Kept = 2 * WorkspaceStream.DeafAfter;

    public static ISiloBuilder AddLiveStreams(this ISiloBuilder silo, SiloOptions options)
    {
        BytesAtOnce.Add(silo.Services);
        LiveBytes.Add(silo.Services);
        // Who listens is not only known to the silo that was told: with that silo every edge would go deaf.
        if (options.Postgres is null)
            silo.AddMemoryGrainStorage(ProviderConstants.DEFAULT_PUBSUB_PROVIDER_NAME);
        else
        {
            silo.Services.AddKeyedSingleton<IGrainStorage>(ProviderConstants.DEFAULT_PUBSUB_PROVIDER_NAME, (services, _) => new SubscriptionStorage(
                services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Grains), services.GetRequiredService<Serializer>()));
        }
        return silo.AddMemoryStreams<LiveBytes>(WorkspaceStream.Provider, streams =>
        {
            streams.ConfigurePartitioning(Queues);
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
            streams.Configure<StreamCacheEvictionOptions>(cache => cache.Configure(keeping => (keeping.DataMinTimeInCache, keeping.DataMaxAgeInCache) = (Kept, Kept)));
            streams.ConfigurePullingAgent(agent => agent.Configure(pulling =>
            {
                pulling.GetQueueMsgsTimerPeriod = Poll;
                // One by one, each event would wait for the way to the edge and back of the one before.
                pulling.BatchContainerBatchSize = EventsTogether;
                // Whoever cannot be reached for so long subscribes anew and fetches what it missed.
                pulling.MaxEventDeliveryTime = WorkspaceStream.DeafAfter;
            }));
        });
    }

    public static IClientBuilder AddLiveStreams(this IClientBuilder client)
    {
        BytesAtOnce.Add(client.Services);
        LiveBytes.Add(client.Services);
        return client.AddMemoryStreams<LiveBytes>(WorkspaceStream.Provider, streams =>
        {
            streams.ConfigurePartitioning(Queues);
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
        });
    }
}
