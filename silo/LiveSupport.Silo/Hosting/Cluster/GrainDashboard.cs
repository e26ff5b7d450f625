using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>Orleans' own dashboard: grains, their methods and silos. Any edge can show it.</summary>
internal static class GrainDashboard
{
    /// <remarks>
    /// Without its list of counters: they are those of <c>/metrics</c>, each counted a second time, and read once a second,
    /// when the grain directory's whole cache is walked through (measured: 7 % of a busy silo). There is no setting for it,
    /// but all that its hosted service does, begun by the host or with the silo, is to count, and to wake what wakes by
    /// itself when it is asked.
    /// </remarks>
    public static ISiloBuilder AddGrainDashboard(this ISiloBuilder silo, SiloOptions options)
    {
        if (!options.GrainDashboard)
            return silo;
        var before = silo.Services.ToHashSet();
        silo.AddDashboard(Quiet);
        foreach (var added in silo.Services.Where(service => !before.Contains(service)).ToList())
        {
            if (added.ServiceType == typeof(IHostedService))
                silo.Services.Remove(added);
            else if (added.ServiceType == typeof(ILifecycleParticipant<ISiloLifecycle>))
                silo.Services[silo.Services.IndexOf(added)] = ServiceDescriptor.Singleton(services => UnlessHosted(added.ImplementationFactory!(services)));
        }
        return silo;
    }

    private static ILifecycleParticipant<ISiloLifecycle> UnlessHosted(object participant) =>
        participant is IHostedService ? new Idle() : (ILifecycleParticipant<ISiloLifecycle>)participant;

    private sealed class Idle : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle)
        {
        }
    }

    public static IClientBuilder AddGrainDashboard(this IClientBuilder client, SiloOptions options) =>
        options.GrainDashboard ? client.AddDashboard(Quiet) : client;

    /// <summary>Without the stream of the silo's log, which is for whoever keeps the machines.</summary>
    private static void Quiet(DashboardOptions options) => options.HideTrace = true;
}
