using LiveSupport.Tests.Support;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace LiveSupport.Tests.Engine;

internal static class TestEngine
{
    public static void Add(IHostApplicationBuilder builder, EngineTimes times) =>
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort: Ports.Free(), gatewayPort: Ports.Free())
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = times.CallTimeout)
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = times.CallTimeout)
            .Configure<GrainCollectionOptions>(options =>
            {
                options.CollectionAge = times.CollectionAge;
                options.CollectionQuantum = times.CollectionAge / 4;
            })
            .AddMemoryGrainStorage("PubSubStore")
            .AddMemoryStreams(EngineHost.Streams, streams => streams.ConfigurePullingAgent(agent =>
                agent.Configure(pulling => pulling.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(10)))));
}
