using System.Net;
using System.Net.Sockets;
using LiveSupport.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting;

/// <summary>The silo's composition root on Orleans: for now a cluster of one, on this machine.</summary>
public static class SiloHosting
{
    /// <summary>How often a stream is looked at: what it adds to the way from one screen to another.</summary>
    private static readonly TimeSpan StreamPoll = TimeSpan.FromMilliseconds(10);

    /// <exception cref="SiloRoleException">There is no such role.</exception>
    public static void AddLiveSupportSilo(this IHostApplicationBuilder builder, SiloOptions options)
    {
        if (options.Role != SiloOptions.All)
        {
            throw new SiloRoleException(
                $"The role '{options.Role}' needs several processes that find each other, and their membership is not set up yet. "
                + "Leave the role at 'all'.");
        }

        // Hundreds of lines at each start would hide ours.
        builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort())
            .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(30))
            .AddMemoryGrainStorage("PubSubStore")
            .AddMemoryStreams(WorkspaceStream.Provider, streams => streams.ConfigurePullingAgent(agent =>
                agent.Configure(pulling => pulling.GetQueueMsgsTimerPeriod = StreamPoll))));
        builder.Services.AddSiloServices(options);
    }

    /// <summary>Nobody outside of this process connects to the silo, so any port will do.</summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
