using LiveSupport.Contracts;

namespace LiveSupport.Silo.Hosting;

/// <summary>The cluster as its own management grain sees it; works in a silo and in an edge.</summary>
internal sealed class OrleansView(IGrainFactory grains) : IClusterView
{
    public string Engine => "Orleans";

    private IManagementGrain Management => grains.GetGrain<IManagementGrain>(0);

    public async Task<ClusterPicture> Look()
    {
        var hosts = await Management.GetHosts(onlyActive: false);
        var counts = await Management.GetSimpleGrainStatistics();
        var bySilo = counts.GroupBy(count => count.SiloAddress).ToDictionary(group => group.Key, group => group.Sum(count => count.ActivationCount));
        return new ClusterPicture(
            [.. hosts.Select(host => new SiloSeen(
                host.Key.ToString(), host.Value.ToString().ToLowerInvariant(), bySilo.GetValueOrDefault(host.Key)))],
            [.. counts.GroupBy(count => Short(count.GrainType)).Select(group => new GrainCount(group.Key, group.Sum(count => count.ActivationCount)))]);
    }

    public async Task<string?> HostOf(IConversationGrain conversation) =>
        (await Management.GetActivationAddress(conversation))?.ToString();

    /// <summary>The statistics name the class: "LiveSupport.Silo.Queue.QueueGrain" → "queue".</summary>
    private static string Short(string type)
    {
        var name = type.Split(',')[0].Split('.')[^1];
        return name.EndsWith("Grain", StringComparison.Ordinal) ? name[..^5].ToLowerInvariant() : name;
    }
}
