using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Queue;

/// <summary>
/// What the queue knows, in memory: every row that is not solved, in order, and the exact account of all of them,
/// the solved ones included. Pure: it is told everything, and changes in one step.
/// </summary>
public sealed class QueueIndex
{
    private readonly Dictionary<string, QueueRow> _rows = [];
    private readonly SortedSet<Place> _all = [];
    private readonly SortedSet<Place> _unassigned = [];
    private readonly Dictionary<string, SortedSet<Place>> _owned = [];
    private readonly SortedSet<(DateTimeOffset At, string Id)> _due = [];
    private readonly Dictionary<string, DateTimeOffset> _dueAt = [];

    private StatusTally _total = StatusTally.None;
    private ImmutableDictionary<string, StatusTally> _owners = ImmutableDictionary<string, StatusTally>.Empty;

    /// <param name="unsolved">Every row that is not solved.</param>
    /// <param name="solved">How many are solved, by owner ("" for nobody's).</param>
    public QueueIndex(IEnumerable<QueueRow> unsolved, IReadOnlyDictionary<string, int> solved)
    {
        foreach (var (owner, count) in solved)
            Tally(owner, new StatusTally(0, 0, count));
        foreach (var row in unsolved)
        {
            Tally(row, +1);
            Put(row);
        }
    }

    public IReadOnlyCollection<QueueRow> Unsolved => _rows.Values;

    public QueueRow? Find(string conversationId) => _rows.GetValueOrDefault(conversationId);

    public QueueTally Account(long version) => new(version, _total, _unassigned.Count, _owners);

    public StatusTally Owner(string agentId) => _owners.GetValueOrDefault(agentId, StatusTally.None);

    /// <summary>Takes a row if it is newer than what is known; otherwise changes nothing.</summary>
    /// <param name="row">The row.</param>
    /// <param name="stored">The row in the store, for one that is not in memory: solved, or new when null.</param>
    /// <param name="before">The row that was replaced.</param>
    public bool Take(QueueRow row, QueueRow? stored, out QueueRow? before)
    {
        before = Find(row.Id) ?? stored;
        if (before is not null && before.Rev >= row.Rev)
            return false;
        if (before is null || before.Status != row.Status || before.Owner?.Id != row.Owner?.Id)
        {
            if (before is not null)
                Tally(before, -1);
            Tally(row, +1);
        }
        if (before is not null)
            Remove(before);
        if (row.Status != Status.Solved)
            Put(row);
        return true;
    }

    /// <summary>Rows in memory of one list, from after the cursor on, in its order.</summary>
    public IEnumerable<QueueRow> Page(QueueQuery query, QueueCursor? after)
    {
        if (query.Sort != QueueSort.Unread)
            return Ordered(query, query.Sort == QueueSort.Oldest, after);
        var first = after?.Urgency ?? 0;
        return Enumerable.Range(first, QueueOrder.Solved - first).SelectMany(urgency =>
            Ordered(query, oldestFirst: false, urgency == first ? after : null)
                .Where(row => QueueOrder.PlaceOf(row, query.Sort, query.AgentId).Urgency == urgency));
    }

    /// <summary>Conversations whose time has come. Each is looked at again after <paramref name="retry"/> unless its row changes first.</summary>
    public IReadOnlyList<string> TakeDue(DateTimeOffset now, TimeSpan retry, int limit)
    {
        List<string> due = [];
        while (due.Count < limit && _due.Count > 0 && _due.Min.At <= now)
        {
            var id = _due.Min.Id;
            due.Add(id);
            SetDue(id, now + retry);
        }
        return due;
    }

    private IEnumerable<QueueRow> Ordered(QueueQuery query, bool oldestFirst, QueueCursor? after)
    {
        var places = query.View == QueueView.Inbox || query.Filter == QueueFilter.Mine
            ? _owned.GetValueOrDefault(query.AgentId)
            : query.View == QueueView.Unassigned || query.Filter == QueueFilter.Unassigned ? _unassigned : _all;
        if (places is null || places.Count == 0)
            return [];

        IEnumerable<Place> inOrder;
        if (after is not { } cursor)
            inOrder = oldestFirst ? places : places.Reverse();
        else
        {
            var at = new Place(cursor.LastAt, cursor.Id);
            inOrder = oldestFirst
                ? at.CompareTo(places.Max) >= 0 ? [] : places.GetViewBetween(at, places.Max)
                : at.CompareTo(places.Min) <= 0 ? [] : places.GetViewBetween(places.Min, at).Reverse();
            inOrder = inOrder.Where(place => place != at);
        }
        return inOrder.Select(place => _rows[place.Id]).Where(row => QueueRules.Holds(row, query.AgentId, query.View, query.Filter));
    }

    private void Put(QueueRow row)
    {
        var place = new Place(row.LastAt, row.Id);
        _rows[row.Id] = row;
        _all.Add(place);
        if (QueueRules.IsUnassigned(row))
            _unassigned.Add(place);
        if (row.Owner is { Id: var owner })
            (_owned.TryGetValue(owner, out var owned) ? owned : _owned[owner] = []).Add(place);
        SetDue(row.Id, row.DueAt);
    }

    private void Remove(QueueRow row)
    {
        if (!_rows.Remove(row.Id))
            return;
        var place = new Place(row.LastAt, row.Id);
        _all.Remove(place);
        _unassigned.Remove(place);
        if (row.Owner is { Id: var owner } && _owned.TryGetValue(owner, out var owned) && owned.Remove(place) && owned.Count == 0)
            _owned.Remove(owner);
        SetDue(row.Id, null);
    }

    private void SetDue(string id, DateTimeOffset? at)
    {
        if (_dueAt.Remove(id, out var old))
            _due.Remove((old, id));
        if (at is not { } due)
            return;
        _dueAt[id] = due;
        _due.Add((due, id));
    }

    private void Tally(QueueRow row, int by) => Tally(row.Owner?.Id ?? "", row.Status switch
    {
        Status.Active => new StatusTally(by, 0, 0),
        Status.Snoozed => new StatusTally(0, by, 0),
        _ => new StatusTally(0, 0, by),
    });

    private void Tally(string owner, StatusTally by)
    {
        _total = Sum(_total, by);
        if (owner.Length == 0)
            return;
        var sum = Sum(Owner(owner), by);
        _owners = sum == StatusTally.None ? _owners.Remove(owner) : _owners.SetItem(owner, sum);
    }

    private static StatusTally Sum(StatusTally a, StatusTally b) =>
        new(a.Active + b.Active, a.Snoozed + b.Snoozed, a.Solved + b.Solved);

    /// <summary>A row's place in time; the id settles ties, so that the order is total.</summary>
    private readonly record struct Place(DateTimeOffset LastAt, string Id) : IComparable<Place>
    {
        public int CompareTo(Place other) =>
            LastAt.CompareTo(other.LastAt) is var byTime and not 0 ? byTime : string.CompareOrdinal(Id, other.Id);
    }
}
