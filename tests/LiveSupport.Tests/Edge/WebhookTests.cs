using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Edge;

/// <summary>Everything is told, in order, under the same ids, whatever happens to either side.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Private = "--LiveSupport:Integrations:AllowPrivate=true";

    private TestServer _server = null!;
    private WebhookReceiver _receiver = null!;
    private HttpClient _program = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.Start(Private);
        _receiver = await WebhookReceiver.Start();
        _program = await _server.NewProgram();
    }

    public async Task DisposeAsync()
    {
        _program.Dispose();
        await _receiver.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_happens_is_told_in_order_and_signed()
    {
        var (_, secret) = await NewWebhook([.. WebhookTypes.All.Remove(WebhookTypes.NoteCreated)]);
        using var agent = await _server.NewAgent("Mo");
        var agentId = (await agent.Me()).GetProperty("id").GetString();
        var id = await Begin("Where is my parcel?", talkToHuman: true);
        var path = $"/api/v1/conversations/{id}";
        await Post($"{path}/entries", new { kind = "reply", agentId, text = "On its way" });
        await Post($"{path}/entries", new { kind = "note", text = "A secret among agents" });
        await Post($"{path}/snooze", new { until = DateTimeOffset.UtcNow.AddDays(1) });
        // A visitor's message ends a snooze without a line of its own.
        await Post($"{path}/entries", new { kind = "visitor", text = "Thanks" });
        await Post($"{path}/solve", new { });
        await Post($"{path}/reopen", new { });

        await _receiver.Takes(10);
        var told = _receiver.Taken;
        Assert.Equal(
            [
                "conversation.created", "message.created", "conversation.handed-over", "conversation.assigned", "message.created",
                "conversation.snoozed", "conversation.woke", "message.created", "conversation.solved", "conversation.reopened",
            ], told.Select(one => one.Type));
        Assert.Equal(told.Select(one => one.Rev).Order(), told.Select(one => one.Rev));
        Assert.Equal(told.Count, told.Select(one => one.Id).Distinct().Count());
        Assert.All(told, one =>
        {
            Assert.Equal($"{id}:{one.Rev}", one.Id);
            Assert.Equal(one.Id, one.Body.GetProperty("id").GetString());
            Assert.True(one.IsSignedWith(secret));
        });
        Assert.Equal("Where is my parcel?", told[1].Text);
        Assert.DoesNotContain(told, one => one.Body.GetRawText().Contains("A secret among agents", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_what_was_chosen_is_told_and_notes_when_they_were()
    {
        await NewWebhook(WebhookTypes.NoteCreated);
        var id = await Begin("Hello");
        await Post($"/api/v1/conversations/{id}/entries", new { kind = "note", text = "Seen" });
        await _receiver.Takes(1);
        Assert.Equal("Seen", Assert.Single(_receiver.Taken).Text);
    }

    [Fact]
    public async Task A_webhook_is_not_told_what_was_before_it()
    {
        var id = await Begin("Before");
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await NewWebhook(WebhookTypes.MessageCreated, WebhookTypes.ConversationCreated);
        await Post($"/api/v1/conversations/{id}/entries", new { kind = "visitor", text = "After" });
        await _receiver.Takes(1);
        Assert.Equal("After", _receiver.Taken[0].Text);
    }

    [Fact]
    public async Task An_endpoint_that_was_down_for_an_hour_gets_everything_in_order()
    {
        var (webhook, _) = await NewWebhook(WebhookTypes.ConversationCreated, WebhookTypes.MessageCreated);
        _receiver.Answer = _ => 503;
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Begin($"Hello {i}")));
        await TestServer.Eventually(() => Task.FromResult(_receiver.Asked >= 5));
        for (var minutes = 0; minutes < 60; minutes += 15)
        {
            _server.Clock.Advance(TimeSpan.FromMinutes(15));
            foreach (var id in ids)
                await Post($"/api/v1/conversations/{id}/entries", new { kind = "visitor", text = $"At {minutes}" });
        }
        Assert.Equal("failing", (await Report(webhook)).GetProperty("health").GetString());
        Assert.Empty(_receiver.Taken);

        // Nothing is under way that would be noted as refused after the time has moved, and rest from then on.
        await TestServer.Eventually(async () => (await Report(webhook)).GetProperty("nextTryAt").GetDateTimeOffset() > _server.Clock.GetUtcNow());
        _receiver.Answer = _ => 200;
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await _receiver.Takes(6 * 6);
        await TestServer.Eventually(async () => (await Report(webhook)) is var report
            && report.GetProperty("waiting").GetInt32() == 0 && report.GetProperty("health").GetString() == "ok");
        foreach (var id in ids)
            await ToldOnceAndInOrder(id, 6);
    }

    [Fact]
    public async Task A_conversation_with_nothing_to_tell_does_not_have_the_next_told_twice()
    {
        var (webhook, _) = await NewWebhook(WebhookTypes.NoteCreated);
        var quiet = await Begin("Quiet");
        var noted = await Begin("Noted");
        foreach (var id in new[] { quiet, noted })
            await Post($"/api/v1/conversations/{id}/entries", new { kind = "note", text = "First" });
        await _receiver.Takes(2);
        async Task Pause(bool paused) => Assert.True((await _program.PutAsJsonAsync(
            $"/api/v1/webhooks/{webhook}", new { url = _receiver.Url, events = new[] { WebhookTypes.NoteCreated }, paused })).IsSuccessStatusCode);
        await Pause(true);
        using var answered = new ManualResetEventSlim();
        _receiver.Answer = _ => answered.Wait(TimeSpan.FromSeconds(5)) ? 200 : 503;
        await Post($"/api/v1/conversations/{quiet}/entries", new { kind = "visitor", text = "Not for the webhook" });
        await Post($"/api/v1/conversations/{noted}/entries", new { kind = "note", text = "Second" });
        await Pause(false);

        await TestServer.Eventually(() => Task.FromResult(_receiver.Asked >= 3));
        answered.Set();
        await _receiver.Takes(3);
        await TestServer.Eventually(async () => (await Report(webhook)).GetProperty("waiting").GetInt32() == 0);
        Assert.Equal("Second", Assert.Single(_receiver.Taken.Skip(2)).Text);
    }

    [Fact]
    public async Task A_server_that_is_stopped_in_the_middle_goes_on_where_it_was()
    {
        var (webhook, _) = await NewWebhook(WebhookTypes.ConversationCreated, WebhookTypes.MessageCreated);
        var quiet = await Begin("Quiet");
        await _receiver.Takes(2);
        _receiver.Answer = told => told.ConversationId == quiet ? 200 : 500;
        var ids = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Begin($"Hello {i}")));
        await TestServer.Eventually(() => Task.FromResult(_receiver.Asked >= 4));

        await _server.Restart();
        _receiver.Answer = _ => 200;
        _program.Dispose();
        _program = await _server.NewProgram();
        await Post($"/api/v1/conversations/{ids[0]}/entries", new { kind = "visitor", text = "After the stop" });
        // Past the wait of whatever failed twice.
        _server.Clock.Advance(TimeSpan.FromMinutes(1));

        await TestServer.Eventually(async () => _receiver.Taken.Count >= 9 && (await Report(webhook)).GetProperty("waiting").GetInt32() == 0);
        await ToldOnceAndInOrder(quiet, 2);
        await ToldOnceAndInOrder(ids[0], 3);
        await ToldOnceAndInOrder(ids[1], 2);
        await ToldOnceAndInOrder(ids[2], 2);
    }

    [Fact]
    public async Task What_one_event_is_refused_for_holds_up_only_its_conversation_and_is_given_up_after_a_day()
    {
        var (webhook, _) = await NewWebhook(WebhookTypes.MessageCreated);
        _receiver.Answer = told => told.Text == "Poison" ? 400 : 200;
        var poisoned = await Begin("Poison");
        await Post($"/api/v1/conversations/{poisoned}/entries", new { kind = "visitor", text = "Behind it" });
        var other = await Begin("Fine");
        await _receiver.Takes(1);
        Assert.Equal([other], _receiver.Taken.Select(told => told.ConversationId));
        // Its day begins when it is refused for the first time.
        await TestServer.Eventually(async () => (await Report(webhook)).GetProperty("recent").EnumerateArray()
            .Any(delivery => delivery.GetProperty("status").GetInt32() == 400));

        _server.Clock.Advance(TimeSpan.FromHours(25));
        await _receiver.Takes(2);
        Assert.Equal("Behind it", _receiver.Taken[1].Text);
        var letter = Assert.Single((await Report(webhook)).GetProperty("deadLetters").EnumerateArray());
        Assert.Equal((poisoned, "It answered 400."), (letter.GetProperty("conversationId").GetString(), letter.GetProperty("error").GetString()));

        // Given-up events outlive a stop; what was taken in the moment of the stop might be told twice.
        await TestServer.Eventually(async () => (await Report(webhook)).GetProperty("waiting").GetInt32() == 0);
        await _server.Restart();
        _program = await _server.NewProgram();
        _receiver.Answer = _ => 200;
        await TestServer.Eventually(async () => (await Json(await Post($"/api/v1/webhooks/{webhook}/replay", new { }))).GetProperty("count").GetInt32() == 1);
        await _receiver.Takes(3);
        Assert.Equal((letter.GetProperty("eventId").GetString(), "Poison"), (_receiver.Taken[2].Id, _receiver.Taken[2].Text));
        await TestServer.Eventually(async () => (await Report(webhook)).GetProperty("givenUp").GetInt32() == 0);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_left_alone_until_somebody_resumes_it()
    {
        var (webhook, _) = await NewWebhook(WebhookTypes.MessageCreated);
        _receiver.Answer = _ => 410;
        await Begin("One");
        await TestServer.Eventually(async () => (await Report(webhook)).GetProperty("health").GetString() == "suspended");
        var asked = _receiver.Asked;
        _receiver.Answer = _ => 200;
        await Begin("Two");
        Assert.Equal(asked, _receiver.Asked);

        await Post($"/api/v1/webhooks/{webhook}/resume", new { });
        await _receiver.Takes(2);
        Assert.Equal(["One", "Two"], _receiver.Taken.Select(told => told.Text).Order());
    }

    [Fact]
    public async Task A_paused_endpoint_gets_afterwards_what_it_missed_however_much_that_is()
    {
        var (webhook, _) = await NewWebhook(WebhookTypes.Solved, WebhookTypes.Reopened, WebhookTypes.MessageCreated);
        await Put(webhook, paused: true);
        var id = await Begin("Hello");
        // More changes than a conversation remembers beside its transcript.
        for (var i = 0; i < 30; i++)
        {
            await Post($"/api/v1/conversations/{id}/solve", new { });
            await Post($"/api/v1/conversations/{id}/reopen", new { });
        }
        Assert.Equal("paused", (await Report(webhook)).GetProperty("health").GetString());
        Assert.Equal(0, _receiver.Asked);
        await Put(webhook, paused: false);
        await _receiver.Takes(61);
        var told = _receiver.Taken;
        Assert.Equal(61, told.Count);
        Assert.Equal(told.Select(one => one.Rev).Order(), told.Select(one => one.Rev));
        Assert.Equal(30, told.Count(one => one.Type == WebhookTypes.Solved));

        async Task Put(string id, bool paused) => await Json(await _program.PutAsJsonAsync(
            $"/api/v1/webhooks/{id}", new { url = _receiver.Url, events = new[] { WebhookTypes.Solved, WebhookTypes.Reopened, WebhookTypes.MessageCreated }, paused }));
    }

    [Fact]
    public async Task A_test_event_is_sent_at_once_and_the_attempt_is_shown()
    {
        var (webhook, secret) = await NewWebhook(WebhookTypes.NoteCreated);
        var sent = await Json(await Post($"/api/v1/webhooks/{webhook}/test", new { }));
        Assert.Equal((true, 200), (sent.GetProperty("accepted").GetBoolean(), sent.GetProperty("status").GetInt32()));
        Assert.Equal("webhook.test", Assert.Single(_receiver.Taken).Type);
        _receiver.Answer = _ => 500;
        sent = await Json(await Post($"/api/v1/webhooks/{webhook}/test", new { }));
        Assert.Equal((false, "Not now"), (sent.GetProperty("accepted").GetBoolean(), sent.GetProperty("response").GetString()));
        Assert.Equal(2, (await Report(webhook)).GetProperty("recent").GetArrayLength());

        // A new secret, and for a while the old one as well.
        var rolled = (await Json(await Post($"/api/v1/webhooks/{webhook}/secret", new { }))).GetProperty("secret").GetString()!;
        _receiver.Answer = _ => 200;
        await Post($"/api/v1/webhooks/{webhook}/test", new { });
        Assert.True(_receiver.Taken[^1].IsSignedWith(secret) && _receiver.Taken[^1].IsSignedWith(rolled));
    }

    [Fact]
    public async Task Secrets_are_encrypted_at_rest()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks")
        {
            Content = JsonContent.Create(new { url = _receiver.Url, events = new[] { WebhookTypes.NoteCreated } }),
            Headers = { { "Idempotency-Key", "kept-for-a-day" } },
        };
        var secret = (await Json(await _program.SendAsync(request))).GetProperty("secret").GetString()!;
        var key = Encoding.UTF8.GetBytes(secret["whsec_".Length..]);
        foreach (var file in Directory.EnumerateFiles(_server.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var all = new MemoryStream();
            await open.CopyToAsync(all);
            Assert.True(all.ToArray().AsSpan().IndexOf(key) < 0, $"{file} holds the secret.");
        }
    }

    [Fact]
    public async Task A_repeated_call_makes_no_second_webhook_and_shows_the_same_secret()
    {
        var first = await Make();
        Assert.Equal(first, await Make());
        Assert.Equal(1, (await _program.GetFromJsonAsync<JsonElement>("/api/v1/webhooks")).GetArrayLength());

        async Task<string> Make()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks")
            {
                Content = JsonContent.Create(new { url = _receiver.Url, events = new[] { WebhookTypes.NoteCreated } }),
                Headers = { { "Idempotency-Key", "one-webhook" } },
            };
            return await (await _program.SendAsync(request)).EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task A_removed_webhook_hears_nothing_more()
    {
        var (webhook, _) = await NewWebhook(WebhookTypes.MessageCreated);
        await Begin("One");
        await _receiver.Takes(1);
        Assert.Equal(HttpStatusCode.NoContent, (await _program.DeleteAsync($"/api/v1/webhooks/{webhook}")).StatusCode);
        var (_, _) = await NewWebhook(WebhookTypes.ConversationCreated);
        await Begin("Two");
        await _receiver.Takes(2);
        Assert.Equal("conversation.created", _receiver.Taken[1].Type);
    }

    [Fact]
    public async Task Of_a_removed_webhook_nothing_is_kept()
    {
        var (kept, _) = await NewWebhook(WebhookTypes.MessageCreated);
        var (removed, _) = await NewWebhook(WebhookTypes.MessageCreated);
        _receiver.Answer = told => told.Text == "Poison" ? 400 : 200;
        for (var i = 0; i < 3; i++)
            await Begin($"Hello {i}");
        await Begin("Poison");
        // The poison has been tried before a day passes.
        await _receiver.Takes(6);
        await TestServer.Eventually(async () => (await Report(removed)).GetProperty("recent").EnumerateArray().Any(one => !one.GetProperty("accepted").GetBoolean()));
        _server.Clock.Advance(TimeSpan.FromHours(25));
        await TestServer.Eventually(async () => (await Report(removed)).GetProperty("givenUp").GetInt32() == 1);
        await TestServer.Eventually(async () => await Records(removed) == 5);

        Assert.Equal(HttpStatusCode.NoContent, (await _program.DeleteAsync($"/api/v1/webhooks/{removed}")).StatusCode);

        await TestServer.Eventually(async () => await Records(removed) == 0);
        await TestServer.Eventually(async () => await Records(kept) == 5);
    }

    /// <summary>What is stored of an endpoint: how it does with its given-up events, and a cursor for each conversation.</summary>
    private Task<long> Records(string webhook) => _server.Services.GetRequiredService<SqliteDatabase>().Readers.Read(connection =>
    {
        using var count = connection.Use("SELECT count(*) FROM grain WHERE type = 'webhook' AND key LIKE '%' || ?1");
        return count.Bind(1, webhook).Step() ? count.Number(0) : 0;
    });

    public static TheoryData<string, string, string, int> BadCalls()
    {
        const string Unknown = "01a204fb4105730ba85194c7f1eb4ddc";
        var calls = new TheoryData<string, string, string, int>
        {
            { "POST", "", """{"url":"https://hooks.example.com"}""", 400 },
            { "POST", "", """{"url":"https://hooks.example.com","events":[]}""", 400 },
            { "POST", "", """{"url":"https://hooks.example.com","events":["everything"]}""", 400 },
            { "POST", "", """{"url":"https://hooks.example.com","events":["note.created","note.created"]}""", 400 },
            { "POST", "", """{"url":"http://hooks.example.com","events":["note.created"]}""", 400 },
            { "POST", "", """{"url":"https://169.254.169.254/latest","events":["note.created"]}""", 400 },
            { "POST", "", """{"url":"https://localhost/","events":["note.created"]}""", 400 },
            { "POST", "", """{"url":"https://me:pw@hooks.example.com/","events":["note.created"]}""", 400 },
            { "POST", "", """{"url":"nowhere","events":["note.created"]}""", 400 },
            { "POST", "", $$"""{"url":"https://hooks.example.com/{{new string('x', 2_000)}}","events":["note.created"]}""", 413 },
            { "PUT", $"/{Unknown}", """{"url":"https://hooks.example.com","events":["note.created"]}""", 404 },
            { "GET", $"/{Unknown}", "", 404 },
            { "GET", "/..%2fx", "", 404 },
            { "DELETE", $"/{Unknown}", "", 404 },
        };
        foreach (var verb in (string[])["secret", "test", "resume", "replay", "discard"])
            calls.Add("POST", $"/{Unknown}/{verb}", "{}", 404);
        return calls;
    }

    [Fact]
    public async Task Bad_calls_are_refused_for_programs_and_administrators_alike()
    {
        await using var server = await TestServer.Start();
        using var program = await server.NewProgram(Scopes.WebhooksManage);
        using var admin = await server.SignIn();
        using var agent = await server.NewAgent("Dev");
        foreach (var (http, root) in new[] { (program, "/api/v1/webhooks"), (admin.Http, "/api/webhooks") })
        {
            foreach (object[] call in BadCalls())
            {
                using var request = new HttpRequestMessage(new HttpMethod((string)call[0]), root + call[1]);
                if ((string)call[2] != "")
                    request.Content = new StringContent((string)call[2], Encoding.UTF8, "application/json");
                var answer = await http.SendAsync(request);
                Assert.True((int)call[3] == (int)answer.StatusCode, $"{call[0]} {root}{call[1]} {call[2]}: {answer.StatusCode}");
                await BadInputTests.Code(answer);
            }
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.Http.GetAsync("/api/webhooks")).StatusCode);
    }

    /// <summary>Whatever else came, of this conversation each event came once, in order.</summary>
    private async Task ToldOnceAndInOrder(string conversationId, int events)
    {
        var told = _receiver.Taken.Where(one => one.ConversationId == conversationId).ToList();
        Assert.Equal(told.Select(one => one.Rev).Distinct().Order(), told.Select(one => one.Rev));
        Assert.Equal(events, told.Count);
        var entries = (await _program.GetFromJsonAsync<JsonElement>($"/api/v1/conversations/{conversationId}/entries?limit=100")).GetProperty("entries");
        Assert.Equal(
            entries.EnumerateArray().Where(entry => entry.GetProperty("author").GetProperty("type").GetString() == "visitor").Select(entry => entry.GetProperty("text").GetString()),
            told.Where(one => one.Text is not null && one.Body.GetProperty("data").GetProperty("entry").GetProperty("author").GetProperty("type").GetString() == "visitor").Select(one => one.Text));
    }

    private async Task<(string Id, string Secret)> NewWebhook(params string[] events)
    {
        var made = await Json(await Post("/api/v1/webhooks", new { url = _receiver.Url, events }));
        return (made.GetProperty("endpoint").GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
    }

    private async Task<string> Begin(string text, bool talkToHuman = true)
    {
        var visitor = await Json(await Post("/api/v1/visitors", new { }));
        var begun = await Json(await Post("/api/v1/conversations", new { visitorId = visitor.GetProperty("id").GetString(), text, talkToHuman }));
        return begun.GetProperty("conversationId").GetString()!;
    }

    private Task<JsonElement> Report(string webhook) => _program.GetFromJsonAsync<JsonElement>($"/api/v1/webhooks/{webhook}");

    private async Task<HttpResponseMessage> Post(string path, object body)
    {
        var answer = await _program.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return answer;
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
}
