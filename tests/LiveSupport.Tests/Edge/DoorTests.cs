using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Edge;

/// <summary>Who gets in: tokens, cookies, origins, budgets.</summary>
public sealed class DoorTests
{
    private const string Secret = "a secret that the shop and we share";

    [Fact]
    public async Task A_visitor_s_socket_needs_a_valid_access_token()
    {
        await using var server = await TestServer.Start();
        var visitor = await server.NewVisitor();
        foreach (var token in (string?[])[null, "", "x", visitor.Token, visitor.AccessToken[..^2] + "AA", new string('A', 8_192)])
            await Assert.ThrowsAsync<WebSocketException>(() => server.VisitorHub(token));
        using var http = server.Http();
        var unauthorized = await http.PostAsync($"/hubs/visitor/negotiate?access_token=x", null);
        Assert.Equal((HttpStatusCode.Unauthorized, "token-invalid"), (unauthorized.StatusCode, await BadInputTests.Code(unauthorized)));

        server.Clock.Advance(TimeSpan.FromMinutes(11));
        await Assert.ThrowsAsync<WebSocketException>(() => server.VisitorHub(visitor.AccessToken));
        var expired = await http.PostAsync($"/hubs/visitor/negotiate?access_token={visitor.AccessToken}", null);
        Assert.Equal((HttpStatusCode.Unauthorized, "token-expired"), (expired.StatusCode, await BadInputTests.Code(expired)));
    }

    [Fact]
    public async Task A_visitor_token_opens_its_own_visitor_and_no_other()
    {
        await using var server = await TestServer.Start();
        var mine = await server.NewVisitor();
        var theirs = await server.NewVisitor();
        Assert.Equal(mine.Id, (await server.NewVisitor(mine.Token)).Id);
        using var http = server.Http();
        foreach (var forged in (string[])[
            $"{theirs.Id}.{mine.Token.Split('.')[1]}",
            $"{theirs.Id}.{Base64Url.EncodeToString(new byte[32])}",
            $"{theirs.Id}.", theirs.Id, $"{theirs.Id}.x", $"../{theirs.Token}", $"u{theirs.Id[1..]}.{mine.Token.Split('.')[1]}", new string('x', 5_000)])
        {
            var answer = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", visitorToken = forged });
            Assert.Equal((HttpStatusCode.Unauthorized, "token-invalid"), (answer.StatusCode, await BadInputTests.Code(answer)));
        }
    }

    [Fact]
    public async Task A_site_vouches_for_its_user_with_a_signed_token_and_nothing_less()
    {
        await using var server = await TestServer.Start();
        await Change(server, settings => settings with { IdentitySecret = Secret });
        var now = server.Clock.GetUtcNow().ToUnixTimeSeconds();
        var good = new { sub = "customer-7", name = "Astrid", email = "astrid@example.com", exp = now + 600 };

        var known = await server.NewVisitor(userToken: Jwt(good));
        var shown = known.Session.GetProperty("visitor");
        Assert.True(shown.GetProperty("verified").GetBoolean());
        Assert.Equal(("Astrid", "astrid@example.com"), (shown.GetProperty("name").GetString(), shown.GetProperty("email").GetString()));
        Assert.Equal(known.Id, (await server.NewVisitor(userToken: Jwt(good))).Id);
        Assert.Equal(known.Id, (await server.NewVisitor(userToken: Jwt(good with { exp = now + 3_600 }))).Id);
        Assert.Equal(known.Id, (await server.NewVisitor(visitorToken: known.Token)).Id);
        Assert.NotEqual(known.Id, (await server.NewVisitor(userToken: Jwt(good with { sub = "customer-8" }))).Id);
        Assert.NotEqual(known.Id, (await server.NewVisitor(visitorToken: known.Token, userToken: Jwt(good with { sub = "Customer-7" }))).Id);

        using var http = server.Http();
        foreach (var (token, code) in ((string, string)[])[
            (Jwt(good, algorithm: "none"), "token-invalid"),
            (Jwt(good, algorithm: "HS512"), "token-invalid"),
            (Jwt(good, secret: "another secret of thirty-two letters"), "token-invalid"),
            (Jwt(good)[..^1], "token-invalid"),
            (Jwt(good).Replace('.', '_'), "token-invalid"),
            (string.Join('.', [.. Jwt(good).Split('.')[..2], ""]), "token-invalid"),
            (Jwt(new { sub = "customer-7" }), "token-invalid"),
            (Jwt(new { exp = now + 600 }), "token-invalid"),
            (Jwt(new { sub = 7, exp = now + 600 }), "token-invalid"),
            (Jwt(new { sub = "", exp = now + 600 }), "token-invalid"),
            (Jwt(new { sub = "customer-7", exp = "soon" }), "token-invalid"),
            (Jwt(new { sub = "customer-7", exp = now + 600, nbf = now + 600 }), "token-invalid"),
            (Jwt(good with { exp = now - 120 }), "token-expired"),
            (Jwt(good with { exp = now + 3_720 }), "token-invalid"),
            (Jwt(good with { exp = 253_402_300_799 }), "token-invalid"),
            (new string('a', 8_192), "token-invalid")])
        {
            var answer = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", userToken = token });
            Assert.Equal((HttpStatusCode.Unauthorized, code), (answer.StatusCode, await BadInputTests.Code(answer)));
        }
    }

