using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Load.Servers;
using LiveSupport.Load.Traffic;

namespace LiveSupport.Load.Faults;

/// <summary>Visitors and agents of one cluster, spread over its edges, and the questions that are asked of them.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _lives = [];
    private readonly HttpClient _visitors = new();
    private readonly HttpClient _admin = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly IReadOnlyList<Uri> _edges;
    private Visitor[] _visiting = [];
    private Agent[] _agents = [];

    private Crowd(IReadOnlyList<Uri> edges) => _edges = edges;

    public Book Book { get; } = new();

    private IEnumerable<Person> People => [.. _visiting, .. _agents];

    public static async Task<Crowd> Gather(IReadOnlyList<Uri> edges, int visitors, int agents, TimeSpan every, CancellationToken stop)
    {
        var crowd = new Crowd(edges);
        var cookies = await crowd.SignIn(agents, stop);
        crowd._visiting = [.. Enumerable.Range(0, visitors).Select(i => new Visitor(crowd.Book, edges, crowd._visitors, i))];
        foreach (var visitor in crowd._visiting)
            crowd._lives.Add(visitor.Live(every, crowd._over.Token));
        await Until(() => crowd._visiting.All(visitor => visitor.ConversationId is not null), "every visitor has written", stop);
        crowd._agents = [.. Enumerable.Range(0, agents).Select(i => new Agent(
            crowd.Book, edges, cookies[i], [.. crowd._visiting.Where((_, at) => at % agents == i).Select(visitor => visitor.ConversationId!)], i))];
        foreach (var agent in crowd._agents)
            crowd._lives.Add(agent.Live(every, crowd._over.Token));
        await Until(() => crowd._agents.All(agent => !agent.IsBusy), "every agent has its screens", stop);
        return crowd;
    }

    /// <summary>Nobody writes anything new; done when all is acknowledged.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> Quiet(CancellationToken stop)
    {
        var waited = Stopwatch.StartNew();
        foreach (var person in People)
            person.IsQuiet = true;
        await Until(() => People.All(person => !person.IsBusy), "everything is acknowledged", stop);
        return waited.Elapsed;
    }

    public void GoOn()
    {
        foreach (var person in People)
            person.IsQuiet = false;
    }

    /// <summary>Waits until every screen shows what is stored.</summary>
    /// <returns>How long that took, what differs if it never did, and whether anything was lost.</returns>
    public async Task<(TimeSpan Took, string? Difference, Findings Findings)> Judge(TimeSpan within, CancellationToken stop)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var took = waited.Elapsed;
            var (stored, difference) = await Compare(stop);
            if (difference is null || waited.Elapsed > within)
                return (took, difference, Book.Judge(stored));
            await Task.Delay(Look, stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_lives);
        _visitors.Dispose();
        _admin.Dispose();
        _over.Dispose();
    }

    private async Task<(Dictionary<string, IReadOnlyList<StoredEntry>> Stored, string? Difference)> Compare(CancellationToken stop)
    {
        var stored = new Dictionary<string, IReadOnlyList<StoredEntry>>();
        string? difference = null;
        var revs = new Dictionary<string, long>();
        var screens = People.SelectMany(person => person.Screens).ToLookup(screen => screen.ConversationId);
        await Parallel.ForEachAsync(_visiting, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (visitor, each) =>
        {
            var id = visitor.ConversationId!;
            var rev = (await Get($"/api/conversations/{id}", each)).GetProperty("summary").GetProperty("rev").GetInt64();
            var entries = await Entries(id, each);
            lock (stored)
            {
                (stored[id], revs[id]) = (entries, rev);
                foreach (var screen in screens[id])
                    difference ??= screen.Difference(rev, entries) is { } differs ? $"a screen of {id} {differs}" : null;
            }
        });
        var page = await Get($"/api/conversations?limit={Agent.Rows}", stop);
        var rows = page.GetProperty("rows").EnumerateArray().ToArray();
        foreach (var row in rows)
            if (revs.TryGetValue(row.GetProperty("id").GetString()!, out var rev) && rev != row.GetProperty("rev").GetInt64())
                difference ??= $"the queue's row {row.GetProperty("id")} stands at {row.GetProperty("rev")}, the conversation at {rev}";
        foreach (var agent in _agents)
            difference ??= agent.Difference(rows) is { } differs ? $"a queue on screen: {differs}" : null;
        return (stored, difference);
    }

    private async Task<IReadOnlyList<StoredEntry>> Entries(string conversationId, CancellationToken stop)
    {
        var entries = new List<StoredEntry>();
        for (var more = true; more;)
        {
            var before = entries.Count == 0 ? "" : $"&before={entries[^1].Seq}";
            var page = await Get($"/api/conversations/{conversationId}/entries?limit=100{before}", stop);
            entries.AddRange(page.GetProperty("entries").EnumerateArray().Reverse()
                .Select(entry => new StoredEntry(entry.GetProperty("seq").GetInt64(), entry.GetProperty("id").GetString()!)));
            more = page.GetProperty("hasMore").GetBoolean();
        }
        entries.Reverse();
        return entries;
    }

    private async Task<JsonElement> Get(string path, CancellationToken stop)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await _admin.GetFromJsonAsync<JsonElement>(new Uri(_edges[i % _edges.Count], path), stop);
            }
            catch (Exception notNow) when (i < 20 && notNow is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
            {
                await Task.Delay(Look, stop);
            }
        }
    }

    /// <summary>Makes the agents, each signed in once, on alternate edges; a cookie is good on all of them.</summary>
    private async Task<IReadOnlyList<string>> SignIn(int agents, CancellationToken stop)
    {
        _admin.DefaultRequestHeaders.Add("X-LiveSupport", "1");
        var cookies = new List<string> { await SignIn(ApiTarget.AdminEmail, 0, stop) };
        _admin.DefaultRequestHeaders.Add("Cookie", cookies[0]);
        var run = Guid.NewGuid().ToString("N")[..8];
        for (var i = 1; i < agents; i++)
        {
            var email = $"agent{i}-{run}@load.example";
            using var made = await _admin.PostAsJsonAsync(
                new Uri(_edges[i % _edges.Count], "/api/agents"), new { name = $"Agent {i}", email, password = ApiTarget.Password, role = "agent" }, stop);
            made.EnsureSuccessStatusCode();
            cookies.Add(await SignIn(email, i, stop));
        }
        return cookies;
    }

    private async Task<string> SignIn(string email, int edge, CancellationToken stop)
    {
        using var answer = await _admin.PostAsJsonAsync(
            new Uri(_edges[edge % _edges.Count], "/api/auth/login"), new { email, password = ApiTarget.Password }, stop);
        answer.EnsureSuccessStatusCode();
        return string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
    }

    private static async Task Until(Func<bool> isSo, string what, CancellationToken stop)
    {
        var waited = Stopwatch.StartNew();
        while (!isSo())
        {
            if (waited.Elapsed > Patience)
                throw new TimeoutException($"After {Patience.TotalSeconds:0} s it is not so that {what}.");
            await Task.Delay(50, stop);
        }
    }
}
