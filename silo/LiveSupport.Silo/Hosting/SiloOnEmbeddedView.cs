using LiveSupport.Contracts;

namespace LiveSupport.Silo.Hosting;

/// <summary>One process, one silo: the engine's own counts.</summary>
internal sealed class EmbeddedView(IGrainCensus census) : IClusterView
{
    private const string Here = "this process";

    public string Engine => "embedded";

    public Task<ClusterPicture> Look()
    {
        var counts = census.Activations();
        return Task.FromResult(new ClusterPicture(
            [new SiloSeen(Here, "active", counts.Values.Sum())],
            [.. counts.Select(count => new GrainCount(count.Key, count.Value))]));
    }

    public Task<string?> HostOf(IConversationGrain conversation) => Task.FromResult<string?>(Here);
}
