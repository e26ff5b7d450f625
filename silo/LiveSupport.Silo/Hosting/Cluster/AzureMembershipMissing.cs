using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>Stands in for <c>AzureMembership.cs</c> in builds without <c>-p:AzureStorage=true</c>.</summary>
internal static class AzureMembership
{
    public static void Add(ISiloBuilder silo, SiloOptions options) => throw Missing();

    public static void Add(IClientBuilder client, SiloOptions options) => throw Missing();

    private static SiloRoleException Missing() =>
        new("This build has no Azure membership: build with -p:GrainEngine=Orleans -p:AzureStorage=true.");
}
