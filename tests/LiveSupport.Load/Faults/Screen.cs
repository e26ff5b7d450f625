using System.Text.Json;
using LiveSupport.Load.Traffic;

namespace LiveSupport.Load.Faults;

/// <summary>
/// One open conversation on one screen, by the protocol's rules: what is held is dropped, the next revision is applied,
/// what is beyond a gap waits until Sync has filled it.
/// </summary>
internal sealed class Screen(string conversationId)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, string> _entries = [];
    private readonly SortedDictionary<long, JsonElement> _beyondGap = [];
    private long _rev = -1;
    private bool _behind = true;

    public string ConversationId { get; } = conversationId;

    public long Rev
    {
        get
        {
            lock (_gate)
                return _rev;
        }
    }

    /// <summary>It has missed something, or may have.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_gate)
                return _behind;
        }
    }

    /// <summary>The connection was lost, so that the next one begins with Sync.</summary>
    public void Lost()
    {
        lock (_gate)
            _behind = true;
    }

    public void Take(JsonElement live)
    {
        lock (_gate)
            Apply(live);
    }

    /// <summary>The answer of Sync.</summary>
    public void CatchUp(JsonElement caughtUp)
    {
        if (caughtUp.TryGetProperty("snapshot", out var snapshot) && snapshot.ValueKind == JsonValueKind.Object)
        {
            Replace(snapshot);
            return;
        }
        lock (_gate)
        {
            foreach (var live in caughtUp.GetProperty("events").EnumerateArray())
                Apply(live);
            CloseGap();
        }
    }

    public void Replace(JsonElement snapshot)
    {
        lock (_gate)
        {
            var rev = snapshot.GetProperty("summary").GetProperty("rev").GetInt64();
            if (rev < _rev)
                return;
            foreach (var entry in snapshot.GetProperty("entries").EnumerateArray())
                Put(entry);
            _rev = rev;
            CloseGap();
        }
    }

    /// <summary>Older entries, as when somebody scrolls up.</summary>
    public void Add(JsonElement page)
    {
        lock (_gate)
        {
            foreach (var entry in page.GetProperty("entries").EnumerateArray())
                Put(entry);
        }
    }

    /// <summary>Where a snapshot left a hole: the first entry after it; null when there is none.</summary>
    public long? Hole()
    {
        lock (_gate)
        {
            var expected = 1L;
            foreach (var seq in _entries.Keys)
            {
                if (seq != expected)
                    return seq;
                expected++;
            }
            return null;
        }
    }

    /// <summary>Null when it shows what is stored, otherwise what differs.</summary>
    public string? Difference(long rev, IReadOnlyList<StoredEntry> stored)
    {
        lock (_gate)
        {
            if (_rev != rev)
                return $"stands at rev {_rev}, the conversation at {rev}";
            if (_entries.Count != stored.Count)
                return $"shows {_entries.Count} entries of {stored.Count}";
            return stored.Any(entry => _entries.GetValueOrDefault(entry.Seq) != entry.Id) ? "shows other entries" : null;
        }
    }

    private void Apply(JsonElement live)
    {
        var rev = live.GetProperty("rev").GetInt64();
        if (rev <= _rev)
            return;
        if (rev != _rev + 1)
        {
            _beyondGap[rev] = live.Clone();
            _behind = true;
            return;
        }
        _rev = rev;
        if (live.TryGetProperty("entry", out var entry))
            Put(entry);
    }

    private void CloseGap()
    {
        var waited = _beyondGap.Values.ToArray();
        _beyondGap.Clear();
        _behind = false;
        foreach (var live in waited)
            Apply(live);
    }

    private void Put(JsonElement entry) => _entries[entry.GetProperty("seq").GetInt64()] = entry.GetProperty("id").GetString()!;
}
