using LiveSupport.Contracts;
using LiveSupport.Silo.Hosting.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Serialization;

namespace LiveSupport.Tests.Cluster;

/// <summary>How the live stream's items travel: in order, and read by nobody on the way.</summary>
public sealed class LiveBytesTests : IDisposable
{
    private static readonly WorkspaceEvent[] Several =
    [
        new Tick(7),
        new PresenceChanged("v1", Online: true),
        new TypingChanged("c1", "v1", new Author(AuthorType.Visitor, "v1"), IsTyping: false),
    ];

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private LiveBytes Live => ActivatorUtilities.CreateInstance<LiveBytes>(_services);

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Events_come_as_they_were_said() =>
        Assert.Equal(Several, Sent(new Together([.. Several])).Each());

    [Fact]
    public void One_event_comes_alone() => Assert.Equal(Several[..1], Sent(Several[0]).Each());

    [Fact]
    public void They_are_not_read_before_somebody_asks_for_them()
    {
        var body = Live.Deserialize(new byte[] { 1, 2, 3 });

        Assert.Null(body.RequestContext);
        Assert.ThrowsAny<Exception>(() => Assert.IsAssignableFrom<WorkspaceEvent>(Assert.Single(body.Events)).Each());
    }

    private WorkspaceEvent Sent(WorkspaceEvent item) =>
        Assert.IsAssignableFrom<WorkspaceEvent>(Assert.Single(Live.Deserialize(Live.Serialize(new MemoryMessageBody([item], null))).Events));
}
