using System.Text.Json;
using LiveSupport.Tests.Support;

namespace LiveSupport.Load.Faults;

/// <summary>An agent who has the queue and some conversations on screen, and answers one after the other.</summary>
internal sealed class Agent(Book book, IReadOnlyList<Uri> edges, string cookie, IReadOnlyList<string> conversations, int number)
    : Person(book, edges, $"a{number}")
{
    public const int Rows = 50;

    private readonly Screen[] _screens = [.. conversations.Select(id => new Screen(id))];
    /// <summary>Each row with the queue's version that brought it; without the row: it left.</summary>
    private readonly Dictionary<string, (long Version, JsonElement? Row)> _queue = [];
    private int _next;

    public override IReadOnlyList<Screen> Screens => _screens;

    protected override async Task<HubClient> Connect(Uri edge, Action<JsonElement> onEvent)
    {
        lock (_queue)
            _queue.Clear();
        var hub = await HubClient.Connect(new Uri(edge, "/hubs/agent"), cookie: cookie, onEvent: onEvent);
        try
        {
            var page = await hub.Invoke("Watch", new { view = "all", filter = "all", sort = "newest", limit = Rows });
            var version = page.GetProperty("version").GetInt64();
            foreach (var row in page.GetProperty("rows").EnumerateArray())
                Put(row.GetProperty("id").GetString()!, version, row);
            foreach (var screen in _screens)
            {
                screen.Replace(await hub.Invoke("Open", screen.ConversationId));
                await hub.Invoke("Join", screen.ConversationId);
            }
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>Null when the list shows these rows as they are, otherwise what differs.</summary>
    public string? Difference(IEnumerable<JsonElement> rows)
    {
        lock (_queue)
        {
            foreach (var row in rows)
            {
                var id = row.GetProperty("id").GetString()!;
                var rev = row.GetProperty("rev").GetInt64();
                if (_queue.GetValueOrDefault(id).Row is not { } shown)
                    return $"row {id} is missing";
                if (shown.GetProperty("rev").GetInt64() != rev || shown.GetProperty("preview").GetString() != row.GetProperty("preview").GetString())
                    return $"row {id} stands at rev {shown.GetProperty("rev")} instead of {rev}";
            }
            return null;
        }
    }

    protected override string Next() => _screens[_next++ % _screens.Length].ConversationId;

    protected override Task<JsonElement> Send(HubClient hub, string to, string id) =>
        hub.Invoke("Send", new { conversationId = to, clientId = id, text = $"Answer {id}", kind = "reply" });

    protected override void Take(JsonElement live)
    {
        if (!live.GetProperty("kind").ValueEquals("queue-row"))
            return;
        var version = live.GetProperty("version").GetInt64();
        if (live.TryGetProperty("row", out var row) && row.ValueKind == JsonValueKind.Object)
            Put(row.GetProperty("id").GetString()!, version, row);
        else
            Put(live.GetProperty("removed").GetString()!, version, null);
    }

    private void Put(string id, long version, JsonElement? row)
    {
        lock (_queue)
        {
            if (!_queue.TryGetValue(id, out var shown) || shown.Version <= version)
                _queue[id] = (version, row);
        }
    }
}
