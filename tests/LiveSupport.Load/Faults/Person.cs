using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using LiveSupport.Tests.Support;

namespace LiveSupport.Load.Faults;

/// <summary>
/// Somebody with a browser: connects to any edge, comes back by itself with full jitter, and sends a message again,
/// under the same client id, until it is acknowledged.
/// </summary>
internal abstract class Person(Book book, IReadOnlyList<Uri> edges, string name)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    private long? _lostAt;
    private int _edge = Random.Shared.Next(edges.Count);
    private int _attempt;
    private double? _comeBack;
    private Message? _unacknowledged;
    private int _written;

    /// <param name="Order">Its place among all messages of its sender.</param>
    private sealed record Message(string Id, string To, long Order, long SentAt);

    protected Book Book => book;

    /// <summary>When it is set, nothing new is written.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>A message is under way, or the connection is gone.</summary>
    public bool IsBusy => _unacknowledged is not null || _lostAt is not null || Screens.Any(screen => screen.IsBehind);

    public string Trouble { get; private set; } = "";

    public abstract IReadOnlyList<Screen> Screens { get; }

    /// <summary>Opens a socket on that edge and puts everything on screen.</summary>
    protected abstract Task<HubClient> Connect(Uri edge, Action<JsonElement> onEvent);

    /// <summary>Whom to write to next, and how to tell the server; null: nobody yet.</summary>
    protected abstract string Next();

    protected abstract Task<JsonElement> Send(HubClient hub, string to, string id);

    protected abstract void Take(JsonElement live);

    public async Task Live(TimeSpan every, CancellationToken stop)
    {
        _lostAt ??= Stopwatch.GetTimestamp();
        var began = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var hub = await Connect(edges[_edge], Hear);
                if (began)
                    Book.Reconnected(_lostAt!.Value);
                (_lostAt, _attempt, began) = (null, 0, true);
                await Serve(hub, every, stop);
            }
            catch (Exception cut) when (cut is HubError or WebSocketException or HttpRequestException or IOException or JsonException or TimeoutException or OperationCanceledException or InvalidOperationException)
            {
                Trouble = cut.Message;
            }
            _lostAt ??= Stopwatch.GetTimestamp();
            // As a load balancer does that asks its servers whether they are ready.
            _edge = (_edge + 1) % edges.Count;
            foreach (var screen in Screens)
                screen.Lost();
            if (stop.IsCancellationRequested)
                return;
            var delay = _comeBack ?? (Random.Shared.NextDouble() * Math.Min(LongestDelay.TotalMilliseconds, FirstDelay.TotalMilliseconds * Math.Pow(2, _attempt++)));
            _comeBack = null;
            await Task.Delay(TimeSpan.FromMilliseconds(delay), CancellationToken.None);
        }
    }

    private async Task Serve(HubClient hub, TimeSpan every, CancellationToken stop)
    {
        // Not all in the same instant, and the next not sooner because the last one waited.
        var due = Stopwatch.GetTimestamp() + (long)(Random.Shared.NextDouble() * every.TotalSeconds * Stopwatch.Frequency);
        var pinged = Stopwatch.GetTimestamp();
        while (!hub.Closed.IsCompleted && !stop.IsCancellationRequested)
        {
            foreach (var screen in Screens.Where(screen => screen.IsBehind))
                await Heal(hub, screen);
            var now = Stopwatch.GetTimestamp();
            if (_unacknowledged is null && !IsQuiet && now >= due)
            {
                var to = Next();
                _unacknowledged = new Message($"{name}-{_written++}", to, Book.Order(), now);
                due = now + (long)(every.TotalSeconds * Stopwatch.Frequency);
            }
            if (_unacknowledged is { } message)
                await TrySend(hub, message);
            if (Stopwatch.GetElapsedTime(pinged).TotalSeconds > 8)
            {
                await hub.SendRaw("""{"type":6}""");
                pinged = now;
            }
            await Task.WhenAny(hub.Closed, Task.Delay(Breath, stop));
        }
    }

    private async Task TrySend(HubClient hub, Message message)
    {
        try
        {
            var ack = await Send(hub, message.To, message.Id);
            Book.Acked(message.Id, Conversation(ack, message), name, message.Order, ack.GetProperty("seq").GetInt64(), message.SentAt);
            _unacknowledged = null;
        }
        catch (HubError refused) when (refused.Code is "unavailable" or "rate-limited")
        {
            Book.Refused();
            await Task.Delay(TimeSpan.FromMilliseconds(500 + Random.Shared.Next(500)));
        }
    }

    private static string Conversation(JsonElement ack, Message message) =>
        ack.TryGetProperty("conversationId", out var id) ? id.GetString()! : message.To;

    private static async Task Heal(HubClient hub, Screen screen)
    {
        screen.CatchUp(await hub.Invoke("Sync", new { conversationId = screen.ConversationId, rev = screen.Rev }));
        while (screen.Hole() is { } before)
            screen.Add(await hub.Invoke("Entries", new { conversationId = screen.ConversationId, before, limit = 100 }));
    }

    private void Hear(JsonElement live)
    {
        if (live.GetProperty("kind").ValueEquals("bye"))
        {
            if (live.TryGetProperty("afterMs", out var after))
                _comeBack = after.GetDouble();
            Trouble = $"bye: {live.GetProperty("code")}";
            return;
        }
        if (live.TryGetProperty("rev", out _) && live.TryGetProperty("conversationId", out var id))
            Screens.FirstOrDefault(screen => id.ValueEquals(screen.ConversationId))?.Take(live);
        else
            Take(live);
    }
}
