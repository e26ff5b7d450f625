using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Operations;

/// <summary>Seeing inside: <c>/metrics</c>, the Operations page's two answers, and who may ask.</summary>
[Collection(OperationsCollection.Name)]
public sealed partial class OperationsTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>What Orleans counts under names of its own.</summary>
    private static readonly string[] OnlyEmbedded =
        ["livesupport_grain_activations", "livesupport_grain_timeouts_total", "livesupport_grain_activation_failures_total"];

    [Fact]
    public async Task Agents_may_not_look_inside()
    {
        using var agent = await server.NewAgent("Sam");
        using var stranger = server.Http();
        foreach (var path in new[] { "/api/operations", "/api/operations/conversations/none" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await agent.Http.GetAsync(path)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task Metrics_are_for_this_machine_and_for_administrators()
    {
        using var http = server.Http();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/metrics")).StatusCode);

        using var admin = await server.SignIn();
        using var agent = await server.NewAgent("Sam");
        foreach (var (who, status) in new[] { (http, HttpStatusCode.Forbidden), (agent.Http, HttpStatusCode.Forbidden), (admin.Http, HttpStatusCode.OK) })
        {
            using var proxied = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", "203.0.113.9" } } };
            Assert.Equal(status, (await who.SendAsync(proxied)).StatusCode);
        }
    }

    [Fact]
    public async Task What_is_watched_is_what_is_exported()
    {
        await Talk();
        using var http = server.Http();
        var exported = Names(await http.GetStringAsync("/metrics"));
        var folder = Path.Combine(Root(), "deploy", "observability");
        var watched = Directory.EnumerateFiles(folder).Where(file => !file.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => Name().Matches(File.ReadAllText(file)).Select(match => match.Value)).ToHashSet();
        Assert.NotEmpty(watched);
        if (server.Services.GetRequiredService<IClusterView>().Engine != "embedded")
            watched.ExceptWith(OnlyEmbedded);
        Assert.Equal([], watched.Except(exported));
        // And the other way round: whatever we measure ourselves is on the board.
        var board = Name().Matches(await File.ReadAllTextAsync(Path.Combine(folder, "dashboard.json"))).Select(match => Family(match.Value)).ToHashSet();
        Assert.Equal([], exported.Where(name => name.StartsWith("livesupport_", StringComparison.Ordinal)).Select(Family).Except(board));
    }

    [Fact]
    public async Task The_page_shows_each_process_with_what_it_does()
    {
        await Talk();
        using var admin = await server.SignIn();
        JsonElement view = default;
        await TestServer.Eventually(async () =>
        {
            view = await admin.Http.GetFromJsonAsync<JsonElement>("/api/operations");
            // A report may have been made in the middle of the talk.
            return view.GetProperty("grains").EnumerateArray().Any(grain =>
                    grain.GetProperty("grain").GetString() == "conversation" && grain.GetProperty("callsPerSecond").GetDouble() > 0)
                && view.GetProperty("processes").EnumerateArray().All(one => one.GetProperty("report").GetProperty("edge").GetProperty("send").TryGetProperty("p99", out _));
        });

        var process = view.GetProperty("processes").EnumerateArray().Single();
        Assert.False(process.GetProperty("stale").GetBoolean());
        var report = process.GetProperty("report");
        Assert.Equal("all", report.GetProperty("role").GetString());
        Assert.Equal("running", report.GetProperty("state").GetString());
        Assert.True(report.GetProperty("memory").GetInt64() > 10_000_000);
        Assert.Equal("SQLite", report.GetProperty("store").GetProperty("kind").GetString());
        Assert.True(report.GetProperty("store").GetProperty("bytes").GetInt64() > 0);
        Assert.False(report.GetProperty("store").TryGetProperty("problem", out _));
        Assert.True(report.GetProperty("edge").GetProperty("send").GetProperty("p99").GetDouble() > 0);
        Assert.Equal("active", view.GetProperty("silos").EnumerateArray().Single().GetProperty("status").GetString());
        var conversation = view.GetProperty("grains").EnumerateArray().Single(grain => grain.GetProperty("grain").GetString() == "conversation");
        Assert.True(conversation.GetProperty("activations").GetInt32() > 0);
        Assert.Contains(conversation.GetProperty("methods").EnumerateArray(), method => method.GetProperty("method").GetString() == "Post");
    }

    [Fact]
    public async Task A_conversation_is_laid_open()
    {
        var id = await Talk();
        using var admin = await server.SignIn();
        await using var hub = await admin.Hub();
        await hub.Invoke("Open", id);
        await hub.Invoke("Send", new { conversationId = id, clientId = "n1", text = "Only for us", kind = "note" });
        await hub.Invoke("Seen", new { conversationId = id, seq = 1 });

        var view = await admin.Http.GetFromJsonAsync<JsonElement>($"/api/operations/conversations/{id}");

        Assert.True(view.GetProperty("queueAgrees").GetBoolean());
        Assert.False(string.IsNullOrEmpty(view.GetProperty("conversation").GetProperty("eTag").GetString()));
        Assert.False(string.IsNullOrEmpty(view.GetProperty("host").GetString()));
        var timeline = view.GetProperty("timeline").EnumerateArray().ToList();
        Assert.Equal(timeline.Select(item => item.GetProperty("event").GetProperty("rev").GetInt64()).Order(),
            timeline.Select(item => item.GetProperty("event").GetProperty("rev").GetInt64()));
        var note = timeline.Single(item => item.GetProperty("event").TryGetProperty("entry", out var entry) && entry.GetProperty("text").GetString() == "Only for us");
        Assert.True(note.GetProperty("hidden").GetBoolean());
        Assert.Contains(timeline, item => item.GetProperty("event").GetProperty("kind").GetString() == "read");
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync("/api/operations/conversations/unknown")).StatusCode);
    }

    /// <summary>A visitor writes, the bot answers, an agent looks on.</summary>
    private async Task<string> Talk()
    {
        using var admin = await server.SignIn();
        await using var agent = await admin.Hub();
        await agent.Invoke("Watch", new { view = "all", filter = "all", sort = "newest", limit = 50 });
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        var sent = await hub.Invoke("Send", new { clientId = Guid.NewGuid().ToString("N"), text = "How do I return something?" });
        await hub.Event("entry", live => live.GetProperty("entry").GetProperty("author").GetProperty("type").GetString() == "bot");
        return sent.GetProperty("conversationId").GetString()!;
    }

    private static HashSet<string> Names(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0])];

    private static string Family(string name) => Suffix().Replace(name, "");

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));

    [GeneratedRegex(@"\b(?:livesupport|dotnet|kestrel|signalr|http_server)_[a-z0-9_]+")]
    private static partial Regex Name();

    [GeneratedRegex("_(bucket|count|sum|total)$")]
    private static partial Regex Suffix();
}
