using System.Net;
using System.Net.Sockets;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Operations;

/// <summary>Meters belong to the process: while they are judged, no other server may begin or end in it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OperationsCollection
{
    public const string Name = "operations";
}

[Collection(OperationsCollection.Name)]
public sealed class OperationsListenerTests
{
    [Fact]
    public async Task The_administrators_listener_serves_only_what_is_theirs()
    {
        var port = FreePort();
        await using var apart = await TestServer.Start($"--LiveSupport:Operations:Url=http://127.0.0.1:{port}");
        using var inside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var outside = apart.Http();
        Assert.Contains("livesupport_", await inside.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await inside.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await inside.GetAsync("/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await outside.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await outside.GetAsync("/health/live")).StatusCode);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
