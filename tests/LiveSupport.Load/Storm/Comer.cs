using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Load.Wire;

namespace LiveSupport.Load.Storm;

/// <summary>What the coming and going of a crowd amounts to.</summary>
internal sealed class Arrivals
{
    private int _away, _attempts, _refused;

    /// <summary>How many are not served just now.</summary>
    public int Away => Volatile.Read(ref _away);
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Turned away with 503, and told when to come again.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public System.Collections.Concurrent.ConcurrentQueue<double> Took { get; } = new();

    public void Lost() => Interlocked.Increment(ref _away);

    public void Tried() => Interlocked.Increment(ref _attempts);

    public void TurnedAway() => Interlocked.Increment(ref _refused);

    public void Back(long since)
    {
        Took.Enqueue(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        Interlocked.Decrement(ref _away);
    }

    public void Forget()
    {
        Took.Clear();
        (_attempts, _refused) = (0, 0);
    }
}

/// <summary>
/// A visitor's open page, which comes back as the widget does: with full jitter, first with the token that it has, then
/// with a new one, and not sooner than a server that turned it away has asked for. Who talks has its conversation
/// brought up to date before it counts as back.
/// </summary>
internal sealed class Comer(Arrivals arrivals, HttpClient http, IReadOnlyList<Uri> edges, int number, bool talks, CancellationToken stop) : LoadSocket.IListener, IDisposable
{
    private const int PerAddress = 10_000;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(15);

    private readonly IPAddress _from = new([127, 0, 0, (byte)(2 + (number / PerAddress))]);
    private int _edge = number % edges.Count;
    private string? _visitorToken, _accessToken, _conversationId;
    private LoadSocket? _socket;
    private long _since;
    private TaskCompletionSource? _hello;

    /// <summary>False while it comes (back).</summary>
    private volatile bool _served;

    public Uri Edge => edges[_edge];

    public async Task Begin()
    {
        await Connect(renew: true);
        if (talks)
            _conversationId = (await _socket!.Ask("Send", new { clientId = $"hello-{number}", text = "Hello" })).GetProperty("conversationId").GetString();
        _served = true;
    }

    /// <summary>Its network is gone, without a word to the server.</summary>
    public void Cut()
    {
        if (!_served)
            return;
        _socket!.Cut();
        Closed("cut");
    }

    public void Ping() => _socket?.Ping();

    public void Closed(string why)
    {
        if (!_served || stop.IsCancellationRequested)
        {
            _hello?.TrySetException(new IOException(why));
            return;
        }
        _served = false;
        _since = Stopwatch.GetTimestamp();
        arrivals.Lost();
        _ = ComeBack();
    }

    /// <summary>The first event is "hello".</summary>
    public void Event(ref Utf8JsonReader reader) => _hello?.TrySetResult();

    public void Acked(int number, long seq, string? error)
    {
    }

    public void Dispose() => _socket?.Dispose();

    private async Task ComeBack()
    {
        var notBefore = TimeSpan.Zero;
        for (var attempt = 0; !stop.IsCancellationRequested; attempt++)
        {
            var longest = Math.Min(LongestDelay.TotalMilliseconds, FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 10)));
            await Task.Delay(notBefore + TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * longest), CancellationToken.None);
            notBefore = TimeSpan.Zero;
            arrivals.Tried();
            try
            {
                await Connect(renew: attempt > 0);
                if (_conversationId is { } id)
                    await _socket!.Ask("Sync", new { conversationId = id, rev = 1 });
                _served = true;
                arrivals.Back(_since);
                return;
            }
            catch (TurnedAwayException away)
            {
                arrivals.TurnedAway();
                notBefore = away.RetryAfter;
            }
            catch (Exception failed) when (failed is IOException or HttpRequestException or System.Net.Sockets.SocketException or TimeoutException or OperationCanceledException)
            {
                // As a load balancer does that asks its servers whether they are ready.
                _edge = (_edge + 1) % edges.Count;
            }
        }
    }

    private async Task Connect(bool renew)
    {
        _socket?.Dispose();
        _socket = null;
        if (renew)
        {
            using var answer = await http.PostAsJsonAsync(new Uri(Edge, "/api/widget/session"), new { siteKey = "default", visitorToken = _visitorToken }, stop);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                throw new TurnedAwayException("No session.", answer.Headers.RetryAfter?.Delta ?? TimeSpan.Zero);
            answer.EnsureSuccessStatusCode();
            var session = await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
            (_visitorToken, _accessToken) = (session.GetProperty("visitorToken").GetString(), session.GetProperty("accessToken").GetString());
        }
        var hello = _hello = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _socket = await LoadSocket.Open(Edge, $"/hubs/visitor?access_token={Uri.EscapeDataString(_accessToken!)}", null, this, _from, stop);
        await hello.Task.WaitAsync(AnswersWithin, stop);
    }
}