    [Fact]
    public async Task Other_letters_in_a_path_open_no_other_door()
    {
        await using var server = await TestServer.Start();
        var visitor = await server.NewVisitor();
        using var admin = await server.SignIn();
        foreach (var (path, token, cookie) in ((string, string?, string?)[])[("/HUBS/agent", null, admin.Cookie), ("/Hubs/Visitor", visitor.AccessToken, null)])
        {
            await Assert.ThrowsAsync<WebSocketException>(() => HubClient.Connect(new Uri(server.Url, path), token, cookie, "https://evil.example"));
        }

        using var stranger = server.Http();
        stranger.DefaultRequestHeaders.Add("Cookie", admin.Cookie);
        stranger.DefaultRequestHeaders.Remove("X-LiveSupport");
        var made = await stranger.PostAsJsonAsync("/API/agents", new { name = "Eve", email = "eve@example.com", password = "a password of Eve", role = "admin" });
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (made.StatusCode, await BadInputTests.Code(made)));
        var read = await stranger.GetAsync("/API/me");
        Assert.Equal((HttpStatusCode.OK, true), (read.StatusCode, read.Headers.CacheControl?.NoStore));
    }

    [Fact]
    public async Task A_tab_whose_visitor_became_known_in_another_begins_anew_and_loses_no_message()
    {
        await using var server = await TestServer.Start();
        await Change(server, settings => settings with { IdentitySecret = Secret });
        var nobody = await server.NewVisitor();
        await using var tab = await nobody.Hub();
        var first = await tab.Invoke<Posted>("Send", new { clientId = "first", text = "Hello" });
        var token = Jwt(new { sub = "customer-7", exp = server.Clock.GetUtcNow().ToUnixTimeSeconds() + 600 });
        var known = await server.NewVisitor(nobody.Token, token);

        var refused = await Assert.ThrowsAsync<HubError>(() => tab.Invoke("Send", new { clientId = "second", text = "Are you there?" }));
        // The socket may be gone before the answer is on its way.
        Assert.Contains(refused.Code, (string[])["unavailable", "closed"]);
        await using var again = await (await server.NewVisitor(known.Token)).Hub();
        Assert.Equal(first.ConversationId, (await again.Invoke<Posted>("Send", new { clientId = "second", text = "Are you there?" })).ConversationId);
    }

    [Fact]
    public async Task Only_allowed_sites_get_a_session_or_a_socket()
    {
        await using var server = await TestServer.Start();
        await Change(server, settings => settings with { AllowedOrigins = ["https://shop.example.com", "https://*.linnea.example"] });
        var visitor = await server.NewVisitor();
        using var admin = await server.SignIn();
        var own = server.Url.GetLeftPart(UriPartial.Authority);
        foreach (var (origin, allowed) in ((string, bool)[])[
            (own, true), ("https://shop.example.com", true), ("https://a.linnea.example", true), ("https://a.b.linnea.example", true),
            ("https://linnea.example", false), ("https://evillinnea.example", false), ("http://shop.example.com", false),
            ("https://shop.example.com:8443", false), ("https://shop.example.com.evil.com", false), ("null", false), ("https://evil.com", false)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/widget/session") { Content = JsonContent.Create(new { siteKey = "default" }) };
            request.Headers.Add("Origin", origin);
            var answer = await admin.Http.SendAsync(request);
            if (allowed)
            {
                Assert.Equal(origin, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
                await using var hub = await server.VisitorHub(visitor.AccessToken, origin);
            }
            else
            {
                Assert.Equal((HttpStatusCode.Forbidden, "origin-not-allowed"), (answer.StatusCode, await BadInputTests.Code(answer)));
                await Assert.ThrowsAsync<WebSocketException>(() => server.VisitorHub(visitor.AccessToken, origin));
            }
            // The dashboard is nobody's but ours.
            if (origin == own)
            {
                await using var hub = await server.AgentHub(admin.Cookie, origin);
            }
            else
            {
                await Assert.ThrowsAsync<WebSocketException>(() => server.AgentHub(admin.Cookie, origin));
            }
        }
        using var page = await admin.Http.GetAsync("/api/me");
        Assert.Contains("frame-ancestors 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task Wrong_tokens_and_keys_fill_no_log()
    {
        using var log = new Complaints(LogLevel.Information);
        await using var server = await TestServer.Start(services => services.AddSingleton<ILoggerProvider>(log));
        await server.NewVisitor();
        log.Heard.Clear();
        using var http = server.WithKey("a-guess");
        foreach (var path in (string[])["/api/widget/attachments/x", "/api/v1/agents", "/hubs/visitor", "/api/me"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(path)).StatusCode);
        Assert.Empty(log.Heard);
    }

    [Fact]
    public async Task Who_floods_with_pings_is_cut_off_too()
    {
        await using var server = await TestServer.Start("--LiveSupport:Limits:RefusalsBeforeClose=20", "--LiveSupport:Limits:CallBurst=5", "--LiveSupport:Limits:CallsPerSecond=1");
        await using var hub = await (await server.NewVisitor()).Hub();
        for (var n = 0; n < 5; n++)
            await hub.SendRaw("""{"type":6}""");
        await hub.Invoke("Team");
        for (var n = 0; n < 100 && !hub.Closed.IsCompleted; n++)
            await hub.SendRaw("""{"type":6}""");
        Assert.Equal("rate-limited", (await hub.Event("bye")).GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_page_of_a_long_address_is_known_before_the_widget_says_it_again()
    {
        await using var server = await TestServer.Start();
        using var http = server.Http();
        using var admin = await server.SignIn();
        foreach (var (url, known) in ((string, string)[])[
            ($"https://shop.example/cart?x={new string('x', 1_500)}", "https://shop.example/cart"),
            ($"https://shop.example/{new string('x', 1_500)}", $"https://shop.example/{new string('x', 979)}"),
            ($"https://shop.example/{new string('茶', 970)}", "https://shop.example")])
        {
            var begun = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", page = new { url } });
            var visitor = new Visitor(server, await begun.Content.ReadFromJsonAsync<JsonElement>());
            await visitor.Write("hello");
            await using var hub = await visitor.Hub();
            await TestServer.Eventually(async () =>
                (await admin.Http.GetFromJsonAsync<JsonElement>($"/api/visitors/{visitor.Id}")).TryGetProperty("page", out var page)
                && page.GetProperty("url").GetString() == known);
        }
    }

    [Fact]
    public async Task A_call_that_changes_something_by_cookie_needs_our_header()
    {
        await using var server = await TestServer.Start();
        using var admin = await server.SignIn();
        admin.Http.DefaultRequestHeaders.Remove("X-LiveSupport");
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync("/api/me")).StatusCode);
        var answer = await admin.Http.PostAsync("/api/auth/logout", null);
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (answer.StatusCode, await BadInputTests.Code(answer)));
    }

    [Fact]
    public async Task After_five_wrong_passwords_even_the_right_one_waits_and_nobody_learns_which_emails_exist()
    {
        await using var server = await TestServer.Start();
        using var http = server.Http();
        foreach (var email in (string[])[TestServer.AdminEmail, "nobody@linnea.example"])
        {
            Task<HttpResponseMessage> Login(string password) => http.PostAsJsonAsync("/api/auth/login", new { email, password });
            for (var n = 0; n < 5; n++)
                Assert.Equal(HttpStatusCode.Unauthorized, (await Login("wrong")).StatusCode);
            var locked = await Login(TestServer.Password);
            Assert.Equal((HttpStatusCode.TooManyRequests, "rate-limited"), (locked.StatusCode, await BadInputTests.Code(locked)));
            // Five minutes from the first on.
            Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task Who_guesses_keeps_nobody_else_out()
    {
        await using var server = await TestServer.Start();
        static async Task<HttpStatusCode> Login(HttpClient http, string password) =>
            (await http.PostAsJsonAsync("/api/auth/login", new { email = TestServer.AdminEmail, password })).StatusCode;
        using var known = server.Http();
        Assert.Equal(HttpStatusCode.NoContent, await Login(known, TestServer.Password));

        using var stranger = server.Http();
        for (var n = 0; n < 20; n++)
            await Login(stranger, "wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, await Login(stranger, TestServer.Password));
        Assert.Equal(HttpStatusCode.NoContent, await Login(known, TestServer.Password));
        using var elsewhere = server.Http("127.0.0.2");
        Assert.Equal(HttpStatusCode.NoContent, await Login(elsewhere, TestServer.Password));

        // From many addresses: whoever has never signed in waits, whoever has does not.
        foreach (var address in (string[])["127.0.0.3", "127.0.0.4"])
        {
            using var another = server.Http(address);
            for (var n = 0; n < 5; n++)
                await Login(another, "wrong");
        }
        using var fresh = server.Http("127.0.0.5");
        Assert.Equal(HttpStatusCode.TooManyRequests, await Login(fresh, TestServer.Password));
        Assert.Equal(HttpStatusCode.NoContent, await Login(known, TestServer.Password));
        Assert.Equal(HttpStatusCode.NoContent, await Login(elsewhere, TestServer.Password));
    }

    [Fact]
    public async Task A_known_browser_has_five_tries_as_well_and_no_more_for_another_s_e_mail()
    {
        await using var server = await TestServer.Start();
        using var browser = server.Http();
        async Task<HttpStatusCode> Login(string email, string password) =>
            (await browser.PostAsJsonAsync("/api/auth/login", new { email, password })).StatusCode;
        Assert.Equal(HttpStatusCode.NoContent, await Login(TestServer.AdminEmail, TestServer.Password));
        foreach (var email in (string[])[TestServer.AdminEmail, "nobody@linnea.example"])
        {
            for (var n = 0; n < 5; n++)
                Assert.Equal(HttpStatusCode.Unauthorized, await Login(email, "wrong"));
            Assert.Equal(HttpStatusCode.TooManyRequests, await Login(email, TestServer.Password));
        }
    }

    [Fact]
    public async Task What_is_too_much_says_when_it_works_again()
    {
        await using var server = await TestServer.Start("--LiveSupport:Limits:SessionBurst=1", "--LiveSupport:Limits:SessionsPerSecond=0.01");
        await server.NewVisitor();
        using var http = server.Http();
        var refused = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default" });
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        var wait = refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        Assert.InRange(wait, 50, 100);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"Too many sessions from this address. Try again in {wait} seconds.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Passwords_guessed_all_at_once_are_five_tries_too()
    {
        await using var server = await TestServer.Start();
        using var http = server.Http();
        foreach (var email in (string[])[TestServer.AdminEmail, "nobody@linnea.example"])
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n =>
                http.PostAsJsonAsync("/api/auth/login", new { email, password = $"wrong {n}" })));
            Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
            Assert.Equal(15, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        }
    }

    [Fact]
    public async Task An_account_that_is_locked_answers_like_one_that_nobody_has()
    {
        await using var server = await TestServer.Start("--LiveSupport:Limits:WrongPasswordBurst=7");
        using var http = server.Http();
        async Task<string> Login(string email, string password)
        {
            var answer = await http.PostAsJsonAsync("/api/auth/login", new { email, password });
            return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        }
        for (var n = 0; n < 8; n++)
            Assert.Equal(await Login("nobody@linnea.example", "wrong"), await Login(TestServer.AdminEmail, "wrong"));
    }

    [Fact]
    public async Task A_sign_out_ends_the_session_and_its_sockets_but_not_another()
    {
        await using var server = await TestServer.Start();
        using var here = await server.SignIn();
        using var elsewhere = await server.SignIn();
        await using var hub = await here.Hub();
        await using var other = await elsewhere.Hub();
        var cookie = here.Cookie;
        Assert.Equal(HttpStatusCode.NoContent, (await here.Http.PostAsync("/api/auth/logout", null)).StatusCode);
        var bye = await hub.Event("bye");
        Assert.Equal(("not-signed-in", false), (bye.GetProperty("code").GetString(), bye.GetProperty("reconnect").GetBoolean()));
        await hub.Closed.WaitAsync(TestServer.Patience);
        await Assert.ThrowsAsync<WebSocketException>(() => server.AgentHub(cookie));
        await other.Invoke("Watch", new { view = "all", filter = "all", sort = "newest", limit = 1 });
    }

    [Fact]
    public async Task A_session_survives_a_restart_of_the_server()
    {
        await using var server = await TestServer.Start();
        using var admin = await server.SignIn();
        var visitor = await server.NewVisitor();
        var cookie = admin.Cookie;
        await server.Restart();
        await using var hub = await server.AgentHub(cookie);
        Assert.Equal(visitor.Id, (await server.NewVisitor(visitor.Token)).Id);
    }

    [Fact]
    public async Task The_eleventh_message_at_once_waits_and_the_connection_lives()
    {
        await using var server = await TestServer.Start();
        var visitor = await server.NewVisitor();
        await using var one = await visitor.Hub();
        await using var two = await visitor.Hub();
        var refused = 0;
        for (var n = 0; n < 30; n++)
        {
            try
            {
                await (n % 2 == 0 ? one : two).Invoke("Send", new { clientId = $"m-{n}", text = "hello" });
            }
            catch (HubError error) when (error.Code == "rate-limited")
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 20);
        await TestServer.Eventually(async () =>
        {
            try
            {
                await one.Invoke("Send", new { clientId = "later", text = "later" });
                return true;
            }
            catch (HubError error) when (error.Code == "rate-limited")
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task A_visitor_begins_twenty_conversations_a_day_and_nothing_is_stored_of_the_next()
    {
        await using var server = await TestServer.Start("--LiveSupport:Limits:MessageBurst=100");
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        for (var n = 0; n < 20; n++)
        {
            var ack = await hub.Invoke<Posted>("Send", new { clientId = $"m-{n}", text = "hello" });
            await hub.Invoke("End", new { conversationId = ack.ConversationId });
        }

        foreach (var refused in (Func<Task>[])[() => hub.Invoke("Send", new { clientId = "m-20", text = "hello" }), () => hub.Invoke("TalkToHuman")])
        {
            var error = await Assert.ThrowsAsync<HubError>(refused);
            Assert.Equal("rate-limited: You have begun 20 conversations within a day. The next can begin in 24 hours.", error.Message);
        }
        Assert.Equal(20, (await server.Grains.Queue("default").ByVisitor(visitor.Id, 100)).Length);

        server.Clock.Advance(TimeSpan.FromDays(1));
        await hub.Invoke("Send", new { clientId = "m-20", text = "hello" });
    }

    [Fact]
    public async Task Who_floods_without_end_is_cut_off_and_fills_no_log()
    {
        using var log = new Complaints();
        await using var server = await TestServer.Start(
            services => services.AddSingleton<ILoggerProvider>(log), "--LiveSupport:Limits:RefusalsBeforeClose=20", "--LiveSupport:Limits:CallBurst=5", "--LiveSupport:Limits:CallsPerSecond=1");
        await using var hub = await (await server.NewVisitor()).Hub();
        for (var n = 0; n < 100 && !hub.Closed.IsCompleted; n++)
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await hub.Invoke("Typing", true);
                throw new HubError("went: Through.");
            });
        Assert.Equal("rate-limited", (await hub.Event("bye")).GetProperty("code").GetString());
        Assert.DoesNotContain(log.Heard, line => line.Contains("Typing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_address_and_one_visitor_hold_so_many_sockets_and_begin_so_many_sessions()
    {
        await using var server = await TestServer.Start(
            "--LiveSupport:Limits:ConnectionsPerAddress=4", "--LiveSupport:Limits:ConnectionsPerVisitor=2",
            "--LiveSupport:Limits:SessionBurst=3", "--LiveSupport:Limits:SessionsPerSecond=0.001");
        var visitor = await server.NewVisitor();
        await using var one = await visitor.Hub();
        await using var two = await visitor.Hub();
        await using (var three = await visitor.Hub())
            Assert.Equal("rate-limited", (await three.Event("bye")).GetProperty("code").GetString());
        var other = await server.NewVisitor();
        await using var four = await other.Hub();
        await using var five = await other.Hub();
        await Assert.ThrowsAsync<WebSocketException>(() => other.Hub());
        await server.NewVisitor();
        using var http = server.Http();
        var answer = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default" });
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate-limited"), (answer.StatusCode, await BadInputTests.Code(answer)));
    }

    [Fact]
    public async Task Who_keeps_sending_far_beyond_its_limit_is_cut_off_and_who_does_so_now_and_then_is_not()
    {
        await using var server = await TestServer.Start(
            "--LiveSupport:Limits:RefusalsBeforeClose=20", "--LiveSupport:Limits:CallBurst=1000",
            "--LiveSupport:Limits:MessageBurst=1", "--LiveSupport:Limits:MessagesPerSecond=0.001");
        await using var hub = await (await server.NewVisitor()).Hub();
        await hub.Invoke("Send", new { clientId = "first", text = "hello" });
        for (var n = 0; n < 50; n++)
        {
            await Refused();
            await hub.Invoke("Typing", true);
        }
        Assert.False(hub.Closed.IsCompleted);

        // What is let through between makes up for a refusal, but for one only.
        for (var n = 0; n < 18; n++)
        {
            await Refused();
            await Refused();
            await hub.Invoke("Typing", true);
        }
        await Refused();
        await Refused();
        // The answer to this one may come too late for the closing socket.
        await hub.SendRaw("""{"type":1,"target":"Send","arguments":[{"clientId":"more","text":"hello"}]}""");
        var bye = await hub.Event("bye");
        Assert.Equal(("rate-limited", true), (bye.GetProperty("code").GetString(), bye.GetProperty("reconnect").GetBoolean()));
        await hub.Closed.WaitAsync(TestServer.Patience);

        // Names no time: by that the widget tells it from the conversations of a day.
        async Task Refused() => Assert.Equal("rate-limited: Too many at once. Wait a second and try again.", (await Assert.ThrowsAsync<HubError>(
            () => hub.Invoke("Send", new { clientId = "more", text = "hello" }))).Message);
    }

    [Theory]
    [InlineData("""{"type":1,"invocationId":"x","target":"NoSuch","arguments":[]}""")]
    [InlineData("""{"type":1,"target":"NoSuch","arguments":[1]}""")]
    [InlineData("""{"type":1,"invocationId":"x","target":"Send","arguments":["none"]}""")]
    [InlineData("""{"type":4,"invocationId":"x","target":"Send","arguments":[{"clientId":"a","text":"a"}]}""")]
    [InlineData("""{"type":4,"invocationId":"x","target":"NoSuch","arguments":[]}""")]
    [InlineData("""{"type":2,"invocationId":"x","item":1}""")]
    [InlineData("""{"type":3,"invocationId":"x"}""")]
    [InlineData("""{"type":5,"invocationId":"x"}""")]
    public async Task What_is_no_call_counts_as_one(string frame)
    {
        await using var server = await TestServer.Start(
            "--LiveSupport:Limits:RefusalsBeforeClose=20", "--LiveSupport:Limits:CallBurst=5", "--LiveSupport:Limits:CallsPerSecond=0.001");
        using var browser = await server.SignIn();
        await using var visitor = await (await server.NewVisitor()).Hub();
        await using var agent = await browser.Hub();
        foreach (var hub in (HubClient[])[visitor, agent])
        {
            for (var n = 0; n < 5; n++)
                await hub.SendRaw(frame);
            Assert.Equal("rate-limited", (await Assert.ThrowsAsync<HubError>(() => hub.Invoke("NoSuch"))).Code);
            for (var n = 0; n < 20; n++)
                await hub.SendRaw(frame);
            Assert.Equal("rate-limited", (await hub.Event("bye")).GetProperty("code").GetString());
            await hub.Closed.WaitAsync(TestServer.Patience);
        }
    }

    [Fact]
    public async Task Who_is_slow_to_send_its_session_keeps_nobody_else_out()
    {
        await using var server = await TestServer.Start("--LiveSupport:Limits:EntriesAtOnce=1", "--LiveSupport:Limits:EntriesWaiting=1");
        using var slow = new TcpClient();
        await slow.ConnectAsync(server.Url.Host, server.Url.Port);
        var stream = slow.GetStream();
        using var answer = new StreamReader(stream, Encoding.ASCII);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/widget/session HTTP/1.1\r\nHost: {server.Url.Authority}\r\nContent-Type: application/json\r\n"
            + "Content-Length: 10000\r\nExpect: 100-continue\r\n\r\n"));
        // The server says so when it begins to read.
        Assert.Equal("HTTP/1.1 100 Continue", await answer.ReadLineAsync());
        Assert.Equal("", await answer.ReadLineAsync());
        await stream.WriteAsync("{"u8.ToArray());
        var end = answer.ReadLineAsync();

        await server.NewVisitor();
        await using var hub = await (await server.NewVisitor()).Hub();

        Assert.False(end.IsCompleted);
        Assert.StartsWith("HTTP/1.1 408 ", await end.WaitAsync(TestServer.Patience), StringComparison.Ordinal);
        var problem = "";
        while (await answer.ReadLineAsync() is { } line && !problem.Contains("bad-request", StringComparison.Ordinal))
            problem = line;
        Assert.Contains("bad-request", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_s_body_is_small()
    {
        await using var server = await TestServer.Start();
        using var http = server.Http();
        var answer = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = new string('x', 17_000) });
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too-long"), (answer.StatusCode, await BadInputTests.Code(answer)));
    }

    [Fact]
    public async Task Sockets_that_never_shake_hands_keep_nobody_out()
    {
        await using var server = await TestServer.Start("--LiveSupport:Limits:EntriesAtOnce=1", "--LiveSupport:Limits:EntriesWaiting=1");
        using var browser = await server.SignIn();
        var visitor = await server.NewVisitor();
        using var mute = new ClientWebSocket();
        using var muteAgent = new ClientWebSocket();
        muteAgent.Options.SetRequestHeader("Cookie", browser.Cookie);
        await mute.ConnectAsync(Hub($"visitor?access_token={visitor.AccessToken}"), CancellationToken.None);
        await muteAgent.ConnectAsync(Hub("agent"), CancellationToken.None);
        var ends = Task.WhenAny(mute.ReceiveAsync(new byte[100], CancellationToken.None), muteAgent.ReceiveAsync(new byte[100], CancellationToken.None));

        await using var hub = await (await server.NewVisitor()).Hub();
        await hub.Event("hello");
        await using var agent = await browser.Hub();
        await agent.Event("hello");

        // They stay until SignalR loses patience, seconds later.
        Assert.False(ends.IsCompleted);

        Uri Hub(string name) => new($"ws://{server.Url.Authority}/hubs/{name}");
    }

    [Fact]
    public async Task An_agent_does_not_stand_behind_visitors_and_a_socket_that_was_let_in_is_not_sent_away()
    {
        await using var server = await TestServer.Start("--LiveSupport:Limits:EntriesAtOnce=1", "--LiveSupport:Limits:EntriesWaiting=1");
        var admission = server.Services.GetRequiredService<Admission>();
        using var browser = await server.SignIn();
        ValueTask<IDisposable> first, second;
        using (await admission.Enter(CancellationToken.None))
        {
            first = admission.GoOn();
            second = admission.GoOn();
            Assert.False(first.IsCompleted || second.IsCompleted);
            var refused = await Assert.ThrowsAsync<RefusedException>(() => admission.Enter(CancellationToken.None).AsTask());
            Assert.Equal("unavailable", refused.Refusal.Code);
            await using var agent = await browser.Hub();
            await agent.Event("hello");
        }
        (await first).Dispose();
        (await second).Dispose();
        await server.NewVisitor();
    }

    private static async Task Change(TestServer server, Func<WorkspaceSettings, WorkspaceSettings> change)
    {
        var workspace = server.Grains.GetGrain<IWorkspaceGrain>("default");
        Assert.True((await workspace.SetSettings(change((await workspace.Settings())!))).Accepted);
    }

    private static string Jwt(object claims, string algorithm = "HS256", string secret = Secret)
    {
        var head = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm, typ = "JWT" }));
        var body = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes($"{head}.{body}"));
        return $"{head}.{body}.{Base64Url.EncodeToString(signature)}";
    }
}
