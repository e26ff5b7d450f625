using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Edge;

/// <summary>How an edge leaves, how many it lets in at once, and what it remembers of those who signed out.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task An_edge_that_leaves_tells_everybody_when_to_come_back_and_takes_nobody_new()
    {
        await using var server = await TestServer.Start();
        using var browser = await server.SignIn();
        await using var agent = await browser.Hub();
        await using var visitor = await (await server.NewVisitor()).Hub();
        using var http = server.Http();
        await TestServer.Eventually(async () => (await http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);

        await server.Services.GetRequiredService<Drain>().Run();

        foreach (var hub in (HubClient[])[agent, visitor])
        {
            var bye = await hub.Event("bye");
            Assert.Equal("draining", bye.GetProperty("code").GetString());
            Assert.True(bye.GetProperty("reconnect").GetBoolean());
            Assert.InRange(bye.GetProperty("afterMs").GetInt32(), 0, 2_000);
            await hub.Closed.WaitAsync(TestServer.Patience);
        }
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready")).StatusCode);
        var refused = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        // What is under way is finished: whoever is signed in may still read.
        Assert.Equal(HttpStatusCode.OK, (await browser.Http.GetAsync("/api/me")).StatusCode);
    }

    [Fact]
    public async Task A_crowd_comes_in_a_few_at_a_time_and_the_rest_is_told_to_try_again()
    {
        await using var server = await TestServer.Start("--LiveSupport:Limits:EntriesAtOnce=1", "--LiveSupport:Limits:EntriesWaiting=1");
        var admission = server.Services.GetRequiredService<Admission>();
        using var http = server.Http();
        using (await admission.Enter(CancellationToken.None))
        {
            using var gaveUp = new CancellationTokenSource();
            var waits = admission.Enter(gaveUp.Token).AsTask();
            var refused = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default" });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal("unavailable", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
            Assert.False(waits.IsCompleted);
            await gaveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        }
        // A socket that is served no longer stands in the door.
        await using var first = await (await server.NewVisitor()).Hub();
        await using var second = await (await server.NewVisitor()).Hub();
    }

    [Fact]
    public async Task A_copy_of_a_signed_out_cookie_is_worth_nothing_after_a_restart_either()
    {
        await using var server = await TestServer.Start();
        using var browser = await server.SignIn();
        var copy = browser.Cookie;
        (await browser.Http.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, await Me(copy));
        using var another = await server.SignIn();

        await server.Restart();

        Assert.Equal(HttpStatusCode.Unauthorized, await Me(copy));
        Assert.Equal(HttpStatusCode.OK, await Me(another.Cookie));

        async Task<HttpStatusCode> Me(string cookie)
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Url };
            http.DefaultRequestHeaders.Add("Cookie", cookie);
            return (await http.GetAsync("/api/me")).StatusCode;
        }
    }
}
