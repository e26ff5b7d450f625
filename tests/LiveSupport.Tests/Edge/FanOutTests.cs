using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>What screens are told without asking: windows of the queue, counts, unread; and that one slow reader is alone.</summary>
public sealed class FanOutTests
{
    [Fact]
    public async Task A_window_is_told_what_enters_what_leaves_and_the_exact_counts()
    {
        await using var server = await TestServer.Start();
        using var mira = await server.NewAgent("Mira");
        using var dev = await server.NewAgent("Dev");
        await using var waiting = await mira.Hub();
        await waiting.Invoke("Watch", new { view = "unassigned", filter = "all", sort = "oldest", limit = 50 });
        await using var inbox = await dev.Hub();
        await inbox.Invoke("Watch", new { view = "inbox", filter = "active", sort = "unread", limit = 50 });

        var visitor = await server.NewVisitor();
        await using var widget = await visitor.Hub();
        var id = (await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "A person, please." })).ConversationId;
        await widget.Invoke("TalkToHuman");
        await waiting.Event("queue-row", live => RowId(live) == id);
        await waiting.Event("queue-counts", live => Views(live, "unassigned") == 1);

        await inbox.Invoke("Join", id);
        await waiting.Event("queue-row", live => live.TryGetProperty("removed", out var removed) && removed.GetString() == id);
        await waiting.Event("queue-counts", live => Views(live, "unassigned") == 0 && waiting.Events.Any(e => Kind(e) == "queue-counts" && Views(e, "unassigned") == 1));
        await inbox.Event("queue-row", live => RowId(live) == id);
        await inbox.Event("queue-counts", live => Views(live, "inbox") == 1);

        await inbox.Invoke("Solve", id);
        await inbox.Event("queue-row", live => live.TryGetProperty("removed", out var removed) && removed.GetString() == id);
    }

    [Fact]
    public async Task A_window_stays_as_long_as_it_was_asked_to_be()
    {
        await using var server = await TestServer.Start();
        using var mira = await server.NewAgent("Mira");
        List<string> ids = [];
        for (var number = 1; number <= 3; number++)
            ids.Add(await (await server.NewVisitor()).Write($"Number {number}"));
        await using var hub = await mira.Hub();
        await TestServer.Eventually(async () =>
            (await hub.Invoke<QueuePage>("Watch", new { view = "all", filter = "active", sort = "oldest", limit = 2 })).Rows.Select(row => row.Id).SequenceEqual(ids[..2]));

        await hub.Invoke("Join", ids[1]);
        await hub.Invoke("Solve", ids[1]);
        await hub.Event("queue-row", live => live.TryGetProperty("removed", out var removed) && removed.GetString() == ids[1]);
        await hub.Event("queue-row", live => RowId(live) == ids[2]);

        var newest = (await hub.Invoke<QueuePage>("Watch", new { view = "all", filter = "active", sort = "newest", limit = 1 })).Rows.Single().Id;
        var next = await (await server.NewVisitor()).Write("Number 4");
        await hub.Event("queue-row", live => RowId(live) == next);
        await hub.Event("queue-row", live => live.TryGetProperty("removed", out var removed) && removed.GetString() == newest);
    }

    [Fact]
    public async Task Who_asked_for_it_is_told_that_somebody_waits_that_something_is_theirs_and_of_the_first_unread_message_in_it()
    {
        await using var server = await TestServer.Start();
        using var mira = await server.NewAgent("Mira");
        using var dev = await server.NewAgent("Dev");
        await using var away = await mira.Hub();
        await away.Invoke("Alerts", true);
        await using var here = await dev.Hub();
        await here.Invoke("Alerts", true);
        await using var silent = await dev.Hub();

        await using var widget = await (await server.NewVisitor()).Hub();
        var id = (await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "A person, please." })).ConversationId;
        await widget.Invoke("TalkToHuman");
        await away.Event("alert", live => Why(live) == "waiting" && live.GetProperty("conversationId").GetString() == id);
        await here.Event("alert", live => Why(live) == "waiting");

        await here.Invoke("Open", id);
        await here.Invoke("Join", id);
        await here.Invoke("Assign", new { conversationId = id, agentId = (await mira.Me()).GetProperty("id").GetString() });
        await away.Event("alert", live => Why(live) == "assigned");
        await away.Invoke("Watch", new { view = "all", filter = "all", sort = "newest", limit = 50 });
        await Reads(await away.Invoke<JsonElement>("Open", id));
        await widget.Invoke("Send", new { clientId = "m-2", text = "Message 2." });
        await away.Event("alert", live => Why(live) == "message" && live.GetProperty("preview").GetString() == "Message 2.");
        await widget.Invoke("Send", new { clientId = "m-3", text = "Message 3." });
        await away.Event("entry", live => live.GetProperty("entry").GetProperty("text").GetString() == "Message 3.");
        await Reads(await away.Invoke<JsonElement>("Open", id));
        await widget.Invoke("Send", new { clientId = "m-4", text = "Message 4." });
        await away.Event("alert", live => Why(live) == "message" && live.GetProperty("preview").GetString() == "Message 4.");
        Assert.Equal(["waiting", "assigned", "message", "message"], away.Events.Where(live => Kind(live) == "alert").Select(Why));
        Assert.Equal(["waiting"], here.Events.Where(live => Kind(live) == "alert").Select(Why));
        Assert.DoesNotContain(silent.Events, live => Kind(live) == "alert");

        async Task Reads(JsonElement snapshot)
        {
            var summary = snapshot.GetProperty("summary");
            await away.Invoke("Seen", new { conversationId = id, seq = summary.GetProperty("seq").GetInt64() });
            await away.Event("queue-row", live => Unread(live) == 0 && live.GetProperty("row").GetProperty("rev").GetInt64() > summary.GetProperty("rev").GetInt64());
        }
    }

    [Fact]
    public async Task Unread_is_each_agent_s_own()
    {
        await using var server = await TestServer.Start();
        using var mira = await server.NewAgent("Mira");
        using var dev = await server.NewAgent("Dev");
        await using var one = await mira.Hub();
        await using var two = await dev.Hub();
        foreach (var hub in (HubClient[])[one, two])
            await hub.Invoke("Watch", new { view = "all", filter = "all", sort = "newest", limit = 50 });
        await using var widget = await (await server.NewVisitor()).Hub();
        var ack = await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "One." });
        var last = await widget.Invoke<Posted>("Send", new { clientId = "m-2", text = "Two." });
        await one.Event("queue-row", live => RowId(live) == ack.ConversationId && Unread(live) == 2);
        await two.Event("queue-row", live => RowId(live) == ack.ConversationId && Unread(live) == 2);

        await one.Invoke("Open", ack.ConversationId);
        await one.Invoke("Seen", new { conversationId = ack.ConversationId, seq = last.Seq });
        await one.Event("queue-row", live => RowId(live) == ack.ConversationId && Unread(live) == 0);
        await one.Event("read", live => live.GetProperty("seq").GetInt64() == last.Seq);
        Assert.DoesNotContain(two.Events, live => Kind(live) == "queue-row" && Unread(live) == 0);
        var page = await two.Invoke<QueuePage>("Watch", new { view = "all", filter = "all", sort = "newest", limit = 50 });
        Assert.Equal(2, page.Rows.Single().Unread);
    }

    [Fact]
    public async Task A_viewer_who_does_not_read_is_cut_off_and_the_others_miss_nothing()
    {
        await using var server = await TestServer.Start(
            "--LiveSupport:Limits:AgentMessageBurst=10000", "--LiveSupport:Limits:CallBurst=10000");
        using var mira = await server.NewAgent("Mira");
        using var dev = await server.NewAgent("Dev");
        var id = await (await server.NewVisitor()).Write("Hello, tell me a lot.");
        await using var good = await mira.Hub();
        await good.Invoke("Open", id);
        await using var slow = await server.AgentHub(dev.Cookie, read: false);
        await slow.SendRaw($$"""{"type":1,"invocationId":"1","target":"Open","arguments":["{{id}}"]}""");
        await good.Event("viewers", live => live.GetProperty("viewers").GetArrayLength() == 2);

        var text = new string('x', 15_000);
        var sent = 0;
        while (!good.Events.Any(live => Kind(live) == "viewers" && live.GetProperty("viewers").GetArrayLength() == 1 && sent > 0) && sent < 2_000)
            await good.Invoke("Send", new { conversationId = id, clientId = $"r-{sent++}", text, kind = "reply" });
        await good.Event("viewers", live => live.GetProperty("viewers").GetArrayLength() == 1
            && good.Events.Any(e => Kind(e) == "viewers" && e.GetProperty("viewers").GetArrayLength() == 2));

        await TestServer.Eventually(() => Task.FromResult(good.Events.Count(live => Kind(live) == "entry" && live.GetProperty("entry").GetProperty("author").GetProperty("type").GetString() == "agent") == sent));
        var revs = good.Events.Where(live => live.TryGetProperty("rev", out _)).Select(live => live.GetProperty("rev").GetInt64()).Order().ToArray();
        Assert.Equal(revs.Distinct(), revs);
        Assert.Equal(revs[^1] - revs[0] + 1, revs.Length);
    }

    [Fact]
    public async Task Exactly_one_of_many_agents_joins()
    {
        await using var server = await TestServer.Start();
        var browsers = new List<Browser>();
        for (var n = 0; n < 4; n++)
            browsers.Add(await server.NewAgent($"Agent{n}"));
        var hubs = await Task.WhenAll(browsers.Select(browser => browser.Hub()));
        var id = await (await server.NewVisitor()).Write("Who takes me?");
        var results = await Task.WhenAll(hubs.Select(hub => hub.Invoke<JoinResult>("Join", id)));
        Assert.Single(results, result => result.Outcome == JoinOutcome.Joined);
        Assert.Single(results.Where(result => result.Outcome == JoinOutcome.ClaimedByOther).Select(result => result.By).Distinct());
        foreach (var hub in hubs)
            await hub.DisposeAsync();
        browsers.ForEach(browser => browser.Dispose());
    }

    private static string? Why(JsonElement live) => live.GetProperty("why").GetString();

    private static string? Kind(JsonElement live) => live.GetProperty("kind").GetString();

    private static string? RowId(JsonElement live) => live.TryGetProperty("row", out var row) ? row.GetProperty("id").GetString() : null;

    private static int Unread(JsonElement live) => live.TryGetProperty("row", out var row) ? row.GetProperty("unread").GetInt32() : -1;

    private static int Views(JsonElement live, string view) => live.GetProperty("counts").GetProperty("views").GetProperty(view).GetInt32();
}
