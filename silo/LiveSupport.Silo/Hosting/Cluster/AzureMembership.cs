using Azure.Data.Tables;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>
/// Membership in Azure Table Storage. Only compiled with <c>-p:AzureStorage=true</c>: its packages are not on every
/// registry, so that it has not been built, let alone run, where the rest was tested.
/// </summary>
internal static class AzureMembership
{
    public static void Add(ISiloBuilder silo, SiloOptions options) =>
        silo.UseAzureStorageClustering(table => table.TableServiceClient = Client(options));

    public static void Add(IClientBuilder client, SiloOptions options) =>
        client.UseAzureStorageClustering(table => table.TableServiceClient = Client(options));

    private static TableServiceClient Client(SiloOptions options) => new(options.AzureStorage
        ?? throw new SiloRoleException("LiveSupport:Cluster:Membership is 'azure', but LiveSupport:Azure:Storage is not set."));
}
