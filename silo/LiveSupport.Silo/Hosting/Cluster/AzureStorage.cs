using Azure.Data.Tables;
using Azure.Storage.Blobs;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>
/// What may be in an Azure storage account: membership in a table, grains' records in blobs. Only compiled with
/// <c>-p:AzureStorage=true</c>: its packages are not on every registry, so that it has not been built, let alone run,
/// where the rest was tested.
/// </summary>
internal static class AzureStorage
{
    /// <summary>Of the blobs, each named by the grain and the record.</summary>
    private const string Container = "livesupport";

    public static void AddMembership(ISiloBuilder silo, SiloOptions options) =>
        silo.UseAzureStorageClustering(table => table.TableServiceClient = new TableServiceClient(Account(options)));

    public static void AddMembership(IClientBuilder client, SiloOptions options) =>
        client.UseAzureStorageClustering(table => table.TableServiceClient = new TableServiceClient(Account(options)));

    /// <summary>
    /// Takes the place of the database's records; the rows stay there. Blobs rather than a table, whose records end at
    /// 1 MB: a page of long messages or a piece of a file may be larger.
    /// </summary>
    public static void AddGrainState(IServiceCollection services, SiloOptions options) =>
        services.AddAzureBlobGrainStorage(StorageNames.Grains, blobs =>
        {
            blobs.BlobServiceClient = new BlobServiceClient(Account(options));
            blobs.ContainerName = Container;
            blobs.GrainStorageSerializer = new StateJsonSerializer();
        });

    private static string Account(SiloOptions options) =>
        options.AzureStorage ?? throw new SiloRoleException("Something is configured to be in Azure, but LiveSupport:Azure:Storage is not set.");
}
