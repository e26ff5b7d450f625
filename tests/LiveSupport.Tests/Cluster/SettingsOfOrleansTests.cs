using LiveSupport.Contracts;
using LiveSupport.Tests.Operations;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;

namespace LiveSupport.Tests.Cluster;

/// <summary>What Orleans does beside the calls, and would do too much of as it comes.</summary>
[Collection(OperationsCollection.Name)]
public sealed class SettingsOfOrleansTests
{
    [Fact]
    public async Task Events_that_were_handed_on_are_kept_no_longer_than_an_edge_may_be_deaf()
    {
        await using var server = await TestServer.Start();

        var kept = server.Services.GetRequiredService<IOptionsMonitor<StreamCacheEvictionOptions>>().Get(WorkspaceStream.Provider);

        Assert.Equal((2 * WorkspaceStream.DeafAfter, 2 * WorkspaceStream.DeafAfter), (kept.DataMinTimeInCache, kept.DataMaxAgeInCache));
    }

    [Fact]
    public async Task The_dashboard_counts_nothing_a_second_time()
    {
        await using var server = await TestServer.Start($"--LiveSupport:Operations:Url=http://127.0.0.1:{Ports.Free()}");

        var begun = server.Services.GetServices<IHostedService>().Concat<object>(server.Services.GetServices<ILifecycleParticipant<ISiloLifecycle>>());

        Assert.DoesNotContain(begun, one => one is IHostedService && one.GetType().Namespace!.StartsWith("Orleans.Dashboard", StringComparison.Ordinal));
    }
}
