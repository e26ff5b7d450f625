using LiveSupport.Contracts;
using LiveSupport.Silo.Hosting;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LiveSupport.Tests.Cluster;

/// <summary>What only a cluster has: with the silo that was told who listens, the others must not forget it.</summary>
[Collection(PostgresTests.Name)]
public sealed class SubscriptionTests(PostgresServer server)
{
    [Fact]
    public async Task Who_listens_to_a_workspace_is_stored_with_everything_else()
    {
        var connection = server.NewDatabase();
        var folder = Directory.CreateTempSubdirectory("livesupport-silo-");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddLiveSupportSilo(new SiloOptions
        {
            DataFolder = folder.FullName,
            Postgres = connection,
            Cluster = new ClusterSettings { Membership = "localhost" },
        });
        using var host = builder.Build();
        await host.StartAsync();
        var stream = host.Services.GetRequiredService<IClusterClient>().GetStreamProvider(WorkspaceStream.Provider)
            .GetStream<WorkspaceEvent>(StreamId.Create(WorkspaceStream.Namespace, "a-workspace"));
        Assert.Equal(0, await Listed(connection));

        var listening = await stream.SubscribeAsync((_, _) => Task.CompletedTask);
        Assert.Equal(1, await Listed(connection));

        await listening.UnsubscribeAsync();
        Assert.Equal(0, await Listed(connection));
        await host.StopAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Orleans' records of who listens to that workspace.</summary>
    private static async Task<long> Listed(string connection)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var count = database.CreateCommand("SELECT count(*) FROM grain WHERE type = 'pubsubrendezvous' AND key LIKE '%a-workspace%'");
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
