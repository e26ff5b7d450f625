using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>Agents' own accounts, and what administrators do to those of others.</summary>
public sealed class AccountTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Next = "an entirely new password";

    [Fact]
    public async Task A_new_name_is_seen_by_the_team()
    {
        using var agent = await server.NewAgent("Iris");
        Assert.Equal(HttpStatusCode.NoContent, (await agent.Http.PutAsJsonAsync("/api/me", new { name = " Iris\u200b Berg " })).StatusCode);
        Assert.Equal("Iris Berg", (await agent.Me()).GetProperty("name").GetString());
        using var admin = await server.SignIn();
        var team = await admin.Http.GetFromJsonAsync<JsonElement>("/api/agents");
        Assert.Contains(team.EnumerateArray(), one => one.GetProperty("name").GetString() == "Iris Berg");
        await Refused(await agent.Http.PutAsJsonAsync("/api/me", new { name = "  " }), HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task A_new_password_keeps_this_session_and_ends_the_others()
    {
        using var here = await server.NewAgent("Otto");
        var email = await Email(here);
        using var there = await server.SignIn(email);
        await using var socket = await there.Hub();

        await Refused(await Password(here, "wrong", Next), HttpStatusCode.Forbidden, "forbidden");
        await Refused(await Password(here, TestServer.Password, "short"), HttpStatusCode.BadRequest, "bad-request");
        Assert.Equal(HttpStatusCode.NoContent, (await Password(here, TestServer.Password, Next)).StatusCode);

        await socket.Closed.WaitAsync(TestServer.Patience);
        server.Clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.Http.GetAsync("/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await here.Http.GetAsync("/api/me")).StatusCode);
        await using var mine = await here.Hub();
        Assert.Equal(HttpStatusCode.Unauthorized, await Login(email, TestServer.Password));
        Assert.Equal(HttpStatusCode.NoContent, await Login(email, Next));
    }

    [Fact]
    public async Task Guessing_the_current_password_is_held_up()
    {
        using var agent = await server.NewAgent("Finn");
        for (var i = 0; i < 5; i++)
            await Refused(await Password(agent, $"wrong {i}", Next), HttpStatusCode.Forbidden, "forbidden");
        await Refused(await Password(agent, TestServer.Password, Next), HttpStatusCode.TooManyRequests, "rate-limited");
    }

    [Fact]
    public async Task Codes_are_asked_for_once_they_are_confirmed_and_a_recovery_code_works_once()
    {
        using var agent = await server.NewAgent("Nora");
        var email = await Email(agent);
        var begun = await Answer(await agent.Http.PostAsync("/api/me/totp", null));
        var secret = begun.GetProperty("secret").GetString()!;
        Assert.Equal(
            $"otpauth://totp/LiveSupport:{Uri.EscapeDataString(email)}?secret={secret}&issuer=LiveSupport&digits=6&period=30",
            begun.GetProperty("uri").GetString());
        Assert.Equal(HttpStatusCode.NoContent, await Login(email, TestServer.Password));

        await Refused(await Confirm(agent, "12345"), HttpStatusCode.Forbidden, "forbidden");
        var codes = (await Answer(await Confirm(agent, Totp.Code(secret)))).GetProperty("codes").EnumerateArray().Select(code => code.GetString()!).ToArray();
        Assert.Equal(10, codes.Distinct().Count());
        var stored = await server.Grains.GetGrain<IAgentGrain>(Ids.Key("default", (await agent.Me()).GetProperty("id").GetString()!)).Account();
        Assert.DoesNotContain(stored!.RecoveryCodes, codes.Contains);
        await Refused(await agent.Http.PostAsync("/api/me/totp", null), HttpStatusCode.Conflict, "conflict");

        Assert.Equal(HttpStatusCode.Unauthorized, await Login(email, TestServer.Password));
        Assert.Equal(HttpStatusCode.NoContent, await Login(email, TestServer.Password, Totp.Code(secret)));
        Assert.Equal(HttpStatusCode.NoContent, await Login(email, TestServer.Password, codes[0].ToLowerInvariant()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Login(email, TestServer.Password, codes[0]));
        var state = await agent.Http.GetFromJsonAsync<JsonElement>("/api/me/totp");
        Assert.Equal((true, 9), (state.GetProperty("enabled").GetBoolean(), state.GetProperty("recoveryCodes").GetInt32()));

        await Refused(await SwitchOff(agent, "wrong", Totp.Code(secret)), HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.NoContent, (await SwitchOff(agent, TestServer.Password, Totp.Code(secret))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, await Login(email, TestServer.Password));
    }

    [Fact]
    public async Task A_code_from_the_app_lets_in_once()
    {
        using var agent = await server.NewAgent("Siri");
        var email = await Email(agent);
        var secret = (await Answer(await agent.Http.PostAsync("/api/me/totp", null))).GetProperty("secret").GetString()!;
        await Answer(await Confirm(agent, Totp.Code(secret)));

        var code = Totp.Code(secret);
        Assert.Equal(HttpStatusCode.NoContent, await Login(email, TestServer.Password, code));
        Assert.Equal(HttpStatusCode.Unauthorized, await Login(email, TestServer.Password, code));
        Assert.Equal(HttpStatusCode.Unauthorized, await Login(email, TestServer.Password, $"0{code}"));
    }

    [Fact]
    public async Task An_administrator_gives_a_new_password_and_takes_lost_codes_away()
    {
        using var agent = await server.NewAgent("Ivar");
        var (id, email) = ((await agent.Me()).GetProperty("id").GetString(), await Email(agent));
        var secret = (await Answer(await agent.Http.PostAsync("/api/me/totp", null))).GetProperty("secret").GetString()!;
        await Answer(await Confirm(agent, Totp.Code(secret)));

        using var admin = await server.SignIn();
        await Refused(await admin.Http.PostAsJsonAsync($"/api/agents/{id}/password", new { password = "short" }), HttpStatusCode.BadRequest, "bad-request");
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Http.PostAsJsonAsync($"/api/agents/{id}/password", new { password = Next })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await Login(email, Next));
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Http.PostAsync($"/api/agents/{id}/totp/reset", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, await Login(email, Next));
        server.Clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(HttpStatusCode.Unauthorized, (await agent.Http.GetAsync("/api/me")).StatusCode);
    }

    [Fact]
    public async Task Who_is_switched_off_is_out_at_once_and_nobody_can_assign_to_them()
    {
        using var agent = await server.NewAgent("Tove");
        var (id, email) = ((await agent.Me()).GetProperty("id").GetString(), await Email(agent));
        await using var socket = await agent.Hub();
        using var admin = await server.SignIn();
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Http.PostAsync($"/api/agents/{id}/deactivate", null)).StatusCode);
        await socket.Closed.WaitAsync(TestServer.Patience);
        Assert.Equal(HttpStatusCode.Forbidden, await Login(email, TestServer.Password));
        Assert.Equal(HttpStatusCode.Unauthorized, await Login(email, "wrong"));

        var conversation = await (await server.NewVisitor()).Write("Hello");
        await using var desk = await admin.Hub();
        var refused = await Assert.ThrowsAsync<HubError>(() => desk.Invoke("Assign", new { conversationId = conversation, agentId = id }));
        Assert.Equal("not-found", refused.Code);

        Assert.Equal(HttpStatusCode.NoContent, (await admin.Http.PostAsync($"/api/agents/{id}/reactivate", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, await Login(email, TestServer.Password));
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        await using var alone = await TestServer.Start();
        using var admin = await alone.SignIn();
        var id = (await admin.Me()).GetProperty("id").GetString();
        await Refused(await admin.Http.PostAsync($"/api/agents/{id}/deactivate", null), HttpStatusCode.Conflict, "conflict");
        await Refused(await admin.Http.PostAsJsonAsync($"/api/agents/{id}/password", new { password = Next }), HttpStatusCode.Conflict, "conflict");
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.GetAsync("/api/me")).StatusCode);

        using var second = await alone.NewAgent("Second", "admin");
        Assert.Equal(HttpStatusCode.NoContent, (await second.Http.PostAsync($"/api/agents/{id}/deactivate", null)).StatusCode);
    }

    [Fact]
    public async Task Only_administrators_do_so_and_only_to_agents_that_there_are()
    {
        using var agent = await server.NewAgent("Ada");
        using var admin = await server.SignIn();
        var id = (await admin.Me()).GetProperty("id").GetString();
        foreach (var path in (string[])["password", "totp/reset", "deactivate", "reactivate"])
        {
            await Refused(await agent.Http.PostAsJsonAsync($"/api/agents/{id}/{path}", new { password = Next }), HttpStatusCode.Forbidden, "forbidden");
            await Refused(await admin.Http.PostAsJsonAsync($"/api/agents/nobody/{path}", new { password = Next }), HttpStatusCode.NotFound, "not-found");
        }
    }

    private static Task<HttpResponseMessage> Password(Browser agent, string current, string next) =>
        agent.Http.PostAsJsonAsync("/api/me/password", new { current, next });

    private static Task<HttpResponseMessage> Confirm(Browser agent, string code) => agent.Http.PostAsJsonAsync("/api/me/totp/confirm", new { code });

    private static Task<HttpResponseMessage> SwitchOff(Browser agent, string password, string code) => agent.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Delete, "/api/me/totp") { Content = JsonContent.Create(new { password, code }) });

    private async Task<HttpStatusCode> Login(string email, string password, string? totp = null)
    {
        using var http = server.Http();
        using var answer = await http.PostAsJsonAsync("/api/auth/login", totp is null ? new { email, password } : (object)new { email, password, totp });
        return answer.StatusCode;
    }

    private static async Task<string> Email(Browser agent) => (await agent.Me()).GetProperty("email").GetString()!;

    private static async Task<JsonElement> Answer(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task Refused(HttpResponseMessage answer, HttpStatusCode status, string code) =>
        Assert.Equal((status, code), (answer.StatusCode, await BadInputTests.Code(answer)));
}
