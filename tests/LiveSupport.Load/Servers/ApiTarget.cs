using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Load.Traffic;
using LiveSupport.Load.Wire;

namespace LiveSupport.Load.Servers;

/// <summary>Talks to LiveSupport, by its public protocol only.</summary>
internal sealed class ApiTarget : ITarget, IDisposable
{
    public const string AdminEmail = "admin@load.example";
    public const string Password = "load-test-Passw0rd";

    private readonly HttpClient _http;
    private readonly List<string> _cookies = [];

    private readonly Uri _agentEdge;

    private ApiTarget(ServerProcess server, Uri agentEdge)
    {
        (Server, _agentEdge) = (server, agentEdge);
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
        _http.DefaultRequestHeaders.Add("X-LiveSupport", "1");
    }

    public string Name => "livesupport";
    public ServerProcess Server { get; }

    /// <param name="agents">How many accounts to make; each signs in once.</param>
    /// <param name="agentEdge">Where they are connected, if that is not where the visitors are.</param>
    public static async Task<ApiTarget> For(ServerProcess server, int agents, CancellationToken stop, Uri? agentEdge = null)
    {
        var target = new ApiTarget(server, agentEdge ?? server.Address);
        target._cookies.Add(await target.SignIn(AdminEmail, stop));
        target._http.DefaultRequestHeaders.Add("Cookie", target._cookies[0]);
        for (var i = 1; i < agents; i++)
        {
            var email = $"agent{i}@load.example";
            using var made = await target._http.PostAsJsonAsync("/api/agents", new { name = $"Agent {i}", email, password = Password, role = "agent" }, stop);
            // Made by an earlier run on the same system.
            if (made.StatusCode != HttpStatusCode.Conflict)
                made.EnsureSuccessStatusCode();
            target._cookies.Add(await target.SignIn(email, stop));
        }
        return target;
    }

    public async Task<LoadSocket> Visitor(int index, LoadSocket.IListener listener, IPAddress? from, CancellationToken stop)
    {
        using var answer = await _http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default" }, stop);
        answer.EnsureSuccessStatusCode();
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
        var token = Uri.EscapeDataString(session.GetProperty("accessToken").GetString()!);
        return await LoadSocket.Open(Server.Address, $"/hubs/visitor?access_token={token}", null, listener, from, stop);
    }

    public async Task<LoadSocket> Agent(int index, LoadSocket.IListener listener, CancellationToken stop)
    {
        var agent = await LoadSocket.Open(_agentEdge, "/hubs/agent", _cookies[index], listener, null, stop);
        // As the dashboard does: the queue is always on the screen.
        await agent.Ask("Watch", new { view = "all", filter = "all", sort = "newest", limit = 50 });
        return agent;
    }

    public async Task<string> Begin(int index, LoadSocket visitor)
    {
        var ack = await visitor.Ask("Send", new { clientId = $"hello-{index}", text = "Hello" });
        return ack.GetProperty("conversationId").GetString()!;
    }

    public async Task Take(LoadSocket agent, string conversationId, bool join)
    {
        if (join)
            await agent.Ask("Join", conversationId);
        await agent.Ask("Open", conversationId);
    }

    public async Task<IReadOnlyList<StoredEntry>?> Stored(string conversationId, CancellationToken stop)
    {
        var entries = new List<StoredEntry>();
        for (var more = true; more;)
        {
            var before = entries.Count == 0 ? "" : $"&before={entries[^1].Seq}";
            var page = await _http.GetFromJsonAsync<JsonElement>($"/api/conversations/{conversationId}/entries?limit=100{before}", stop);
            entries.AddRange(page.GetProperty("entries").EnumerateArray().Reverse()
                .Select(entry => new StoredEntry(entry.GetProperty("seq").GetInt64(), entry.GetProperty("id").GetString()!)));
            more = page.GetProperty("hasMore").GetBoolean();
        }
        entries.Reverse();
        return entries;
    }

    /// <summary>What is known of a visitor, with the cards beside the chat.</summary>
    public async Task<JsonElement> Panel(int agent, string visitorId, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/visitors/{visitorId}") { Headers = { { "Cookie", Cookie(agent) } } };
        using var answer = await _http.SendAsync(request, stop);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(stop);
    }

    public string Cookie(int agent) => _cookies[agent];

    public void Dispose() => _http.Dispose();

    private async Task<string> SignIn(string email, CancellationToken stop)
    {
        using var answer = await _http.PostAsJsonAsync("/api/auth/login", new { email, password = Password }, stop);
        answer.EnsureSuccessStatusCode();
        return string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
    }
}
