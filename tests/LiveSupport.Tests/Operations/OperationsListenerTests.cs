using System.Net;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

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
        var port = Ports.Free();
        await using var apart = await TestServer.Start($"--LiveSupport:Operations:Url=http://127.0.0.1:{port}");
        using var inside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var outside = apart.Http();
        Assert.Contains("livesupport_", await inside.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await inside.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await inside.GetAsync("/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await outside.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await outside.GetAsync("/health/live")).StatusCode);
    }

    [Fact]
    public async Task The_engines_dashboard_is_for_administrators_on_their_listener()
    {
        var port = Ports.Free();
        await using var apart = await TestServer.Start($"--LiveSupport:Operations:Url=http://127.0.0.1:{port}");
        using var outside = apart.Http();
        using var admin = await apart.SignIn();
        using var agent = await apart.NewAgent("Jonas");
        using var stranger = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var hasOne = apart.Services.GetRequiredService<IClusterView>().Engine == "Orleans";

        Assert.Equal(HttpStatusCode.NotFound, (await outside.GetAsync("/orleans/")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync("/orleans/")).StatusCode);
        foreach (var path in new[] { "/orleans/", "/orleans/DashboardCounters", "/orleans/index.min.js" })
        {
            Assert.Equal(hasOne ? HttpStatusCode.Unauthorized : HttpStatusCode.NotFound, (await stranger.GetAsync(path)).StatusCode);
            Assert.Equal(hasOne ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound, (await agent.Http.GetAsync(new Uri(stranger.BaseAddress, path))).StatusCode);
            var seen = await admin.Http.GetAsync(new Uri(stranger.BaseAddress, path));
            Assert.Equal(hasOne ? HttpStatusCode.OK : HttpStatusCode.NotFound, seen.StatusCode);
            if (hasOne)
                Assert.Contains("script-src 'self'", Assert.Single(seen.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        }
    }
}
