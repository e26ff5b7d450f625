using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>How silos and edges find each other.</summary>
internal static class Membership
{
    private const string Localhost = "localhost";
    private const string Postgres = "postgres";
    private const string Azure = "azure";
    private const string Npgsql = "Npgsql";

    public static ISiloBuilder AddMembership(this ISiloBuilder silo, SiloOptions options)
    {
        var cluster = options.Cluster;
        switch (Kind(options))
        {
            case Localhost:
                return silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());
            case Postgres:
                silo.UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = (Npgsql, options.Postgres!));
                break;
            default:
                AzureStorage.AddMembership(silo, options);
                break;
        }
        silo.Configure<ClusterOptions>(ids => (ids.ClusterId, ids.ServiceId) = (cluster.Id, cluster.ServiceId));
        if (cluster.Address is null)
            return silo.ConfigureEndpoints(cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: true);
        var address = Address(cluster.Address);
        return silo.ConfigureEndpoints(address, cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: !IPAddress.IsLoopback(address));
    }

    public static IClientBuilder AddMembership(this IClientBuilder client, SiloOptions options)
    {
        switch (Kind(options))
        {
            case Localhost:
                throw new SiloRoleException(
                    "The role 'edge' needs a table in which it finds silos: set LiveSupport:Postgres to their database, or leave the role at 'all'.");
            case Postgres:
                client.UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = (Npgsql, options.Postgres!));
                break;
            default:
                AzureStorage.AddMembership(client, options);
                break;
        }
        return client
            .Configure<ClusterOptions>(ids => (ids.ClusterId, ids.ServiceId) = (options.Cluster.Id, options.Cluster.ServiceId))
            // Edges and silos may be started in any order.
            .UseConnectionRetryFilter(async (_, stop) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1), stop);
                return !stop.IsCancellationRequested;
            });
    }

    private static string Kind(SiloOptions options)
    {
        var kind = options.Cluster.Membership ?? (options.Postgres is null ? Localhost : Postgres);
        return kind switch
        {
            Localhost when options.Role == SiloOptions.Silo => throw new SiloRoleException(
                "The role 'silo' needs a table in which edges find it: set LiveSupport:Postgres, or leave the role at 'all'."),
            Postgres when options.Postgres is null => throw new SiloRoleException(
                "LiveSupport:Cluster:Membership is 'postgres', but LiveSupport:Postgres is not set."),
            Localhost or Postgres or Azure => kind,
            _ => throw new SiloRoleException(
                $"There is no membership '{kind}': LiveSupport:Cluster:Membership is '{Localhost}', '{Postgres}' or '{Azure}'."),
        };
    }

    private static IPAddress Address(string text) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new SiloRoleException($"LiveSupport:Cluster:Address is '{text}'; it must be an IP address.");

    /// <summary>Nobody outside of this process connects to a cluster of one, so any port will do.</summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
