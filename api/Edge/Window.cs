using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>
/// The part of the queue that one agent has on screen: which rows it was sent, so that each change becomes "this row
/// now" or "this row left". Guarded by the relay.
/// </summary>
internal sealed class Window(QueueQuery query)
{
    private readonly Dictionary<string, string> _visitorOfRow = [];
    private List<QueueChanged>? _held = [];
    private QueueCounts? _counts;

    public QueueQuery Query { get; } = query;
    public int Count => _visitorOfRow.Count;

    public bool IsFor(QueueQuery other) => Query with { Limit = other.Limit, Cursor = other.Cursor } == other;

    public bool Shows(string visitorId) => _visitorOfRow.ContainsValue(visitorId);

    /// <summary>From now on changes are kept: a page is being fetched.</summary>
    public void Hold() => _held ??= [];

    /// <summary>The first page has come: what changed since follows.</summary>
    public void Begin(QueuePage page, QueueTally tally, Outbox outbox)
    {
        _counts = page.Counts;
        Add(page);
        Release(page, tally, outbox);
    }

    /// <summary>A further page is on screen.</summary>
    public void Add(QueuePage page)
    {
        foreach (var row in page.Rows)
            _visitorOfRow[row.Id] = row.Visitor.Id;
    }

    public void Changed(QueueChanged change, QueueTally tally, RowFrames frames, Outbox outbox)
    {
        if (_held is not null)
        {
            _held.Add(change);
            return;
        }
        Apply(change, frames, outbox);
        SendCounts(tally, outbox);
    }

    /// <summary>Events were lost: everything that should be on screen, what should no longer be, and what changed since.</summary>
    public void Replace(QueuePage page, QueueTally tally, Outbox outbox)
    {
        var gone = _visitorOfRow.Keys.Except(page.Rows.Select(row => row.Id)).ToArray();
        foreach (var row in page.Rows)
            outbox.PostLatest(row.Id, Frame.Row(page.Version, row));
        foreach (var id in gone)
        {
            _visitorOfRow.Remove(id);
            outbox.PostLatest(id, Frame.Removed(page.Version, id));
        }
        Add(page);
        _counts = page.Counts;
        outbox.PostLatest("counts", Frame.Counts(page.Counts));
        Release(page, tally, outbox);
    }

    private void Release(QueuePage page, QueueTally tally, Outbox outbox)
    {
        var held = _held;
        _held = null;
        foreach (var change in held ?? [])
            if (change.Version > page.Version)
                Apply(change, new RowFrames(), outbox);
        if (tally.Version > page.Version)
            SendCounts(tally, outbox);
    }

    private void Apply(QueueChanged change, RowFrames frames, Outbox outbox)
    {
        foreach (var row in change.Rows)
        {
            if (QueueRules.Holds(row.Row, Query.AgentId, Query.View, Query.Filter))
            {
                if (_visitorOfRow.TryAdd(row.Row.Id, row.Row.Visitor.Id) || !IsNewsToOthersOnly(row))
                    outbox.PostLatest(row.Row.Id, frames.Row(change.Version, row, Query.AgentId));
            }
            else if (_visitorOfRow.Remove(row.Row.Id))
            {
                outbox.PostLatest(row.Row.Id, frames.Removed(change.Version, row.Row.Id));
            }
        }
    }

    private void SendCounts(QueueTally tally, Outbox outbox)
    {
        var counts = tally.For(Query.AgentId, Query.View);
        if (counts == _counts)
            return;
        _counts = counts;
        outbox.PostLatest("counts", Frame.Counts(counts));
    }

    /// <summary>A colleague has read something: nothing changes on this screen.</summary>
    private bool IsNewsToOthersOnly(RowChange change) =>
        change.Before is { } before
        && !ReferenceEquals(before, change.Row)
        && before.Rev != change.Row.Rev
        && before.UnreadFor(Query.AgentId) == change.Row.UnreadFor(Query.AgentId)
        && before with { Rev = change.Row.Rev, Reads = change.Row.Reads } == change.Row;
}

/// <summary>Encodes each changed row once for all agents to whom it looks the same (they differ in what is unread).</summary>
internal sealed class RowFrames
{
    private readonly Dictionary<(string Id, int Unread), Frame> _frames = [];

    public Frame Row(long version, RowChange change, string agentId)
    {
        var key = (change.Row.Id, change.Row.UnreadFor(agentId));
        if (!_frames.TryGetValue(key, out var frame))
            _frames[key] = frame = Frame.Row(version, change, agentId);
        return frame;
    }

    public Frame Removed(long version, string id)
    {
        if (!_frames.TryGetValue((id, -1), out var frame))
            _frames[(id, -1)] = frame = Frame.Removed(version, id);
        return frame;
    }
}
