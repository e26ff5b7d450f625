using Orleans.Dashboard;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>Orleans' own dashboard. Every silo counts for it, and any edge can show it.</summary>
internal static class GrainDashboard
{
    public static ISiloBuilder AddGrainDashboard(this ISiloBuilder silo, SiloOptions options) =>
        options.GrainDashboard ? silo.AddDashboard(Quiet) : silo;

    public static IClientBuilder AddGrainDashboard(this IClientBuilder client, SiloOptions options) =>
        options.GrainDashboard ? client.AddDashboard(Quiet) : client;

    /// <summary>Without the stream of the silo's log, which is for whoever keeps the machines.</summary>
    private static void Quiet(DashboardOptions options) => options.HideTrace = true;
}
