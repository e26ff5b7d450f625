using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace LiveSupport.Tests.Engine;

internal static class TestEngine
{
    public static void Add(IHostApplicationBuilder builder, EngineTimes times) =>
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort())
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

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
