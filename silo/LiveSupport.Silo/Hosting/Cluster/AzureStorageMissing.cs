using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>Stands in for <c>AzureStorage.cs</c> in builds without <c>-p:AzureStorage=true</c>.</summary>
internal static class AzureStorage
{
    public static void AddMembership(ISiloBuilder silo, SiloOptions options) => throw Missing("Cluster:Membership");

    public static void AddMembership(IClientBuilder client, SiloOptions options) => throw Missing("Cluster:Membership");

    public static void AddGrainState(IServiceCollection services, SiloOptions options) => throw Missing("GrainState");

    private static SiloRoleException Missing(string setting) => new(
        $"LiveSupport:{setting} is 'azure', and this build has nothing for Azure's storage: build with -p:GrainEngine=Orleans -p:AzureStorage=true.");
}
