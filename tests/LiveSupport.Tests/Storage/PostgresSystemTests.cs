using System.Net;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Storage;

/// <summary>The whole system over PostgreSQL.</summary>
public sealed class PostgresSystemTests
{
    [Fact]
    public async Task A_system_that_starts_before_its_database_waits_for_it()
    {
        using var database = new PostgresServer();
        var connection = database.NewDatabase();
        database.Stop();
        var starting = TestServer.Start("--LiveSupport:Postgres", connection, "--LiveSupport:Cluster:Membership", "localhost");
        Assert.False(starting.IsCompleted);

        database.Start();

        await using var server = await starting;
        Assert.NotEmpty(await (await server.NewVisitor()).Write("Where is my parcel?"));
    }

    [Fact]
    public async Task The_system_says_that_its_database_is_away_and_goes_on_by_itself_when_it_is_back()
    {
        using var database = new PostgresServer();
        await using var server = await TestServer.Start("--LiveSupport:Postgres", database.NewDatabase(), "--LiveSupport:Cluster:Membership", "localhost");
        using var http = server.Http();
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        var first = await hub.Invoke<Posted>("Send", new { clientId = "m1", text = "Where is my parcel?" });
        await TestServer.Eventually(async () => await Ready() == HttpStatusCode.OK);

        database.Stop();
        await TestServer.Eventually(async () => await Ready() == HttpStatusCode.ServiceUnavailable);
        var refused = await Assert.ThrowsAsync<HubError>(() => hub.Invoke<Posted>("Send", new { clientId = "m2", text = "Hello?" }));
        Assert.Equal(Codes.Unavailable, refused.Code);

        database.Start();
        await TestServer.Eventually(async () => await Ready() == HttpStatusCode.OK);
        await TestServer.Eventually(async () => await Sent("m2", "Hello?"));
        Assert.True(await Sent("m1", "Where is my parcel?"));

        using var agent = await server.SignIn();
        var texts = JsonDocument.Parse(await agent.Http.GetStringAsync($"/api/conversations/{first.ConversationId}")).RootElement
            .GetProperty("entries").EnumerateArray().Select(entry => entry.TryGetProperty("text", out var text) ? text.GetString() : null).ToList();
        Assert.Single(texts, "Where is my parcel?");
        Assert.Single(texts, "Hello?");

        async Task<HttpStatusCode> Ready() => (await http.GetAsync("/health/ready")).StatusCode;

        async Task<bool> Sent(string clientId, string text)
        {
            try
            {
                await hub.Invoke<Posted>("Send", new { clientId, text });
                return true;
            }
            catch (HubError error) when (error.Code == Codes.Unavailable)
            {
                return false;
            }
        }
    }
}
