using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>The whole way over real sockets: visitor, bot, agent, bot again, solved.</summary>
public sealed class WalkTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_visitor_asks_the_bot_answers_an_agent_takes_over_hands_back_and_solves()
    {
        using var browser = await server.NewAgent("Dev");
        await using var agent = await browser.Hub();
        await agent.Invoke("Watch", new { view = "all", filter = "all", sort = "newest", limit = 50 });
        var visitor = await server.NewVisitor();
        await using var widget = await visitor.Hub();
        Assert.Equal("hello", (await widget.Event(_ => true)).GetProperty("kind").GetString());

        var ack = await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "Where is my parcel?" });
        Assert.Equal(1, ack.Seq);
        await agent.Event("queue-row", live => live.TryGetProperty("row", out var row) && row.GetProperty("id").GetString() == ack.ConversationId);
        var answer = await widget.Event("entry", live => Author(live) == "bot");
        Assert.NotEmpty(answer.GetProperty("entry").GetProperty("text").GetString()!);

        var opened = await agent.Invoke<ConversationSnapshot>("Open", ack.ConversationId);
        Assert.Equal(Mode.Bot, opened.Summary.Mode);
        Assert.Equal(JoinOutcome.Joined, (await agent.Invoke<JoinResult>("Join", ack.ConversationId)).Outcome);
        Assert.Equal("human_interaction", (await widget.Event("mode")).GetProperty("mode").GetString());
        var reply = await agent.Invoke("Send", new { conversationId = ack.ConversationId, clientId = "r-1", text = "I look for it.", kind = "reply" });
        var shown = await widget.Event("entry", live => Author(live) == "agent");
        Assert.Equal(reply.GetProperty("seq").GetInt64(), shown.GetProperty("entry").GetProperty("seq").GetInt64());
        Assert.Equal("Dev", shown.GetProperty("entry").GetProperty("author").GetProperty("name").GetString());

        await agent.Invoke("HandToBot", ack.ConversationId);
        await widget.Event("mode", live => live.GetProperty("mode").GetString() == "bot");
        await agent.Invoke("Solve", ack.ConversationId);
        await agent.Event("status", live => live.GetProperty("status").GetString() == "solved");
        await agent.Event("queue-counts", live => live.GetProperty("counts").GetProperty("filters").GetProperty("solved").GetInt32() > 0);
    }

    [Fact]
    public async Task Previous_conversations_are_all_but_the_open_one_for_the_visitor_and_for_agents()
    {
        using var agent = await server.NewAgent("Pia");
        var visitor = await server.NewVisitor();
        await Has(conversation: null, current: null);

        var first = await visitor.Write("The first thing");
        await Has(first, current: first);
        await using var widget = await visitor.Hub();
        await widget.Invoke("End", new { conversationId = first });
        // The widget goes on showing what was said last.
        await Has(first, current: null, first);

        var second = await visitor.Write("Another thing");
        Assert.NotEqual(first, second);
        await Has(second, current: second, first);

        async Task Has(string? conversation, string? current, params string[] previous)
        {
            var session = (await server.NewVisitor(visitor.Token)).Session;
            Assert.Equal(conversation, session.TryGetProperty("conversationId", out var id) ? id.GetString() : null);
            foreach (var shown in (JsonElement[])[session.GetProperty("visitor"), await agent.Http.GetFromJsonAsync<JsonElement>($"/api/visitors/{visitor.Id}")])
            {
                Assert.Equal(current, shown.TryGetProperty("current", out var open) ? open.GetProperty("id").GetString() : null);
                Assert.Equal(previous, shown.GetProperty("previous").EnumerateArray().Select(row => row.GetProperty("id").GetString()));
            }
        }
    }

    [Fact]
    public async Task A_visitor_is_told_whether_anybody_of_the_team_is_online()
    {
        using var browser = await server.NewAgent("Ines");
        await using var agent = await browser.Hub();
        var visitor = await server.NewVisitor();
        await using var widget = await visitor.Hub();
        Assert.False(await Online());
        foreach (var (said, online) in new[] { ("online", true), ("away", false), ("online", true), ("offline", false) })
        {
            await agent.Invoke("SetAvailability", said);
            server.Clock.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal(online, await Online());
        }

        async Task<bool> Online() => (await widget.Invoke("Team")).GetProperty("online").GetBoolean();
    }

    [Fact]
    public async Task Revisions_are_dense_for_the_visitor_too_and_a_note_stays_among_agents()
    {
        using var browser = await server.NewAgent("Noor");
        await using var agent = await browser.Hub();
        var visitor = await server.NewVisitor();
        await using var widget = await visitor.Hub();
        var id = (await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "Hello, a question." })).ConversationId;
        await widget.Event("entry", live => Author(live) == "bot");
        await agent.Invoke("Open", id);
        await agent.Invoke("Send", new { conversationId = id, clientId = "n-1", text = "a secret of ours", kind = "note" });
        var note = await agent.Event("entry", live => live.GetProperty("entry").GetProperty("kind").GetString() == "note");
        var hidden = await widget.Event("hidden");
        Assert.Equal(note.GetProperty("rev").GetInt64(), hidden.GetProperty("rev").GetInt64());

        var revs = widget.Events.Where(live => live.TryGetProperty("rev", out _)).Select(live => live.GetProperty("rev").GetInt64()).ToArray();
        Assert.Equal(Enumerable.Range(1, revs.Length).Select(rev => (long)rev), revs);
        var everything = JsonSerializer.Serialize(new object[]
        {
            widget.Events,
            await widget.Invoke("Sync", new { conversationId = id, rev = 0 }),
            await widget.Invoke("Sync", new { conversationId = id, rev = -1 }),
            await widget.Invoke("Entries", new { conversationId = id, before = 1000, limit = 50 }),
        });
        Assert.DoesNotContain("a secret of ours", everything);
        Assert.DoesNotContain("@linnea.example", everything);
    }

    [Fact]
    public async Task Who_comes_back_is_told_exactly_what_was_missed()
    {
        using var browser = await server.NewAgent("Ines");
        await using var agent = await browser.Hub();
        var visitor = await server.NewVisitor();
        string id;
        long rev;
        await using (var widget = await visitor.Hub())
        {
            id = (await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "A question." })).ConversationId;
            rev = (await widget.Event("entry", live => Author(live) == "bot")).GetProperty("rev").GetInt64();
        }
        foreach (var n in Enumerable.Range(1, 3))
            await agent.Invoke("Send", new { conversationId = id, clientId = $"r-{n}", text = $"Answer {n}", kind = "reply" });

        var again = await server.NewVisitor(visitor.Token);
        Assert.Equal(visitor.Id, again.Id);
        Assert.Equal(id, again.Session.GetProperty("conversationId").GetString());
        await using var back = await again.Hub();
        var missed = (await back.Invoke("Sync", new { conversationId = id, rev })).GetProperty("events");
        var revs = missed.EnumerateArray().Select(live => live.GetProperty("rev").GetInt64()).ToArray();
        Assert.Equal(rev + 1, revs[0]);
        Assert.Equal(Enumerable.Range((int)rev + 1, revs.Length).Select(r => (long)r), revs);
        Assert.All(missed.EnumerateArray(), live => Assert.Equal(id, live.GetProperty("conversationId").GetString()));
        Assert.Equal(3, missed.EnumerateArray().Count(live => live.GetProperty("kind").GetString() == "entry" && Author(live) == "agent"));
    }

    [Fact]
    public async Task Typing_is_seen_by_the_other_side_only_and_ends()
    {
        using var browser = await server.NewAgent("Tove");
        await using var agent = await browser.Hub();
        var visitor = await server.NewVisitor();
        await using var widget = await visitor.Hub();
        var id = (await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "Are you there?" })).ConversationId;
        await agent.Invoke("Open", id);
        await agent.Invoke("Join", id);

        await widget.Invoke("Typing", true);
        var seen = await agent.Event("typing", live => live.GetProperty("isTyping").GetBoolean() && live.GetProperty("by").GetProperty("type").GetString() == "visitor");
        Assert.Equal(id, seen.GetProperty("conversationId").GetString());
        await widget.Invoke("Typing", false);
        await agent.Event("typing", live => !live.GetProperty("isTyping").GetBoolean() && live.GetProperty("by").GetProperty("type").GetString() == "visitor");
        await agent.Invoke("Typing", new { conversationId = id, isTyping = true });
        await widget.Event("typing", live => live.GetProperty("isTyping").GetBoolean() && live.GetProperty("by").GetProperty("type").GetString() == "agent");
        Assert.DoesNotContain(widget.Events, live => live.GetProperty("kind").GetString() == "typing" && live.GetProperty("by").GetProperty("type").GetString() == "visitor");
        Assert.DoesNotContain(agent.Events, live => live.GetProperty("kind").GetString() == "typing" && live.GetProperty("by").GetProperty("type").GetString() == "agent");
    }

    [Fact]
    public async Task An_agent_is_seen_typing_by_colleagues_and_by_the_visitor_only_after_joining()
    {
        using var tove = await server.NewAgent("Tove");
        using var mira = await server.NewAgent("Mira");
        await using var agent = await tove.Hub();
        await using var colleague = await mira.Hub();
        await using var widget = await (await server.NewVisitor()).Hub();
        var id = (await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "Are you there?" })).ConversationId;
        await colleague.Invoke("Open", id);
        await agent.Invoke("Open", id);

        await agent.Invoke("Typing", new { conversationId = id, isTyping = true });
        await colleague.Event(live => IsTyping(live, "Tove", true));
        await colleague.Invoke("Join", id);
        await colleague.Invoke("Typing", new { conversationId = id, isTyping = true });
        await widget.Event(live => IsTyping(live, "Mira", true));
        Assert.DoesNotContain(widget.Events, live => IsTyping(live, "Tove", true));

        await agent.Invoke("TakeOver", id);
        await agent.Invoke("Typing", new { conversationId = id, isTyping = true });
        await widget.Event(live => IsTyping(live, "Tove", true));
        await colleague.Invoke("TakeOver", id);
        await agent.Invoke("Typing", new { conversationId = id, isTyping = false });
        await widget.Event(live => IsTyping(live, "Tove", false));

        static bool IsTyping(JsonElement live, string name, bool isTyping) =>
            live.GetProperty("kind").GetString() == "typing" && live.GetProperty("by").TryGetProperty("name", out var by) && by.GetString() == name
            && live.GetProperty("isTyping").GetBoolean() == isTyping;
    }

    [Fact]
    public async Task An_agent_who_reads_an_earlier_conversation_takes_the_visitor_nowhere()
    {
        using var browser = await server.NewAgent("Tove");
        await using var agent = await browser.Hub();
        await using var widget = await (await server.NewVisitor()).Hub();
        var earlier = await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "Are you there?" });
        await widget.Invoke("End", new { conversationId = earlier.ConversationId });
        var id = (await widget.Invoke<Posted>("Send", new { clientId = "m-2", text = "Another thing" })).ConversationId;
        await agent.Invoke("Open", id);

        await agent.Invoke("Seen", new { conversationId = earlier.ConversationId, seq = earlier.Seq });
        await widget.Event("read", live => live.GetProperty("conversationId").GetString() == earlier.ConversationId);
        await widget.Invoke("Typing", true);

        var typing = await agent.Event("typing", live => live.GetProperty("isTyping").GetBoolean());
        Assert.Equal(id, typing.GetProperty("conversationId").GetString());
    }

    [Fact]
    public async Task What_an_agent_marks_unread_is_unread_on_all_their_screens_and_on_nobody_else_s()
    {
        using var browser = await server.NewAgent("Mira");
        using var other = await server.NewAgent("Dev");
        var me = (await browser.Me()).GetProperty("id").GetString();
        await using var one = await browser.Hub();
        await using var two = await browser.Hub();
        await using var colleague = await other.Hub();
        await using var widget = await (await server.NewVisitor()).Hub();
        foreach (var hub in new[] { one, two, colleague })
            await hub.Invoke("Watch", new { view = "all", filter = "all", sort = "newest", limit = 50 });
        await widget.Invoke("TalkToHuman");
        var id = (await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "One" })).ConversationId;
        var (_, last, rev, _) = await widget.Invoke<Posted>("Send", new { clientId = "m-2", text = "Two" });
        await two.Invoke("Open", id);

        await one.Invoke("Seen", new { conversationId = id, seq = last });
        var read = await Unread(two, 0, after: rev);
        await one.Invoke("MarkUnread", new { conversationId = id, seq = last });
        var marked = await two.Event("read", live => live.GetProperty("rev").GetInt64() > read);
        Assert.Equal((me, last - 1), (marked.GetProperty("by").GetProperty("id").GetString(), marked.GetProperty("seq").GetInt64()));
        var unread = await Unread(two, 1, after: read);
        Assert.Equal(unread, await Unread(one, 1, after: read));

        // A tab that has not come so far says so late.
        await two.Invoke("Seen", new { conversationId = id, seq = 1 });
        await one.Invoke("Seen", new { conversationId = id, seq = last });
        Assert.Equal(unread + 1, await Unread(two, 0, after: unread));
        Assert.DoesNotContain(colleague.Events, live => live.TryGetProperty("row", out var row) && row.GetProperty("id").GetString() == id && row.GetProperty("unread").GetInt32() < 2 && row.GetProperty("rev").GetInt64() > rev);

        async Task<long> Unread(HubClient hub, int count, long after) =>
            (await hub.Event("queue-row", live => live.TryGetProperty("row", out var row) && row.GetProperty("id").GetString() == id
                && row.GetProperty("rev").GetInt64() > after && row.GetProperty("unread").GetInt32() == count)).GetProperty("row").GetProperty("rev").GetInt64();
    }

    [Fact]
    public async Task An_agent_sees_colleagues_look_and_the_visitor_come()
    {
        using var mira = await server.NewAgent("Mira");
        using var dev = await server.NewAgent("Dev");
        var visitor = await server.NewVisitor();
        await using var widget = await visitor.Hub();
        var id = (await widget.Invoke<Posted>("Send", new { clientId = "m-1", text = "Hello there" })).ConversationId;
        await using var one = await mira.Hub();
        var opened = await one.Invoke<ConversationSnapshot>("Open", id);
        Assert.Equal(("Mira", true), (Assert.Single(opened.Viewers).Name, opened.Summary.Visitor.Online));
        var asked = (await widget.Invoke("Sync", new { conversationId = id, rev = -1 })).GetProperty("snapshot");
        Assert.True(asked.GetProperty("summary").GetProperty("visitor").GetProperty("online").GetBoolean());
        Assert.Empty(asked.GetProperty("viewers").EnumerateArray());
        await using (var two = await dev.Hub())
        {
            await two.Invoke("Open", id);
            await one.Event("viewers", live => live.GetProperty("viewers").GetArrayLength() == 2);
        }
        await one.Event("viewers", live => live.GetProperty("viewers").GetArrayLength() == 1
            && live.GetProperty("viewers")[0].GetProperty("name").GetString() == "Mira");
        await TestServer.Eventually(async () =>
            (await one.Invoke<ConversationSnapshot>("Open", id)).Summary.Visitor.Online);
    }

    private static string? Author(JsonElement live) => live.GetProperty("entry").GetProperty("author").GetProperty("type").GetString();
}
