using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>Programs use the workspace with keys: what they may, how often, and that nothing happens twice.</summary>
public sealed class PublicApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Unknown = "01a204fb4105730ba85194c7f1eb4ddc";

    [Fact]
    public async Task A_key_is_shown_once_and_works_until_it_is_revoked()
    {
        using var admin = await server.SignIn();
        var made = await admin.Http.PostAsJsonAsync("/api/api-keys", new { name = "Shop", scopes = new[] { "agents:read" } });
        var key = await Json(made, HttpStatusCode.Created);
        var token = key.GetProperty("token").GetString()!;
        Assert.StartsWith("ls_default_", token, StringComparison.Ordinal);

        using var program = server.WithKey(token);
        Assert.Equal("600", (await program.GetAsync("/api/v1/agents")).Headers.GetValues("RateLimit-Limit").Single());
        var listed = (await admin.Http.GetFromJsonAsync<JsonElement>("/api/api-keys")).EnumerateArray().Single(one => one.GetProperty("id").GetString() == key.GetProperty("key").GetProperty("id").GetString());
        Assert.NotNull(listed.GetProperty("lastUsedAt").GetString());
        Assert.DoesNotContain(token[^36..], listed.GetRawText(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await admin.Http.DeleteAsync($"/api/api-keys/{listed.GetProperty("id").GetString()}")).StatusCode);
        await Refused(program.GetAsync("/api/v1/agents"), HttpStatusCode.Unauthorized, "token-invalid");
    }

    [Fact]
    public async Task Only_administrators_make_keys()
    {
        using var agent = await server.NewAgent("Dev");
        await Refused(agent.Http.PostAsJsonAsync("/api/api-keys", new { name = "x", scopes = new[] { "agents:read" } }), HttpStatusCode.Forbidden, "forbidden");
        await Refused(agent.Http.GetAsync("/api/api-keys"), HttpStatusCode.Forbidden, "forbidden");
        using var admin = await server.SignIn();
        await Refused(admin.Http.PostAsJsonAsync("/api/api-keys", new { name = "x", scopes = new[] { "everything" } }), HttpStatusCode.BadRequest, "bad-request");
        await Refused(admin.Http.PostAsJsonAsync("/api/api-keys", new { name = "\u200b", scopes = new[] { "agents:read" } }), HttpStatusCode.BadRequest, "bad-request");
        await Refused(admin.Http.PostAsJsonAsync("/api/api-keys", new { name = "x", scopes = new[] { "agents:read" }, perMinute = 0 }), HttpStatusCode.BadRequest, "bad-request");
        await Refused(admin.Http.DeleteAsync($"/api/api-keys/{Unknown}"), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_program_needs_a_key_and_a_cookie_is_none()
    {
        using var nobody = server.Http();
        await Refused(nobody.GetAsync("/api/v1/agents"), HttpStatusCode.Unauthorized, "not-signed-in");
        using (var asked = await nobody.GetAsync("/api/v1/agents"))
            Assert.Equal("Bearer", asked.Headers.WwwAuthenticate.ToString());
        using var admin = await server.SignIn();
        await Refused(admin.Http.GetAsync("/api/v1/agents"), HttpStatusCode.Unauthorized, "not-signed-in");
        foreach (var wrong in (string[])["ls_", "x", "ls_default_short", $"ls_default_{new string('A', 40)}", $"ls_other_{new string('A', 40)}", new string('x', 4_000)])
        {
            using var program = server.WithKey(wrong);
            await Refused(program.GetAsync("/api/v1/agents"), HttpStatusCode.Unauthorized, "token-invalid");
        }
        // And a key is no session.
        using var key = await server.NewProgram(Scopes.ConversationsRead);
        await Refused(key.GetAsync("/api/conversations"), HttpStatusCode.Unauthorized, "not-signed-in");
    }

    public static TheoryData<string, string, string> NeededScopes() => new()
    {
        { "GET", "/api/v1/conversations", Scopes.ConversationsRead },
        { "GET", $"/api/v1/conversations/{Unknown}", Scopes.ConversationsRead },
        { "GET", $"/api/v1/conversations/{Unknown}/entries", Scopes.ConversationsRead },
        { "GET", $"/api/v1/attachments/{Unknown}", Scopes.ConversationsRead },
        { "POST", "/api/v1/conversations", Scopes.ConversationsWrite },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", Scopes.ConversationsWrite },
        { "POST", $"/api/v1/conversations/{Unknown}/assign", Scopes.ConversationsWrite },
        { "POST", $"/api/v1/conversations/{Unknown}/hand-to-bot", Scopes.ConversationsWrite },
        { "POST", $"/api/v1/conversations/{Unknown}/solve", Scopes.ConversationsWrite },
        { "POST", $"/api/v1/conversations/{Unknown}/reopen", Scopes.ConversationsWrite },
        { "POST", $"/api/v1/conversations/{Unknown}/snooze", Scopes.ConversationsWrite },
        { "GET", "/api/v1/visitors?email=a%40b.example", Scopes.VisitorsRead },
        { "GET", $"/api/v1/visitors/{Unknown}", Scopes.VisitorsRead },
        { "POST", "/api/v1/visitors", Scopes.VisitorsWrite },
        { "PATCH", $"/api/v1/visitors/{Unknown}", Scopes.VisitorsWrite },
        { "GET", "/api/v1/agents", Scopes.AgentsRead },
        { "GET", "/api/v1/articles", Scopes.KnowledgeRead },
        { "GET", "/api/v1/articles/x", Scopes.KnowledgeRead },
        { "POST", "/api/v1/articles", Scopes.KnowledgeWrite },
        { "PUT", "/api/v1/articles/x", Scopes.KnowledgeWrite },
        { "DELETE", "/api/v1/articles/no-such", Scopes.KnowledgeWrite },
    };

    [Theory, MemberData(nameof(NeededScopes))]
    public async Task Each_call_needs_its_scope_and_no_other(string method, string path, string scope)
    {
        using var without = await server.NewProgram([.. Scopes.All.Remove(scope)]);
        await Refused(Send(without, method, path, "{}"), HttpStatusCode.Forbidden, "forbidden");
        using var with = await server.NewProgram(scope);
        Assert.NotEqual(HttpStatusCode.Forbidden, (await Send(with, method, path, "{}")).StatusCode);
    }

    [Fact]
    public async Task A_key_has_a_budget()
    {
        await using var own = await TestServer.Start();
        using var program = own.WithKey(await own.NewKey(3, Scopes.AgentsRead));
        for (var left = 2; left >= 0; left--)
            Assert.Equal($"{left}", (await program.GetAsync("/api/v1/agents")).Headers.GetValues("RateLimit-Remaining").Single());
        var refused = await program.GetAsync("/api/v1/agents");
        await Refused(Task.FromResult(refused), HttpStatusCode.TooManyRequests, "rate-limited");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 20);
        Assert.InRange(int.Parse(refused.Headers.GetValues("RateLimit-Reset").Single(), null), 40, 60);

        own.Clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/agents")).StatusCode);
    }

    [Fact]
    public async Task Who_guesses_keys_is_slowed_down()
    {
        await using var own = await TestServer.Start("--LiveSupport:Limits:WrongKeyBurst=3");
        using var guesser = own.WithKey($"ls_default_{new string('A', 40)}");
        for (var i = 0; i < 3; i++)
            await Refused(guesser.GetAsync("/api/v1/agents"), HttpStatusCode.Unauthorized, "token-invalid");
        await Refused(guesser.GetAsync("/api/v1/agents"), HttpStatusCode.TooManyRequests, "rate-limited");
    }

    [Fact]
    public async Task A_conversation_is_begun_answered_and_brought_to_an_end_by_a_program()
    {
        using var program = await server.NewProgram();
        using var agent = await server.NewAgent("Mo");
        var agentId = (await agent.Me()).GetProperty("id").GetString();

        var visitor = await Json(await program.PostAsJsonAsync("/api/v1/visitors", new { name = "Åsa", email = "asa@shop.example" }), HttpStatusCode.Created);
        var visitorId = visitor.GetProperty("id").GetString();
        var begun = await Json(await program.PostAsJsonAsync("/api/v1/conversations", new { visitorId, text = "Where is my parcel?", talkToHuman = true }), HttpStatusCode.Created);
        var path = $"/api/v1/conversations/{begun.GetProperty("conversationId").GetString()}";

        var conversation = await program.GetFromJsonAsync<JsonElement>(path);
        Assert.Equal(("human_interaction", "asa@shop.example"), (conversation.GetProperty("mode").GetString(), conversation.GetProperty("visitor").GetProperty("email").GetString()));
        Assert.Equal(JsonValueKind.Null, conversation.GetProperty("owner").ValueKind);

        await Json(await program.PostAsJsonAsync($"{path}/entries", new { kind = "reply", agentId, text = "On its way" }), HttpStatusCode.Created);
        await Json(await program.PostAsJsonAsync($"{path}/entries", new { kind = "note", text = "Checked in the ERP" }), HttpStatusCode.Created);
        await Json(await program.PostAsJsonAsync($"{path}/entries", new { kind = "visitor", text = "Thanks" }), HttpStatusCode.Created);
        Assert.Equal(agentId, (await program.GetFromJsonAsync<JsonElement>(path)).GetProperty("owner").GetProperty("id").GetString());

        Assert.Equal("snoozed", (await Act(program, path, "snooze", new { until = DateTimeOffset.UtcNow.AddDays(1) })).GetProperty("status").GetString());
        Assert.Equal("active", (await Act(program, path, "reopen", new { })).GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, (await Act(program, path, "assign", new { agentId = (string?)null })).GetProperty("owner").ValueKind);
        Assert.Equal(agentId, (await Act(program, path, "assign", new { agentId, by = agentId })).GetProperty("owner").GetProperty("id").GetString());
        Assert.Equal("bot", (await Act(program, path, "hand-to-bot", new { })).GetProperty("mode").GetString());
        Assert.Equal("solved", (await Act(program, path, "solve", new { by = agentId })).GetProperty("status").GetString());

        var said = new List<string>();
        long seq = 0;
        for (var more = true; more;)
        {
            var page = await program.GetFromJsonAsync<JsonElement>($"{path}/entries?after={seq}&limit=3");
            foreach (var entry in page.GetProperty("entries").EnumerateArray())
            {
                Assert.Equal(seq + 1, entry.GetProperty("seq").GetInt64());
                seq = entry.GetProperty("seq").GetInt64();
                said.Add($"{entry.GetProperty("kind").GetString()} {entry.GetProperty("author").GetProperty("type").GetString()} {(entry.TryGetProperty("code", out var code) ? code.GetString() : entry.GetProperty("text").GetString())}");
            }
            more = page.GetProperty("hasMore").GetBoolean();
        }
        Assert.Equal(
            [
                "text visitor Where is my parcel?", "system system asked-for-person", "system system joined", "text agent On its way",
                "note agent Checked in the ERP", "text visitor Thanks", "system system snoozed", "system system woke",
                "system system unassigned", "system system assigned", "system system handed-to-bot", "system system solved",
            ], said);
        var back = await program.GetFromJsonAsync<JsonElement>($"{path}/entries?before=3&limit=1");
        Assert.Equal((2, true), (back.GetProperty("entries")[0].GetProperty("seq").GetInt32(), back.GetProperty("hasMore").GetBoolean()));
    }

    [Fact]
    public async Task A_list_is_complete_and_stable_while_rows_change()
    {
        await using var own = await TestServer.Start();
        using var program = await own.NewProgram();
        var made = new List<string>();
        for (var i = 0; i < 7; i++)
            made.Add(await Begin(program, $"Hello {i}"));

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await program.GetFromJsonAsync<JsonElement>($"/api/v1/conversations?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("cursor", out var next) ? next.GetString() : null;
            // Both the first and the last of the list get a message: in an order by time they would change places.
            foreach (var id in (string[])[made[0], made[^1]])
                await Json(await program.PostAsJsonAsync($"/api/v1/conversations/{id}/entries", new { kind = "visitor", text = "More" }), HttpStatusCode.Created);
        }
        while (cursor is not null);
        Assert.Equal(made, seen);

        await Act(program, $"/api/v1/conversations/{made[3]}", "solve", new { });
        Assert.Equal([made[3]], await Ids("status=solved"));
        Assert.Equal(made.Except([made[3]]).Reverse(), await Ids("status=active&order=newest"));
        Assert.Equal(made, await Ids("ownerId=none"));
        Assert.Empty(await Ids("status=snoozed"));
        Assert.Empty(await Ids($"visitorId={Unknown}"));

        async Task<IEnumerable<string>> Ids(string query) =>
            (await program.GetFromJsonAsync<JsonElement>($"/api/v1/conversations?{query}")).GetProperty("items").EnumerateArray().Select(row => row.GetProperty("id").GetString()!).ToArray();
    }

    [Fact]
    public async Task The_same_key_gives_the_first_answer_and_another_call_with_it_is_refused()
    {
        using var program = await server.NewProgram();
        var first = await Post(program, "/api/v1/visitors", new { name = "Ida" }, "once");
        var again = await Post(program, "/api/v1/visitors", new { name = "Ida" }, "once");
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.Created, first.Headers.Location), (again.StatusCode, again.Headers.Location));
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        await Refused(Post(program, "/api/v1/visitors", new { name = "Eva" }, "once"), HttpStatusCode.Conflict, "conflict");
        // Another program's key of the same text is another key.
        using var other = await server.NewProgram([.. Scopes.All]);
        Assert.NotEqual(first.Headers.Location, (await Post(other, "/api/v1/visitors", new { name = "Ida" }, "once")).Headers.Location);

        var visitorId = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        var begun = await Json(await Post(program, "/api/v1/conversations", new { visitorId, text = "Hi" }, "begin"), HttpStatusCode.Created);
        Assert.Equal(begun.GetRawText(), (await Json(await Post(program, "/api/v1/conversations", new { visitorId, text = "Hi" }, "begin"), HttpStatusCode.Created)).GetRawText());
        var entries = $"/api/v1/conversations/{begun.GetProperty("conversationId").GetString()}/entries";
        var note = await Json(await Post(program, entries, new { kind = "note", text = "Once" }, "note-1"), HttpStatusCode.Created);
        Assert.Equal(note.GetRawText(), (await Json(await Post(program, entries, new { kind = "note", text = "Once" }, "note-1"), HttpStatusCode.Created)).GetRawText());
        await Refused(Post(program, entries, new { kind = "note", text = "Twice" }, "note-1"), HttpStatusCode.Conflict, "conflict");
        await Refused(Post(program, entries, new { kind = "note", text = "x" }, "not a key"), HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task A_refused_call_leaves_its_key_free()
    {
        using var program = await server.NewProgram();
        await Refused(Post(program, "/api/v1/visitors", new { email = "nothing" }, "retry"), HttpStatusCode.BadRequest, "bad-request");
        await Json(await Post(program, "/api/v1/visitors", new { email = "a@b.example" }, "retry"), HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_same_call_many_times_at_once_is_done_once()
    {
        using var program = await server.NewProgram();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Post(program, "/api/v1/articles", new { title = "One", markdown = "Only one" }, "flood")));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict));
        var articles = await program.GetFromJsonAsync<JsonElement>("/api/v1/articles?limit=100");
        Assert.Single(articles.GetProperty("items").EnumerateArray(), article => article.GetProperty("title").GetString() == "One");
    }

    [Fact]
    public async Task Articles_are_changed_only_as_they_were_read()
    {
        using var program = await server.NewProgram();
        var made = await Post(program, "/api/v1/articles", new { title = "Sizes", markdown = "S to XL" }, null);
        var path = made.Headers.Location!.ToString();
        var etag = (await program.GetAsync(path)).Headers.ETag!;
        Assert.Equal(made.Headers.ETag, etag);

        var changed = await Put(new { title = "Sizes", markdown = "XS to XL" }, etag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        await Refused(Put(new { title = "Sizes", markdown = "Lost update" }, etag), HttpStatusCode.PreconditionFailed, "conflict");
        Assert.Equal("XS to XL", (await program.GetFromJsonAsync<JsonElement>(path)).GetProperty("markdown").GetString());
        using (var stale = new HttpRequestMessage(HttpMethod.Delete, path) { Headers = { IfMatch = { etag } } })
            await Refused(program.SendAsync(stale), HttpStatusCode.PreconditionFailed, "conflict");
        Assert.Equal(HttpStatusCode.NoContent, (await program.DeleteAsync(path)).StatusCode);
        await Refused(program.GetAsync(path), HttpStatusCode.NotFound, "not-found");

        async Task<HttpResponseMessage> Put(object body, EntityTagHeaderValue match)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body), Headers = { IfMatch = { match } } };
            return await program.SendAsync(request);
        }
    }

    [Fact]
    public async Task A_user_of_the_site_is_the_same_visitor_from_everywhere()
    {
        using var program = await server.NewProgram();
        var one = await Json(await program.PostAsJsonAsync("/api/v1/visitors", new { userId = "shop-42", name = "Nils" }), HttpStatusCode.Created);
        var two = await Json(await program.PostAsJsonAsync("/api/v1/visitors", new { userId = "shop-42", email = "nils@shop.example" }), HttpStatusCode.Created);
        Assert.Equal(one.GetProperty("id").GetString(), two.GetProperty("id").GetString());
        Assert.Equal(("Nils", true), (two.GetProperty("name").GetString(), two.GetProperty("verified").GetBoolean()));
        var path = $"/api/v1/visitors/{two.GetProperty("id").GetString()}";
        await Json(await program.PatchAsJsonAsync(path, new { name = "Nils B." }), HttpStatusCode.OK);
        var now = await program.GetFromJsonAsync<JsonElement>(path);
        foreach (var query in (string[])["email=NILS@shop.example", "userId=shop-42"])
        {
            var found = (await program.GetFromJsonAsync<JsonElement>($"/api/v1/visitors?{query}")).GetProperty("items");
            Assert.Equal("Nils B.", Assert.Single(found.EnumerateArray()).GetProperty("name").GetString());
        }
        await Json(await program.PatchAsJsonAsync(path, new { email = "nils@new.example" }), HttpStatusCode.OK);
        Assert.Empty((await program.GetFromJsonAsync<JsonElement>("/api/v1/visitors?email=nils@shop.example")).GetProperty("items").EnumerateArray());
        Assert.Equal(("Nils B.", "nils@shop.example"), (now.GetProperty("name").GetString(), now.GetProperty("email").GetString()));
    }

    [Fact]
    public async Task Everybody_who_has_written_is_listed_once()
    {
        await using var own = await TestServer.Start();
        using var program = await own.NewProgram();
        var wrote = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var visitor = await Json(await program.PostAsJsonAsync("/api/v1/visitors", new { name = $"V{i}" }), HttpStatusCode.Created);
            wrote.Add(visitor.GetProperty("id").GetString()!);
            var begun = await Json(await program.PostAsJsonAsync("/api/v1/conversations", new { visitorId = wrote[^1], text = "Hi" }), HttpStatusCode.Created);
            // Solved for good, so that the next message begins another conversation.
            await Act(program, $"/api/v1/conversations/{begun.GetProperty("conversationId").GetString()}", "solve", new { });
        }
        own.Clock.Advance(TimeSpan.FromHours(25));
        await Json(await program.PostAsJsonAsync("/api/v1/conversations", new { visitorId = wrote[0], text = "Again" }), HttpStatusCode.Created);

        var listed = new List<string>();
        string? cursor = null;
        do
        {
            var page = await program.GetFromJsonAsync<JsonElement>($"/api/v1/visitors?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            listed.AddRange(page.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        Assert.Equal(wrote, listed);
        Assert.Equal(6, (await program.GetFromJsonAsync<JsonElement>("/api/v1/conversations")).GetProperty("items").GetArrayLength());
    }

    public static TheoryData<string, string, string, int, string> BadCalls() => new()
    {
        { "GET", "/api/v1/conversations?limit=0", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?limit=1000000000", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?limit=x", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?cursor=')%20or%201=1--", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?status=open", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?status=0", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?order=email", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?email=x", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?where=1", "", 400, "bad-request" },
        { "GET", "/api/v1/conversations?ownerId=..%2f", "", 404, "not-found" },
        { "GET", $"/api/v1/conversations/{Unknown}", "", 404, "not-found" },
        { "GET", "/api/v1/conversations/..%2f..%2fx", "", 404, "not-found" },
        { "GET", $"/api/v1/conversations/{Unknown}/entries", "", 404, "not-found" },
        { "GET", $"/api/v1/conversations/{Unknown}/entries?after=0", "", 404, "not-found" },
        { "GET", $"/api/v1/conversations/{Unknown}/entries?after=-1", "", 400, "bad-request" },
        { "GET", $"/api/v1/conversations/{Unknown}/entries?after=1&before=9", "", 400, "bad-request" },
        { "GET", $"/api/v1/conversations/{Unknown}/entries?after=99999999999999999999", "", 400, "bad-request" },
        { "POST", "/api/v1/conversations", "", 400, "bad-request" },
        { "POST", "/api/v1/conversations", "not json", 400, "bad-request" },
        { "POST", "/api/v1/conversations", "[]", 400, "bad-request" },
        { "POST", "/api/v1/conversations", """{"text":"x"}""", 400, "bad-request" },
        { "POST", "/api/v1/conversations", $$"""{"visitorId":"{{Unknown}}","text":"x"}""", 404, "not-found" },
        { "POST", "/api/v1/conversations", $$"""{"visitorId":"{{Unknown}}","text":"\u200b"}""", 400, "bad-request" },
        { "POST", "/api/v1/conversations", $$"""{"visitorId":"{{Unknown}}","text":"x","admin":true}""", 400, "bad-request" },
        { "POST", "/api/v1/conversations", $$"""{"visitorId":"{{Unknown}}","text":"{{new string('x', 10_001)}}"}""", 413, "too-long" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", """{"kind":"reply","text":"x"}""", 400, "bad-request" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", """{"kind":"shout","text":"x"}""", 400, "bad-request" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", """{"kind":1,"text":"x"}""", 400, "bad-request" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", """{"kind":"note","text":"\ud800"}""", 400, "bad-request" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", """{"kind":"note","text":"\u0000"}""", 400, "bad-request" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", """{"kind":"note","text":"x"}""", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", """{"kind":"visitor","text":"x"}""", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", $$"""{"kind":"visitor","text":"x","agentId":"{{Unknown}}"}""", 400, "bad-request" },
        { "POST", $"/api/v1/conversations/{Unknown}/entries", $$"""{"kind":"note","text":"{{new string('x', 20_001)}}"}""", 413, "too-long" },
        { "POST", $"/api/v1/conversations/{Unknown}/assign", "{}", 400, "bad-request" },
        { "POST", $"/api/v1/conversations/{Unknown}/assign", """{"agentId":null}""", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/assign", $$"""{"agentId":"{{Unknown}}"}""", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/solve", "{}", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/solve", """{"by":"nobody"}""", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/reopen", "{}", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/hand-to-bot", "{}", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/snooze", """{"until":"tomorrow"}""", 400, "bad-request" },
        { "POST", $"/api/v1/conversations/{Unknown}/snooze", """{"until":"2035-01-01T00:00:00Z"}""", 404, "not-found" },
        { "POST", $"/api/v1/conversations/{Unknown}/shout", "{}", 404, "not-found" },
        { "GET", "/api/v1/visitors?cursor=%00", "", 400, "bad-request" },
        { "GET", "/api/v1/visitors?limit=0", "", 400, "bad-request" },
        { "GET", "/api/v1/visitors?email=nothing", "", 400, "bad-request" },
        { "GET", "/api/v1/visitors?email=a@b.example&userId=x", "", 400, "bad-request" },
        { "GET", $"/api/v1/visitors/{Unknown}", "", 404, "not-found" },
        { "POST", "/api/v1/visitors", """{"email":"nothing"}""", 400, "bad-request" },
        { "POST", "/api/v1/visitors", """{"verified":true}""", 400, "bad-request" },
        { "POST", "/api/v1/visitors", """{"userId":""}""", 400, "bad-request" },
        { "POST", "/api/v1/visitors", $$"""{"name":"{{new string('n', 201)}}"}""", 413, "too-long" },
        { "PATCH", $"/api/v1/visitors/{Unknown}", """{"name":"x"}""", 404, "not-found" },
        { "GET", "/api/v1/articles?cursor=%00", "", 400, "bad-request" },
        { "GET", "/api/v1/articles/none", "", 404, "not-found" },
        { "POST", "/api/v1/articles", """{"title":"x","markdown":" "}""", 400, "bad-request" },
        { "PUT", "/api/v1/articles/a%20b", """{"title":"x","markdown":"x"}""", 404, "not-found" },
        { "PUT", "/api/v1/articles/a", """{"title":"x","markdown":"x","url":"javascript:x"}""", 400, "bad-request" },
        { "DELETE", "/api/v1/articles/none", "", 404, "not-found" },
        { "GET", "/api/v1/nothing", "", 404, "not-found" },
        { "DELETE", "/api/v1/agents", "", 405, "bad-request" },
    };

    [Theory]
    [InlineData("assign")]
    [InlineData("hand-to-bot")]
    [InlineData("solve")]
    [InlineData("reopen")]
    [InlineData("snooze")]
    public async Task An_act_without_a_body_is_refused(string verb)
    {
        using var program = await server.NewProgram();
        var path = $"/api/v1/conversations/{await Begin(program, "Hi")}/{verb}";
        await Refused(Send(program, "POST", path, ""), HttpStatusCode.BadRequest, "bad-request");
        await Refused(Send(program, "POST", path, "null"), HttpStatusCode.BadRequest, "bad-request");
        await Refused(program.PostAsync(path, null), HttpStatusCode.BadRequest, "bad-request");
        await Refused(Post(program, path, null!, "once"), HttpStatusCode.BadRequest, "bad-request");
    }

    [Theory, MemberData(nameof(BadCalls))]
    public async Task A_bad_call_is_answered_with_a_problem(string method, string path, string body, int status, string code)
    {
        using var program = await server.NewProgram();
        await Refused(Send(program, method, path, body), (HttpStatusCode)status, code);
    }

    [Fact]
    public async Task A_visitors_message_that_began_the_next_conversation_is_found_there_when_that_is_over_too()
    {
        using var program = await server.NewProgram();
        var first = await Begin(program, "One");
        var visitorId = (await Conversation(first).Row())!.Visitor.Id;
        await Conversation(first).End(visitorId);
        var path = $"/api/v1/conversations/{first}/entries";
        var said = await Json(await Post(program, path, new { kind = "visitor", text = "Two" }, "two"), HttpStatusCode.Created);
        await Conversation(said.GetProperty("conversationId").GetString()!).End(visitorId);

        // Both are over.
        var third = await Json(await Post(program, path, new { kind = "visitor", text = "Three" }, null), HttpStatusCode.Created);
        Assert.NotEqual(said.GetProperty("conversationId").GetString(), third.GetProperty("conversationId").GetString());

        var again = await Json(await Post(program, path, new { kind = "visitor", text = "Two" }, "two"), HttpStatusCode.Created);
        Assert.Equal(said.GetRawText(), again.GetRawText());

        IConversationGrain Conversation(string id) => server.Grains.GetGrain<IConversationGrain>(Ids.Key("default", id));
    }

    private static async Task<string> Begin(HttpClient program, string text)
    {
        var visitor = await Json(await program.PostAsJsonAsync("/api/v1/visitors", new { }), HttpStatusCode.Created);
        return (await Json(await program.PostAsJsonAsync("/api/v1/conversations", new { visitorId = visitor.GetProperty("id").GetString(), text }), HttpStatusCode.Created))
            .GetProperty("conversationId").GetString()!;
    }

    private static async Task<JsonElement> Act(HttpClient program, string path, string verb, object body) =>
        await Json(await program.PostAsJsonAsync($"{path}/{verb}", body), HttpStatusCode.OK);

    private static async Task<HttpResponseMessage> Post(HttpClient program, string path, object body, string? idempotencyKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await program.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> Send(HttpClient program, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method != "GET")
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await program.SendAsync(request);
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task Refused(Task<HttpResponseMessage> call, HttpStatusCode status, string code)
    {
        var answer = await call;
        Assert.Equal((status, code), (answer.StatusCode, await BadInputTests.Code(answer)));
    }
}
