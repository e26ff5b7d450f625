using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>Whatever comes in: the right code, nothing stored, and the connection lives.</summary>
public sealed class BadInputTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Unknown = "01a204fb4105730ba85194c7f1eb4ddc";

    public static TheoryData<string, string, string> VisitorCalls() => new()
    {
        { "Send", """{"clientId":"a","text":""}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"  \n\t "}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"\u200b\u200d\ufeff"}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"a\u0000b"}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"a\u001bb"}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"a\u0085b"}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"\ud800"}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"\udc00\ud800"}""", "bad-request" },
        { "Send", """{"clientId":"","text":"x"}""", "bad-request" },
        { "Send", """{"clientId":"a b","text":"x"}""", "bad-request" },
        { "Send", $$"""{"clientId":"{{new string('a', 65)}}","text":"x"}""", "bad-request" },
        { "Send", $$"""{"clientId":"a","text":"{{new string('x', 10_001)}}"}""", "too-long" },
        { "Send", """{"clientId":"a"}""", "bad-request" },
        { "Send", """{"clientId":"a","text":null}""", "bad-request" },
        { "Send", """{"clientId":"a","text":7}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"x","admin":true}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"x","text":"y"}""", "bad-request" },
        { "Send", """{"clientId":"a","text":"x","attachmentIds":["nope"]}""", "not-found" },
        { "Send", "null", "bad-request" },
        { "Send", "\"x\"", "bad-request" },
        { "Send", "[]", "bad-request" },
        { "Sync", $$"""{"conversationId":"{{Unknown}}","rev":0}""", "not-found" },
        { "Sync", """{"conversationId":"../../etc","rev":0}""", "not-found" },
        { "Sync", $$"""{"conversationId":"{{Unknown}}","rev":99999999999999999999}""", "bad-request" },
        { "Sync", $$"""{"conversationId":"{{Unknown}}","rev":1.5}""", "bad-request" },
        { "Sync", $$"""{"conversationId":"{{Unknown}}","rev":"1"}""", "bad-request" },
        { "Entries", $$"""{"conversationId":"{{Unknown}}","before":1,"limit":10}""", "not-found" },
        { "Entries", $$"""{"conversationId":"{{Unknown}}","before":1,"limit":1000000000}""", "bad-request" },
        { "Entries", $$"""{"conversationId":"{{Unknown}}","before":1,"limit":0}""", "bad-request" },
        { "Typing", "\"yes\"", "bad-request" },
        { "Seen", $$"""{"conversationId":"{{Unknown}}","seq":1}""", "not-found" },
        { "Page", """{"url":"javascript:alert(1)","title":"t"}""", "bad-request" },
        { "Page", """{"url":"not a url","title":"t"}""", "bad-request" },
        { "Page", """{"url":7,"title":"t"}""", "bad-request" },
        { "Identify", """{"email":"no address"}""", "bad-request" },
        { "Identify", """{"email":"a\u202e@b.example"}""", "bad-request" },
        { "Identify", """{"email":"a\u2066@b.example"}""", "bad-request" },
        { "Identify", """{}""", "bad-request" },
        { "Identify", $$"""{"name":"{{new string('n', 201)}}"}""", "too-long" },
        { "Rate", $$"""{"conversationId":"{{Unknown}}","score":5}""", "not-found" },
        { "Rate", $$"""{"conversationId":"{{Unknown}}","score":6}""", "bad-request" },
        { "End", $$"""{"conversationId":"{{Unknown}}"}""", "not-found" },
        { "End", """{"conversationId":null}""", "bad-request" },
        { "NoSuchMethod", "1", "bad-request" },
        { "send\u0000", "1", "bad-request" },
    };

    [Theory, MemberData(nameof(VisitorCalls))]
    public async Task A_visitor_s_bad_call_is_refused_and_the_connection_lives(string method, string argument, string code)
    {
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        Assert.Equal(code, await Refused(hub, method, argument));

        Assert.Null((await server.NewVisitor(visitor.Token)).Session.TryGetProperty("conversationId", out var id) ? id.GetString() : null);
        Assert.Equal(1, (await hub.Invoke<Posted>("Send", new { clientId = "good", text = "good" })).Seq);
    }

    public static TheoryData<string, string, string> AgentCalls()
    {
        var calls = new TheoryData<string, string, string>
        {
            { "Watch", """{"view":"mine","filter":"all","sort":"newest","limit":50}""", "bad-request" },
            { "Watch", """{"view":1,"filter":"all","sort":"newest","limit":50}""", "bad-request" },
            { "Watch", """{"view":"all","filter":"all","sort":"newest","limit":50,"secret":1}""", "bad-request" },
            { "Watch", """{"view":"all","filter":"all","sort":"newest","limit":1000000000}""", "bad-request" },
            { "Watch", """{"view":"all","filter":"all","sort":"newest","limit":50,"cursor":"') or 1=1--"}""", "bad-request" },
            { "Send", $$"""{"conversationId":"{{Unknown}}","clientId":"a","text":"x","kind":"reply"}""", "not-found" },
            { "Send", $$"""{"conversationId":"{{Unknown}}","clientId":"a","text":"x","kind":"shout"}""", "bad-request" },
            { "Send", $$"""{"conversationId":"{{Unknown}}","clientId":"a","text":"{{new string('x', 20_001)}}","kind":"reply"}""", "too-long" },
            { "Send", $$"""{"conversationId":"{{Unknown}}","clientId":"a","text":"\u0000","kind":"note"}""", "bad-request" },
            { "Sync", $$"""{"conversationId":"{{Unknown}}","rev":0}""", "not-found" },
            { "Sync", $$"""{"conversationId":"{{Unknown}}","rev":-1}""", "not-found" },
            { "Entries", $$"""{"conversationId":"{{Unknown}}"}""", "not-found" },
            { "Typing", $$"""{"conversationId":"{{Unknown}}","isTyping":true}""", "not-found" },
            { "Seen", $$"""{"conversationId":"{{Unknown}}","seq":1}""", "not-found" },
            { "MarkUnread", $$"""{"conversationId":"{{Unknown}}"}""", "not-found" },
            { "MarkUnread", $$"""{"conversationId":"{{Unknown}}","seq":"1"}""", "bad-request" },
            { "Assign", $$"""{"conversationId":"{{Unknown}}","agentId":null}""", "not-found" },
            { "Assign", $$"""{"conversationId":"{{Unknown}}","agentId":"{{Unknown}}"}""", "not-found" },
            { "Assign", $$"""{"conversationId":"{{Unknown}}"}""", "bad-request" },
            { "Snooze", $$"""{"conversationId":"{{Unknown}}","until":"2001-01-01T00:00:00Z"}""", "bad-request" },
            { "Snooze", $$"""{"conversationId":"{{Unknown}}","until":"tomorrow"}""", "bad-request" },
            { "Snooze", $$"""{"conversationId":"{{Unknown}}","until":1796115600}""", "bad-request" },
            { "SetAvailability", "\"asleep\"", "bad-request" },
            { "SetAvailability", "7", "bad-request" },
            { "SetAvailability", "\"away,offline\"", "bad-request" },
            { "Watch", """{"view":"inbox,unassigned"}""", "bad-request" },
            { "Alerts", "\"yes\"", "bad-request" },
            { "Close", "7", "bad-request" },
        };
        foreach (var method in (string[])["Open", "Join", "UndoJoin", "TakeOver", "HandToBot", "Solve", "Reopen"])
            calls.Add(method, $"\"{Unknown}\"", "not-found");
        return calls;
    }

    [Theory]
    [InlineData("Z", true)]
    [InlineData(".25Z", true)]
    [InlineData("+02:00", true)]
    [InlineData("-05:30", true)]
    [InlineData("", false)]
    [InlineData(".25", false)]
    [InlineData("+02", false)]
    [InlineData(" Z", false)]
    public async Task A_time_has_an_offset(string rest, bool taken)
    {
        using var browser = await server.SignIn();
        await using var hub = await browser.Hub();
        using var program = await server.NewProgram();
        var until = $"{DateTime.UtcNow.AddDays(7):s}{rest}";
        var code = taken ? "not-found" : "bad-request";

        Assert.Equal(code, await Refused(hub, "Snooze", $$"""{"conversationId":"{{Unknown}}","until":"{{until}}"}"""));
        Assert.Equal(code, await Code(await program.PostAsJsonAsync($"/api/v1/conversations/{Unknown}/snooze", new { until })));
    }

    [Fact]
    public async Task A_day_is_no_time_and_neither_is_one_without_seconds()
    {
        using var browser = await server.SignIn();
        await using var hub = await browser.Hub();
        foreach (var until in new[] { $"{DateTime.UtcNow.AddDays(7):yyyy-MM-dd}", $"{DateTime.UtcNow.AddDays(7):yyyy-MM-ddTHH:mm}Z" })
            Assert.Equal("bad-request", await Refused(hub, "Snooze", $$"""{"conversationId":"{{Unknown}}","until":"{{until}}"}"""));
    }

    [Theory, MemberData(nameof(AgentCalls))]
    public async Task An_agent_s_bad_call_is_refused_and_the_connection_lives(string method, string argument, string code)
    {
        using var browser = await server.SignIn();
        await using var hub = await browser.Hub();
        Assert.Equal(code, await Refused(hub, method, argument));
        await hub.Invoke("Watch", new { view = "all", filter = "all", sort = "newest", limit = 1 });
    }

    [Fact]
    public async Task Wrong_numbers_of_arguments_are_refused()
    {
        await using var hub = await (await server.NewVisitor()).Hub();
        Assert.Equal("bad-request", (await Assert.ThrowsAsync<HubError>(() => hub.Invoke("Send"))).Code);
        Assert.Equal("bad-request", (await Assert.ThrowsAsync<HubError>(() => hub.Invoke("TalkToHuman", 1, 2, 3))).Code);
        await hub.Invoke("Typing", true);
    }

    [Fact]
    public async Task Somebody_else_s_conversation_is_refused_in_the_words_of_an_unknown_one()
    {
        var theirs = await (await server.NewVisitor()).Write("This is mine alone.");
        await using var hub = await (await server.NewVisitor()).Hub();
        foreach (var (method, rest) in ((string, string)[])[
            ("Sync", ",\"rev\":0"), ("Sync", ",\"rev\":-1"), ("Entries", ""), ("Seen", ",\"seq\":1"), ("Rate", ",\"score\":5"), ("End", "")])
        {
            var foreign = await Error(hub, method, $$"""{"conversationId":"{{theirs}}"{{rest}}}""");
            var unknown = await Error(hub, method, $$"""{"conversationId":"{{Unknown}}"{{rest}}}""");
            Assert.Equal(unknown.Message, foreign.Message);
            Assert.Equal("not-found", foreign.Code);
        }
    }

    [Fact]
    public async Task The_same_client_id_gives_the_first_answer_and_with_another_text_a_conflict()
    {
        await using var hub = await (await server.NewVisitor()).Hub();
        var first = await hub.Invoke<Posted>("Send", new { clientId = "m-1", text = "once" });
        Assert.Equal(first, await hub.Invoke<Posted>("Send", new { clientId = "m-1", text = "once" }));
        Assert.Equal("conflict", (await Assert.ThrowsAsync<HubError>(() => hub.Invoke("Send", new { clientId = "m-1", text = "twice" }))).Code);
    }

    [Fact]
    public async Task A_message_sent_again_after_its_conversation_ended_and_another_began_is_not_said_twice()
    {
        var visitor = await server.NewVisitor();
        await using var lost = await visitor.Hub();
        var first = await lost.Invoke<Posted>("Send", new { clientId = "m-1", text = "once" });
        var second = await lost.Invoke<Posted>("Send", new { clientId = "m-2", text = "and this" });
        await lost.Invoke("End", new { conversationId = first.ConversationId });
        var next = await lost.Invoke<Posted>("Send", new { clientId = "m-3", text = "something else" });
        Assert.NotEqual(first.ConversationId, next.ConversationId);

        await using var again = await visitor.Hub();
        Assert.Equal(first, await again.Invoke<Posted>("Send", new { clientId = "m-1", text = "once" }));
        Assert.Equal(second, await again.Invoke<Posted>("Send", new { clientId = "m-2", text = "and this" }));
        Assert.Equal(next, await again.Invoke<Posted>("Send", new { clientId = "m-3", text = "something else" }));
        Assert.Equal(next.ConversationId, (await again.Invoke<Posted>("Send", new { clientId = "m-4", text = "new" })).ConversationId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task However_late_a_message_comes_again_it_is_answered_as_the_first_time_and_another_one_with_its_id_refused(bool onTheSameSocket)
    {
        var visitor = await server.NewVisitor();
        await using var first = await visitor.Hub();
        var said = new List<(object Message, Posted Answer)>();
        foreach (var n in Enumerable.Range(1, 3))
        {
            var message = new { clientId = $"m-{n}", text = $"Message {n}" };
            var answer = await first.Invoke<Posted>("Send", message);
            said.Add((message, answer));
            var conversation = server.Grains.GetGrain<IConversationGrain>(Ids.Key("default", answer.ConversationId));
            for (var note = 0; note < 60; note++)
                await conversation.Reply(new AgentMessage { ClientId = $"n-{note}", Text = "Hm.", Agent = new AgentRef("mira", "Mira"), IsNote = true });
            if (n < 3)
                await conversation.End(visitor.Id);
        }
        Assert.Equal(3, said.Select(one => one.Answer.ConversationId).Distinct().Count());

        await using var second = await visitor.Hub();
        var hub = onTheSameSocket ? first : second;
        var fresh = await hub.Invoke<Posted>("Send", new { clientId = "m-4", text = "Something new" });
        foreach (var (message, answer) in said)
            Assert.Equal(answer, await hub.Invoke<Posted>("Send", message));
        Assert.Equal("conflict", (await Assert.ThrowsAsync<HubError>(() => hub.Invoke("Send", new { clientId = "m-1", text = "Another" }))).Code);
        // None of that has moved the conversation that goes on.
        Assert.Equal(fresh.ConversationId, (await hub.Invoke<Posted>("Send", new { clientId = "m-5", text = "And on" })).ConversationId);
    }

    [Fact]
    public async Task A_look_into_what_is_over_does_not_stand_in_the_way_of_the_next_message()
    {
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        var first = await hub.Invoke<Posted>("Send", new { clientId = "m-1", text = "One" });
        await hub.Invoke("End", new { conversationId = first.ConversationId });
        var second = await hub.Invoke<Posted>("Send", new { clientId = "m-2", text = "Two" });
        await hub.Invoke("End", new { conversationId = second.ConversationId });
        await server.Grains.GetGrain<IConversationGrain>(Ids.Key("default", first.ConversationId)).Seen(new Reader(AuthorType.Agent, "mira"), 1);
        await hub.Event("read", live => live.GetProperty("conversationId").GetString() == first.ConversationId);

        var third = await hub.Invoke<Posted>("Send", new { clientId = "m-3", text = "Three" });

        Assert.Equal(3, new[] { first, second, third }.Select(posted => posted.ConversationId).Distinct().Count());
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("{{7*7}} [x](javascript:alert(1)) \u202Eevil")]
    [InlineData("日本語 👩‍👩‍👧‍👦 e\u0301\u0301\u0301\u0301")]
    [InlineData("  leading, and a line\r\nbreak\tand a tab ")]
    public async Task Text_is_kept_as_it_was_sent(string text)
    {
        await using var hub = await (await server.NewVisitor()).Hub();
        var ack = await hub.Invoke<Posted>("Send", new { clientId = "m-1", text });
        var entries = await hub.Invoke<EntryPage>("Entries", new { conversationId = ack.ConversationId, before = ack.Seq + 1, limit = 10 });
        Assert.Equal(text, entries.Entries.Single(entry => entry.Seq == ack.Seq).Text);
    }

    public static TheoryData<string, string, string> BrokenFrames() => new()
    {
        { "not json", "{", "bad-request" },
        { "no object", "[]", "bad-request" },
        { "type unknown", """{"type":"x"}""", "bad-request" },
        { "nested too deep", $$"""{"type":1,"target":"Send","arguments":[{{new string('[', 1000)}}]}""", "bad-request" },
        { "larger than a frame may be", new string('x', 70_000), "too-long" },
        { "a call larger than a frame may be", $$"""{"type":1,"invocationId":"1","target":"Typing","arguments":["{{new string('x', 1_000_000)}}"]}""", "too-long" },
    };

    [Theory, MemberData(nameof(BrokenFrames))]
    public async Task A_broken_frame_costs_its_sender_the_connection_and_nobody_else(string _, string frame, string code)
    {
        await using var other = await (await server.NewVisitor()).Hub();
        await using var hub = await (await server.NewVisitor()).Hub();
        await hub.SendRaw(frame);
        await hub.Closed.WaitAsync(TestServer.Patience);
        // Coming back to send it again would end the same way.
        var bye = Assert.Single(hub.Events, live => live.GetProperty("kind").GetString() == "bye");
        Assert.Equal((code, false), (bye.GetProperty("code").GetString(), bye.GetProperty("reconnect").GetBoolean()));
        await other.Invoke("Send", new { clientId = "m-1", text = "still here" });
    }

    [Fact]
    public async Task A_frame_of_a_type_that_there_is_not_stands_in_nothing_s_way()
    {
        await using var hub = await (await server.NewVisitor()).Hub();
        await hub.SendRaw("""{"type":99}""");
        await hub.Invoke("Team");
    }

    [Fact]
    public async Task A_frame_that_is_not_utf8_or_not_text_costs_the_connection()
    {
        await using var hub = await (await server.NewVisitor()).Hub();
        await hub.SendFrame(Encoding.Latin1.GetBytes("{\"type\":1,\"target\":\"\xff\"}\x1e"), WebSocketMessageType.Text);
        await hub.Closed.WaitAsync(TestServer.Patience);
    }

    [Theory]
    [InlineData("GET", "", 400, "bad-request")]
    [InlineData("POST", "", 400, "bad-request")]
    [InlineData("GET", "&id=no-such", 404, "not-found")]
    [InlineData("POST", "&id=no-such", 404, "not-found")]
    [InlineData("DELETE", "&id=no-such", 404, "not-found")]
    [InlineData("PUT", "", 405, "bad-request")]
    public async Task What_is_no_socket_at_a_hub_is_refused_as_everywhere(string method, string query, int status, string code)
    {
        using var http = server.Http();
        var answer = await http.SendAsync(new HttpRequestMessage(
            new HttpMethod(method), $"/hubs/visitor?access_token={(await server.NewVisitor()).AccessToken}{query}"));
        Assert.Equal(
            (status, "application/problem+json", code),
            ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await Code(answer)));
    }

    [Fact]
    public async Task A_socket_too_many_is_greeted_before_it_is_sent_away()
    {
        await using var small = await TestServer.Start("--LiveSupport:Limits:ConnectionsPerVisitor=1");
        var visitor = await small.NewVisitor();
        await using var first = await visitor.Hub();
        await using var second = await visitor.Hub();
        await second.Closed.WaitAsync(TestServer.Patience);
        Assert.Equal(["hello", "bye"], second.Events.Select(live => live.GetProperty("kind").GetString()));
    }

    public static TheoryData<string, string, string, int, string> Requests() => new()
    {
        { "POST", "/api/widget/session", """{"siteKey":"nope"}""", 404, "not-found" },
        { "POST", "/api/widget/session", """{"siteKey":"../x"}""", 404, "not-found" },
        { "POST", "/api/widget/session", """{"siteKey":"default","extra":1}""", 400, "bad-request" },
        { "POST", "/api/widget/session", """{"siteKey":"default","siteKey":"default"}""", 400, "bad-request" },
        { "POST", "/api/widget/session", """{}""", 400, "bad-request" },
        { "POST", "/api/widget/session", """{"siteKey":null}""", 400, "bad-request" },
        { "POST", "/api/widget/session", "not json", 400, "bad-request" },
        { "POST", "/api/widget/session", "", 400, "bad-request" },
        { "POST", "/api/widget/session", """{"siteKey":"default","locale":"\u0000"}""", 400, "bad-request" },
        { "POST", "/api/widget/session", """{"siteKey":"default","page":{"url":7}}""", 400, "bad-request" },
        { "POST", "/api/widget/session", """{"siteKey":"default","page":{"url":"https://a.example/","title":7}}""", 400, "bad-request" },
        { "POST", "/api/widget/session", """{"siteKey":"default","visitorToken":"x"}""", 401, "token-invalid" },
        { "POST", "/api/widget/session", """{"siteKey":"default","userToken":"a.b.c"}""", 401, "token-invalid" },
        { "POST", "/api/auth/login", """{"email":"a@b.example","password":"x"}""", 401, "not-signed-in" },
        { "POST", "/api/auth/login", """{"email":"a@b.example","password":7}""", 400, "bad-request" },
        { "POST", "/api/auth/login", """{"email":"\ud800","password":"x"}""", 400, "bad-request" },
        { "POST", "/api/setup", """{"code":"guess","name":"a","email":"a@b.example","password":"12345678"}""", 404, "not-found" },
        { "POST", "/api/agents", """{"name":"a","email":"a@b.example","password":"short","role":"agent"}""", 400, "bad-request" },
        { "POST", "/api/agents", $$"""{"name":"a","email":"a@b.example","password":"{{new string('x', 1_001)}}","role":"agent"}""", 413, "too-long" },
        { "POST", "/api/agents", """{"name":"a","email":"a@b.example","password":"1234567\u0000","role":"agent"}""", 400, "bad-request" },
        { "POST", "/api/agents", """{"name":"a","email":"a@b.example","password":"12345678","role":"god"}""", 400, "bad-request" },
        { "POST", "/api/agents", """{"name":"a","email":"a@b.example","password":"12345678","role":2}""", 400, "bad-request" },
        { "POST", "/api/agents", """{"name":"\u200b","email":"a@b.example","password":"12345678","role":"agent"}""", 400, "bad-request" },
        { "POST", "/api/agents", $$"""{"name":"a","email":"{{TestServer.AdminEmail}}","password":"12345678","role":"agent"}""", 409, "conflict" },
        { "PUT", "/api/settings", """{"name":"x"}""", 400, "bad-request" },
        { "PUT", "/api/settings", """{"name":"x","teamName":"x","greeting":"x","color":"red","allowedOrigins":[],"botEnabled":true,"botName":"AI"}""", 400, "bad-request" },
        { "PUT", "/api/settings", """{"name":"x","teamName":"x","greeting":"x","color":"#123456","allowedOrigins":["*"],"botEnabled":true,"botName":"AI"}""", 400, "bad-request" },
        { "PUT", "/api/articles/a%20b", """{"title":"x","markdown":"x"}""", 400, "bad-request" },
        { "PUT", "/api/articles/a", """{"title":"x","markdown":"x","url":"javascript:x"}""", 400, "bad-request" },
        { "DELETE", "/api/articles/no-such", "", 404, "not-found" },
        { "PUT", "/api/integrations/shopify", """{"shop":"\ud800"}""", 400, "bad-request" },
        { "PUT", "/api/integrations/shopify", """{"\ud800":"x"}""", 400, "bad-request" },
        { "PUT", "/api/integrations/shopify", """{"shop":7}""", 400, "bad-request" },
        { "PUT", "/api/integrations/shopify", "null", 400, "bad-request" },
        { "PUT", "/api/saved-replies/a", """{"shortcut":"two words","text":"x"}""", 400, "bad-request" },
        { "PUT", "/api/saved-replies/a", """{"shortcut":"x"}""", 400, "bad-request" },
        { "PUT", "/api/saved-replies/a", """{"shortcut":"hello","text":"x"}""", 409, "conflict" },
        { "DELETE", "/api/saved-replies/no-such", "", 404, "not-found" },
        { "GET", "/api/conversations?view=mine", "", 400, "bad-request" },
        { "GET", "/api/conversations?view=0", "", 400, "bad-request" },
        { "GET", "/api/conversations?sort=email", "", 400, "bad-request" },
        { "GET", "/api/conversations?limit=1000000000", "", 400, "bad-request" },
        { "GET", "/api/conversations?limit=x", "", 400, "bad-request" },
        { "GET", "/api/conversations?cursor=x", "", 400, "bad-request" },
        { "GET", "/api/conversations?where=1", "", 400, "bad-request" },
        { "GET", $"/api/conversations/{Unknown}", "", 404, "not-found" },
        { "GET", "/api/conversations/..%2f..%2fx", "", 404, "not-found" },
        { "GET", $"/api/conversations/{Unknown}/entries", "", 404, "not-found" },
        { "GET", "/api/search", "", 400, "bad-request" },
        { "GET", "/api/search?q=%00", "", 400, "bad-request" },
        { "GET", $"/api/visitors/{Unknown}", "", 404, "not-found" },
        { "GET", "/api/nothing-here", "", 404, "not-found" },
        { "DELETE", "/api/me", "", 405, "bad-request" },
    };

    [Theory, MemberData(nameof(Requests))]
    public async Task A_bad_request_is_answered_with_a_problem(string method, string path, string body, int status, string code)
    {
        using var browser = await server.SignIn();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method != "GET")
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await browser.Http.SendAsync(request);
        Assert.Equal((status, code), ((int)answer.StatusCode, await Code(answer)));
    }

    public static TheoryData<string, string?, string?, string?, string?, string?> Pages()
    {
        const string Shop = "https://shop.example/a";
        var much = new string('x', 3_000);
        return new()
        {
            { $"{Shop}?b=1", "A", "http://b.example/", $"{Shop}?b=1", "A", "http://b.example/" },
            { $"{Shop}?{much}", null, null, Shop, null, null },
            { $"{Shop}?{new string('&', 900)}", null, null, $"{Shop}?{new string('&', 900)}", null, null },
            { $"{Shop}/{new string('本', 970)}", null, null, $"{Shop}/{new string('本', 970)}", null, null },
            { $"{Shop}#{much}", null, null, Shop, null, null },
            { $"{Shop}/{much}?b=1", null, null, $"{Shop}/{much}"[..2_000], null, null },
            { Shop, new string('t', 199) + "😀", null, Shop, new string('t', 199), null },
            { Shop, "a\u0000b", $"{Shop}?{much}", Shop, null, null },
            { Shop, "A", "android-app://b.example", Shop, "A", null },
            { Shop, "A", "", Shop, "A", null },
            { "file:///C:/shop.html", "A", null, null, null, null },
            { "data:text/html,x", "A", null, null, null, null },
            { "javascript:alert(1)", "A", null, null, null, null },
            { "https://shop.example/\u0000", "A", null, null, null, null },
            { $"https://{much}", "A", null, null, null, null },
            { "not a url", "A", null, null, null, null },
            { "", "", "", null, null, null },
        };
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task No_page_keeps_a_visitor_from_writing(
        string url, string? title, string? referrer, string? shownUrl, string? shownTitle, string? shownReferrer)
    {
        Assert.Equal(shownUrl is null ? null : new PageView(shownUrl, shownTitle, shownReferrer), Input.Page(url, title, referrer));
        using var http = server.Http();
        var begun = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", page = new { url, title, referrer } });
        Assert.Equal(HttpStatusCode.OK, begun.StatusCode);
        await new Visitor(server, await begun.Content.ReadFromJsonAsync<JsonElement>()).Write("Hello");
    }

    [Fact]
    public async Task A_visitor_s_next_page_may_be_as_muchas_it_likes()
    {
        await using var hub = await (await server.NewVisitor()).Hub();
        await hub.Invoke("Page", new { url = $"https://shop.example/a?{new string('x', 9_000)}", title = new string('t', 300) });
    }

    [Fact]
    public async Task A_request_that_is_not_json_or_too_large_is_refused()
    {
        using var http = server.Http();
        var text = await http.PostAsync("/api/widget/session", new StringContent("{}", Encoding.UTF8, "text/plain"));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "bad-request"), (text.StatusCode, await Code(text)));
        var large = await http.PostAsync("/api/widget/session", new StringContent($$"""{"siteKey":"{{new string('x', 600_000)}}"}""", Encoding.UTF8, "application/json"));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too-long"), (large.StatusCode, await Code(large)));
    }

    [Fact]
    public async Task A_setting_that_is_not_utf8_is_refused()
    {
        using var browser = await server.SignIn();
        using var body = new ByteArrayContent(Encoding.Latin1.GetBytes("{\"shop\":\"\xff\"}"));
        body.Headers.ContentType = new("application/json");
        var answer = await browser.Http.PutAsync("/api/integrations/shopify", body);
        Assert.Equal((HttpStatusCode.BadRequest, "bad-request"), (answer.StatusCode, await Code(answer)));
    }

    [Theory]
    [InlineData("/api/conversations?view=&filter=&sort=&cursor=&limit=")]
    [InlineData("/api/search?q=&limit=")]
    public async Task A_parameter_without_a_value_is_one_that_was_left_out(string path)
    {
        using var browser = await server.SignIn();
        Assert.Equal(HttpStatusCode.OK, (await browser.Http.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Any_search_is_a_legal_search()
    {
        using var browser = await server.SignIn();
        foreach (var q in (string[])["*", "\"", "') or 1=1--", "a AND", "NEAR(", "\u202E", new string('x', 200)])
            Assert.Equal(HttpStatusCode.OK, (await browser.Http.GetAsync($"/api/search?q={Uri.EscapeDataString(q)}")).StatusCode);
    }

    internal static async Task<string?> Code(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }

    private static async Task<string> Refused(HubClient hub, string method, string argument) => (await Error(hub, method, argument)).Code;

    private static Task<HubError> Error(HubClient hub, string method, string argument) =>
        Assert.ThrowsAsync<HubError>(() => hub.InvokeRaw(method, argument));
}
