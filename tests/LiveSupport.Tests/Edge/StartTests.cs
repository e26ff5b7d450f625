using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Edge;

/// <summary>The first start, health, the public description, backup, and revocation.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task The_set_up_link_makes_the_first_administrator_once()
    {
        await using var server = await TestServer.StartEmpty();
        var code = (await server.Services.GetRequiredService<SetupLink>().Path())!.Split('=')[1];
        using var http = server.Http();
        object Person(string with, string password = TestServer.Password) => new { code = with, name = "Mira", email = "mira@linnea.example", password };
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsJsonAsync("/api/setup", Person("guess"))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.PostAsJsonAsync("/api/setup", Person(code, new string('x', 1_001)))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsJsonAsync("/api/setup", Person(code, "1234567\u001b"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsJsonAsync("/api/setup", Person(code))).StatusCode);
        Assert.Equal("admin", (await http.GetFromJsonAsync<JsonElement>("/api/me")).GetProperty("role").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsJsonAsync("/api/setup", Person(code))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/setup?code={code}")).StatusCode);
        await server.Restart();
        Assert.Null(await server.Services.GetRequiredService<SetupLink>().Path());
    }

    [Fact]
    public async Task Two_who_set_up_at_once_make_one_administrator()
    {
        await using var server = await TestServer.StartEmpty();
        var code = (await server.Services.GetRequiredService<SetupLink>().Path())!.Split('=')[1];
        using var http = server.Http();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(n =>
            http.PostAsJsonAsync("/api/setup", new { code, name = $"A{n}", email = $"a{n}@linnea.example", password = TestServer.Password })));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(1, (await http.GetFromJsonAsync<JsonElement>("/api/agents")).GetArrayLength());
    }

    [Fact]
    public async Task Health_names_each_dependency_and_the_description_each_path()
    {
        await using var server = await TestServer.Start();
        using var http = server.Http();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live")).StatusCode);
        await TestServer.Eventually(async () => (await http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
        var ready = await http.GetFromJsonAsync<JsonElement>("/health/ready");
        Assert.Equal(
            ["grains", "live-events", "storage"],
            ready.GetProperty("dependencies").EnumerateObject().Select(dependency => dependency.Name).Order());
        var paths = (await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");
        foreach (var path in (string[])["/api/setup", "/api/auth/login", "/api/conversations/{id}/entries", "/api/widget/session"])
            Assert.True(paths.TryGetProperty(path, out _), path);
    }

    [Fact]
    public async Task A_changed_security_stamp_ends_sessions_and_sockets()
    {
        await using var server = await TestServer.Start();
        using var browser = await server.NewAgent("Dev");
        await using var hub = await browser.Hub();
        var sessions = server.Services.GetRequiredService<AgentSessions>();
        await sessions.Check();
        Assert.False(hub.Closed.IsCompleted);
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<AgentUser>>();
            var me = await browser.Me();
            await users.UpdateSecurityStampAsync((await users.FindByEmailAsync(me.GetProperty("email").GetString()!))!);
        }
        await sessions.Check();
        await hub.Closed.WaitAsync(TestServer.Patience);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.Http.GetAsync("/api/me")).StatusCode);
    }

    [Fact]
    public async Task A_session_that_is_looked_at_again_stays_the_same_session()
    {
        await using var server = await TestServer.Start();
        using var browser = await server.SignIn();
        await using var hub = await browser.Hub();
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await browser.Http.GetAsync("/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.Http.PostAsync("/api/auth/logout", null)).StatusCode);
        await hub.Closed.WaitAsync(TestServer.Patience);
    }

    [Fact]
    public async Task A_backup_of_a_running_system_is_a_system()
    {
        await using var server = await TestServer.Start();
        var visitor = await server.NewVisitor();
        await visitor.Write("Keep this.");
        var copy = Directory.CreateTempSubdirectory("livesupport-copy-");
        try
        {
            var file = Path.Combine(copy.FullName, "livesupport.db");
            Assert.Equal(0, await Program.Main(["--backup", file, "--LiveSupport:Data", server.DataFolder]));
            Assert.Equal(1, await Program.Main(["--backup", file, "--LiveSupport:Data", server.DataFolder]));
            await using var other = await TestServer.StartOn(copy);
            Assert.Equal(visitor.Id, (await other.NewVisitor(visitor.Token)).Id);
        }
        finally
        {
            if (copy.Exists)
                copy.Delete(recursive: true);
        }
    }
}
