using LiveSupport.Contracts;

namespace LiveSupport.Silo.Hosting;

/// <summary>The cluster as its own management grain sees it; works in a silo and in an edge.</summary>
internal sealed class OrleansView(IGrainFactory grains) : IClusterView
{
    private static readonly Dictionary<string, string> Types = typeof(OrleansView).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(Grain)))
        .SelectMany(type => type.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(GrainTypeAttribute))
            .Select(attribute => (type.Name, Grain: (string)attribute.ConstructorArguments[0].Value!)))
        .ToDictionary(type => type.Name, type => type.Grain);

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

    /// <summary>The statistics name the class; calls are counted by the type of grain.</summary>
    private static string Short(string statistic)
    {
        var name = statistic.Split(',')[0].Split('.')[^1];
        return Types.GetValueOrDefault(name, name);
    }
}
