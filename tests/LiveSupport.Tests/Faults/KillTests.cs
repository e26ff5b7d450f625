using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using LiveSupport.Tests.Storage;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Faults;

/// <summary>What was acknowledged survives kill -9, once and in order, and what was not can be sent again.</summary>
public sealed class KillTests
{
    private const int Visitors = 50;
    private const int Rounds = 3;
    private static readonly TimeSpan HealsWithin = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_acknowledged_is_lost_doubled_or_reordered_by_kill_9(bool onPostgres)
    {
        using var folder = new TemporaryFolder();
        using var server = onPostgres ? new PostgresServer() : null;
        var database = server?.NewDatabase();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var visitors = Enumerable.Range(0, Visitors).Select(number => new Visitor(number)).ToArray();

        for (var round = 0; round < Rounds; round++)
        {
            using var api = await ApiProcess.Start(folder.Path, database);
            // So many are in flight when it dies: one of each visitor.
            var dying = new Countdown(random.Next(Visitors, Visitors * 8));
            var sending = visitors.Select(visitor => visitor.SendUntilCut(api, dying)).ToArray();
            await dying.Over.WaitAsync(HealsWithin);
            await api.Kill();
            await Task.WhenAll(sending);
        }

        using var healed = await ApiProcess.Start(folder.Path, database);
        await Task.WhenAll(visitors.Select(visitor => visitor.SendAgain(healed)));
        await healed.SignIn();
        foreach (var visitor in visitors)
            await visitor.Check(healed.Http, seed);
        await QueueEqualsConversations(healed.Http, visitors, seed);
    }

    /// <summary>The bot may still be answering, so the queue gets until the deadline to say what the conversations say.</summary>
    private static async Task QueueEqualsConversations(HttpClient http, Visitor[] visitors, int seed)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var deadline = new CancellationTokenSource(HealsWithin);
        while (true)
        {
            var page = await http.GetFromJsonAsync<JsonElement>("/api/conversations?limit=100", deadline.Token);
            var rows = page.GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("id").GetString()!);
            var differing = new List<string>();
            foreach (var visitor in visitors)
            {
                var head = await http.GetFromJsonAsync<JsonElement>($"/api/conversations/{visitor.ConversationId}", deadline.Token);
                var summary = head.GetProperty("summary");
                if (!rows.TryGetValue(visitor.ConversationId!, out var row) || !JsonElement.DeepEquals(row, summary))
                    differing.Add($"queue {row}, conversation {summary}");
            }
            if (differing.Count == 0)
            {
                Assert.Equal(visitors.Length, rows.Count);
                return;
            }
            try
            {
                await again.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Seed {seed}: {differing.Count} rows differ for good, e.g. {differing[0]}");
            }
        }
    }

    private sealed class Countdown(int from)
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = from;

        public Task Over => _over.Task;

        public void Signal()
        {
            if (Interlocked.Decrement(ref _left) == 0)
                _over.SetResult();
        }
    }

    private sealed class Visitor(int number)
    {
        private readonly List<string> _sent = [];
        private readonly Dictionary<string, long> _acked = [];
        private string? _token;

        public string? ConversationId { get; private set; }

        /// <summary>Sends again what was not acknowledged, then one message after the other until the server is gone.</summary>
        public async Task SendUntilCut(ApiProcess api, Countdown dying)
        {
            try
            {
                await using var hub = await Connect(api);
                await SendUnacknowledged(hub);
                while (true)
                {
                    _sent.Add($"v{number}-{_sent.Count}");
                    await Send(hub, _sent[^1]);
                    dying.Signal();
                }
            }
            catch (Exception cut) when (cut is HubError { Code: "closed" } or WebSocketException or HttpRequestException or ObjectDisposedException or IOException)
            {
                // Killed, as planned.
            }
        }

        public async Task SendAgain(ApiProcess api)
        {
            await using var hub = await Connect(api);
            await SendUnacknowledged(hub);
        }

        public async Task Check(HttpClient http, int seed)
        {
            var stored = new List<JsonElement>();
            for (var more = true; more;)
            {
                var before = stored.Count == 0 ? "" : $"&before={stored[0].GetProperty("seq").GetInt64()}";
                var page = await http.GetFromJsonAsync<JsonElement>($"/api/conversations/{ConversationId}/entries?limit=100{before}");
                stored.InsertRange(0, page.GetProperty("entries").EnumerateArray());
                more = page.GetProperty("hasMore").GetBoolean();
            }
            var why = $"visitor {number}, seed {seed}";
            Assert.True(stored.Select(entry => entry.GetProperty("seq").GetInt64()).SequenceEqual(Enumerable.Range(1, stored.Count).Select(seq => (long)seq)), $"Gaps: {why}");
            var mine = stored.Where(entry => entry.GetProperty("author").GetProperty("type").GetString() == "visitor").ToList();
            Assert.True(mine.Select(entry => entry.GetProperty("id").GetString()!).SequenceEqual(_sent), $"Lost, doubled or reordered: {why}");
            Assert.All(mine, entry => Assert.Equal(_acked[entry.GetProperty("id").GetString()!], entry.GetProperty("seq").GetInt64()));
        }

        private async Task<HubClient> Connect(ApiProcess api)
        {
            using var answer = await api.Http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", visitorToken = _token });
            answer.EnsureSuccessStatusCode();
            var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
            _token = session.GetProperty("visitorToken").GetString();
            return await HubClient.Connect(new Uri(api.Address, "/hubs/visitor"), session.GetProperty("accessToken").GetString());
        }

        private async Task SendUnacknowledged(HubClient hub)
        {
            foreach (var id in _sent.Where(id => !_acked.ContainsKey(id)).ToArray())
                await Send(hub, id);
        }

        private async Task Send(HubClient hub, string id)
        {
            var answer = hub.Invoke("Send", new { clientId = id, text = $"Message {id}" });
            if (await Task.WhenAny(answer, hub.Closed) != answer && !answer.IsCompletedSuccessfully)
                throw new HubError("closed: The connection is gone.");
            var ack = await answer;
            _acked[id] = ack.GetProperty("seq").GetInt64();
            var conversation = ack.GetProperty("conversationId").GetString();
            Assert.Equal(ConversationId ?? conversation, conversation);
            ConversationId = conversation;
        }
    }
}
