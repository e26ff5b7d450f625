using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>The pages: which file under which path, how long it is kept, and what it may do.</summary>
public sealed class PagesTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/demo")]
    [InlineData("/demo/help")]
    [InlineData("/widget?siteKey=default")]
    public async Task A_page_runs_our_scripts_only_and_is_asked_for_anew(string path)
    {
        using var answer = await Get(path);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'; script-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(answer.Headers.CacheControl?.NoCache);
    }

    [Fact]
    public async Task Only_allowed_sites_may_frame_the_widget_and_nobody_the_dashboard()
    {
        var workspace = server.Grains.GetGrain<IWorkspaceGrain>("default");
        await workspace.SetSettings((await workspace.Settings())! with { AllowedOrigins = ["https://shop.example.com", "https://*.linnea.example"] });
        await TestServer.Eventually(async () => (await Policy("/widget?siteKey=default"))
            .EndsWith("frame-ancestors 'self' https://shop.example.com https://*.linnea.example", StringComparison.Ordinal));
        Assert.EndsWith("frame-ancestors 'self'", await Policy("/widget?siteKey=unknown"));
        Assert.EndsWith("frame-ancestors 'self'", await Policy("/widget"));
        Assert.EndsWith("frame-ancestors 'none'", await Policy("/"));
    }

    [Fact]
    public async Task What_carries_a_hash_is_kept_for_ever_and_sent_as_it_was_compressed()
    {
        var script = (await (await Get("/")).Content.ReadAsStringAsync()).Split("src=\"")[1].Split('"')[0];
        Assert.StartsWith("/assets/", script);
        using var brotli = await Get(script, "gzip, br");
        Assert.Equal("br", brotli.Content.Headers.ContentEncoding.Single());
        Assert.Contains("immutable", brotli.Headers.CacheControl!.ToString());
        Assert.Equal("gzip", (await Get(script, "gzip")).Content.Headers.ContentEncoding.Single());
        Assert.Empty((await Get(script, "br;q=0")).Content.Headers.ContentEncoding);

        foreach (var (known, status) in ((string, HttpStatusCode)[])[
            ($"{brotli.Headers.ETag}", HttpStatusCode.NotModified), ($"W/{brotli.Headers.ETag}", HttpStatusCode.NotModified),
            ($"\"a\", W/{brotli.Headers.ETag}", HttpStatusCode.NotModified), ("*", HttpStatusCode.NotModified), ("\"a\"", HttpStatusCode.OK), ("a", HttpStatusCode.OK)])
        {
            using var again = new HttpRequestMessage(HttpMethod.Get, script);
            again.Headers.Add("Accept-Encoding", "gzip, br");
            again.Headers.TryAddWithoutValidation("If-None-Match", known);
            Assert.Equal(status, (await server.Http().SendAsync(again)).StatusCode);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/widget.js")]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/me")]
    [InlineData("/api/conversations")]
    [InlineData("/nothing")]
    [InlineData("/api/nothing")]
    public async Task Asked_for_the_head_alone_everything_says_what_it_says_otherwise(string path)
    {
        using var admin = await server.SignIn();
        using var whole = await admin.Http.GetAsync(path);
        using var head = await admin.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal((whole.StatusCode, whole.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/widget.js")]
    public async Task A_page_takes_nothing(string path)
    {
        using var answer = await server.Http().PostAsync(path, null);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "bad-request"), (answer.StatusCode, await BadInputTests.Code(answer)));
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Any_site_may_load_the_loader_which_keeps_its_name()
    {
        using var loader = await Get("/widget.js");
        Assert.Equal("text/javascript", loader.Content.Headers.ContentType?.MediaType);
        Assert.Equal("cross-origin", loader.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.True(loader.Headers.CacheControl?.NoCache);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/setup")]
    [InlineData("/setup?code=guess")]
    [InlineData("/dashboard/index.html")]
    [InlineData("/..%2f..%2fProgram.cs")]
    [InlineData("/%2e%2e/%2e%2e/Program.cs")]
    [InlineData("/assets/..%5c..%5cProgram.cs")]
    [InlineData("/assets")]
    [InlineData("/demo/..%2fdashboard%2findex")]
    [InlineData("/%00")]
    public async Task Nothing_else_is_there(string path) => Assert.Contains((await Get(path)).StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);

    [Theory]
    [InlineData("CONNECT a.example:443")]
    [InlineData("OPTIONS *")]
    public async Task What_asks_for_no_path_is_refused(string asked)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{asked} HTTP/1.1\r\nHost: a.example:443\r\nConnection: close\r\n\r\n"));
        using var answer = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 405 ", await answer.ReadLineAsync());
    }

    [Fact]
    public async Task A_person_who_follows_a_dead_link_gets_a_page()
    {
        using var http = server.Http();
        http.DefaultRequestHeaders.Add("Accept", "text/html,*/*;q=0.8");
        using var answer = await http.GetAsync("/setup?code=used");
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("not here", await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> Policy(string path) => (await Get(path)).Headers.GetValues("Content-Security-Policy").Single();

    private async Task<HttpResponseMessage> Get(string path, string? encodings = null)
    {
        using var http = server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (encodings is not null)
            request.Headers.Add("Accept-Encoding", encodings);
        return await http.SendAsync(request);
    }
}
