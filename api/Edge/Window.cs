using System.Runtime.InteropServices;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>
/// The part of the queue that one agent has on screen: the first rows of a list after where it begins, as many as were
/// asked for, at every moment. It knows a few rows more than it shows, so that the next one moves up in the same moment in
/// which one leaves; only when these run short is the queue asked. Guarded by the relay, but for <see cref="Turn"/>.
/// </summary>
/// <param name="query">The list, where the window begins in it, and how many rows it shows.</param>
internal sealed class Window(QueueQuery query)
{
    /// <summary>So many rows are known beyond those that are shown.</summary>
    public const int Spare = 25;

    private readonly QueueCursor? _start = QueueCursor.TryParse(query.Cursor, out var start) ? start : null;
    private readonly string _agentId = query.AgentId;

    /// <summary>Every row of the list between where the window begins and <see cref="_end"/>, in order.</summary>
    private readonly List<Known> _rows = [];
    private readonly Dictionary<string, Known> _byId = [];

    /// <summary>Let go of at the end, to be used again: in a lively list nearly every change brings a row in at its beginning.</summary>
    private readonly Stack<Known> _unused = [];

    /// <summary>Beyond this place nothing is known; null: there is nothing beyond.</summary>
    private QueueCursor? _end;

    /// <summary>Changes since a page is being fetched: it may be older than they are.</summary>
    private List<QueueChanged>? _meanwhile;

    /// <summary>The version up to which all changes are in here.</summary>
    private long _applied;

    /// <summary>The newest version of which anything is in here; what is sent carries it, so that it never goes back.</summary>
    private long _newest;
    private long _newestAsked;
    private QueueCounts? _counts;

    /// <summary>Where the client goes on.</summary>
    private string? _cursor;

    /// <summary>One page is fetched at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>The first page is here.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>So many rows at most.</summary>
    public int Size { get; private set; } = query.Limit;

    public int Count => Math.Min(Size, _rows.Count);

    /// <summary>Rows have left, and those that were known to follow run short.</summary>
    public bool RunsShort => HasBegun && _end is not null && _rows.Count < Size + (Spare / 2);

    /// <summary>The same list, where this window's last answer ended: its further rows join the window.</summary>
    public bool IsContinuedBy(QueueQuery other) =>
        _cursor is not null && other.Cursor == _cursor && query with { Limit = other.Limit, Cursor = _cursor } == other;

    // ---- pages: once one is asked for, changes are kept beside, until it is taken or forgotten ----

    /// <summary>What to ask the queue for; null: enough is known.</summary>
    /// <param name="more">So many rows beyond those that the client has been given.</param>
    public QueueQuery? AskFurther(int more) => Ask(HasBegun ? FirstBeyond() + more : Size);

    /// <summary>The same, for what the window runs short of.</summary>
    public QueueQuery? AskFurther() => Ask(Size);

    private QueueQuery? Ask(int size)
    {
        _meanwhile = [];
        var missing = size + Spare - _rows.Count;
        return !HasBegun ? query with { Limit = size + Spare }
            : _end is { } end && missing > 0 ? query with { Limit = missing, Cursor = end.ToString() }
            : null;
    }

    /// <summary>The whole window anew.</summary>
    public QueueQuery AskAnew()
    {
        (_meanwhile, _newestAsked) = ([], _newest);
        return query with { Limit = Size + Spare };
    }

    /// <summary>There will be no page.</summary>
    public void Forget() => _meanwhile = null;

    /// <summary>The client's first or further rows, which the window holds from now on. What changed meanwhile follows.</summary>
    public QueuePage Take(int more, QueuePage? page, QueueTally tally, Outbox outbox)
    {
        if (!HasBegun)
            return Begin(page!, tally, outbox);
        var frames = Learn(page, outbox);
        var first = FirstBeyond();
        Size = Math.Max(Size, first + more);
        if (tally.Version >= _applied)
            _counts = tally.For(_agentId, query.View);
        var answer = Answer(first, more);
        foreach (var row in answer.Rows)
            outbox.DropRow(row.Id);
        Show(frames, outbox);
        return answer;
    }

    private QueuePage Begin(QueuePage page, QueueTally tally, Outbox outbox)
    {
        Restart(page);
        var answer = Answer(0, Size);
        Show(CatchUp(page.Version, outbox), outbox);
        if (tally.Version > page.Version)
            SendCounts(tally, outbox);
        return answer;
    }

    /// <summary>More rows are known.</summary>
    public bool Refill(QueuePage? page, Outbox outbox)
    {
        Show(Learn(page, outbox), outbox);
        return true;
    }

    /// <summary>Events were lost: what is on screen becomes what should be, and what changed since follows.</summary>
    /// <returns>False when the queue counts versions anew from less than the client knows: nothing that it is told would count.</returns>
    public bool Replace(QueuePage page, QueueTally tally, Outbox outbox)
    {
        if (page.Version < _newestAsked)
            return false;
        var before = _rows.ToDictionary(known => known.Id);
        Restart(page);
        foreach (var known in _rows)
        {
            if (!before.Remove(known.Id, out var old))
                continue;
            known.IsShown = old.IsShown;
            known.IsNews = old.IsNews || known.Rev != old.Rev;
            if (known.IsShown && known.Online != old.Online)
                outbox.PostLatest($"presence:{known.VisitorId}", Frame.Presence(known.VisitorId, known.Online));
        }
        foreach (var gone in before.Values.Where(old => old.IsShown))
            outbox.PostLatest(gone.Id, Frame.Removed(_newest, gone.Id));
        outbox.PostLatest("counts", Frame.Counts(page.Counts));
        Show(CatchUp(page.Version, outbox), outbox);
        if (tally.Version > page.Version)
            SendCounts(tally, outbox);
        return true;
    }

    // ---- changes ----

    public void Changed(QueueChanged change, QueueTally tally, RowFrames frames, Outbox outbox)
    {
        _meanwhile?.Add(change);
        if (!HasBegun || change.Version <= _applied)
            return;
        _applied = change.Version;
        if (Apply(change, frames, outbox))
            Show(frames, outbox);
        SendCounts(tally, outbox);
    }

    /// <summary>A visitor came or went.</summary>
    /// <returns>True when this is to be seen in the window.</returns>
    public bool Presence(string visitorId, bool online)
    {
        var seen = false;
        foreach (var known in _rows)
        {
            if (known.VisitorId != visitorId)
                continue;
            known.Online = online;
            seen |= known.IsShown;
        }
        return seen;
    }

    private bool Apply(QueueChanged change, RowFrames frames, Outbox outbox)
    {
        _newest = Math.Max(_newest, change.Version);
        var touched = false;
        foreach (var row in change.Rows)
        {
            var known = _byId.GetValueOrDefault(row.Row.Id);
            // A page was newer.
            if (known?.Rev >= row.Row.Rev)
                continue;
            var place = QueueOrder.PlaceOf(row.Row, query.Sort, _agentId);
            if (!QueueRules.Holds(row.Row, _agentId, query.View, query.Filter) || !IsWithin(place))
            {
                if (known is null)
                    continue;
                Remove(known);
                if (known.IsShown)
                    outbox.PostLatest(known.Id, frames.Removed(_newest, known.Id));
            }
            else
            {
                known = Put(known, row.Row.Id, place);
                // Of what it was before nothing is known here if that change was lost.
                known.IsNews |= row.Before?.Rev != known.Rev || !IsNewsToOthersOnly(row);
                known.Is(row);
            }
            touched = true;
        }
        return touched;
    }

    /// <summary>Tells the client what came into the window, changed in it, or was pushed out at its end.</summary>
    private void Show(RowFrames frames, Outbox outbox)
    {
        for (var i = Size; i < _rows.Count; i++)
        {
            if (_rows[i].IsShown)
                outbox.PostLatest(_rows[i].Id, frames.Removed(_newest, _rows[i].Id));
            _rows[i].IsShown = false;
        }
        for (var i = 0; i < Count; i++)
        {
            var known = _rows[i];
            if (!known.IsShown || known.IsNews)
                outbox.PostLatest(known.Id, frames.Row(_newest, known, _agentId));
            (known.IsShown, known.IsNews) = (true, false);
        }
        if (_meanwhile is null && _rows.Count > Size + (2 * Spare))
            KnowNoMoreThan(Size + Spare);
    }

    private void KnowNoMoreThan(int count)
    {
        foreach (var known in CollectionsMarshal.AsSpan(_rows)[count..])
        {
            _byId.Remove(known.Id);
            _unused.Push(known);
        }
        _rows.RemoveRange(count, _rows.Count - count);
        _end = _rows[^1].Place;
    }

    private void Restart(QueuePage page)
    {
        _rows.Clear();
        _byId.Clear();
        HasBegun = true;
        (_applied, _counts) = (page.Version, page.Counts);
        Learn(page);
    }

    /// <summary>Adds a page to what is known, and what changed since.</summary>
    private RowFrames Learn(QueuePage? page, Outbox outbox)
    {
        if (page is not null)
            Learn(page);
        return CatchUp(page?.Version, outbox);
    }

    private void Learn(QueuePage page)
    {
        _newest = Math.Max(_newest, page.Version);
        foreach (var row in page.Rows)
        {
            var known = _byId.GetValueOrDefault(row.Id);
            if (known?.Rev >= row.Rev)
                continue;
            known = Put(known, row.Id, QueueOrder.PlaceOf(row, query.Sort));
            known.IsNews = true;
            known.Is(row);
        }
        _end = page.Cursor is null || page.Rows.IsEmpty ? null : QueueOrder.PlaceOf(page.Rows[^1], query.Sort);
    }

    /// <summary>Applies what changed while a page of that version was on its way.</summary>
    private RowFrames CatchUp(long? version, Outbox outbox)
    {
        var frames = new RowFrames();
        foreach (var change in _meanwhile ?? [])
        {
            if (change.Version <= version)
                continue;
            Apply(change, frames, outbox);
            _applied = Math.Max(_applied, change.Version);
        }
        _meanwhile = null;
        return frames;
    }

    /// <summary>So many rows from there on, which the client has with this answer.</summary>
    private QueuePage Answer(int first, int count)
    {
        var rows = _rows.Skip(first).Take(count).ToList();
        foreach (var known in rows)
            (known.IsShown, known.IsNews) = (true, false);
        var hasMore = rows.Count > 0 && (_rows.Count > first + count || _end is not null);
        _cursor = hasMore ? rows[^1].Place.ToString() : null;
        return new QueuePage([.. rows.Select(known => known.For(_agentId))], _counts!, _cursor, _applied);
    }

    /// <summary>The first row that the client has not been given by its pages: rows that came pushed its cursor out of the
    /// window, rows that left drew it in.</summary>
    private int FirstBeyond() =>
        QueueCursor.TryParse(_cursor, out var cursor) ? Math.Min(Count, Find(cursor, orAfter: true)) : Count;

    private bool IsWithin(QueueCursor place) =>
        (_start is not { } start || QueueOrder.Compare(query.Sort, place, start) > 0)
        && (_end is not { } end || QueueOrder.Compare(query.Sort, place, end) <= 0);

    private Known Put(Known? known, string id, QueueCursor place)
    {
        if (known?.Place == place)
            return known;
        if (known is not null)
            _rows.RemoveAt(Find(known.Place));
        else
            _byId[id] = known = _unused.TryPop(out var unused) ? unused.Become(id) : new Known(id);
        known.Place = place;
        _rows.Insert(Find(place), known);
        return known;
    }

    private void Remove(Known known)
    {
        _byId.Remove(known.Id);
        _rows.RemoveAt(Find(known.Place));
    }

    /// <summary>How many rows stand before that place; with <paramref name="orAfter"/> the one that stands there counts too.</summary>
    private int Find(QueueCursor place, bool orAfter = false)
    {
        var (low, high) = (0, _rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = QueueOrder.Compare(query.Sort, _rows[middle].Place, place);
            if (order < 0 || (order == 0 && orAfter))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private void SendCounts(QueueTally tally, Outbox outbox)
    {
        var counts = tally.For(_agentId, query.View);
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
        && before.UnreadFor(_agentId) == change.Row.UnreadFor(_agentId)
        && before with { Rev = change.Row.Rev, Reads = change.Row.Reads } == change.Row;

    /// <summary>A row of the list: as a page gave it, or as all windows were told of it.</summary>
    public sealed class Known(string id)
    {
        private ConversationSummary? _page;
        private QueueRow? _told;

        public string Id { get; private set; } = id;
        public QueueCursor Place { get; set; }
        public bool Online { get; set; }

        /// <summary>The client has it.</summary>
        public bool IsShown { get; set; }

        /// <summary>The client has it as it was.</summary>
        public bool IsNews { get; set; }

        public long Rev => _told?.Rev ?? _page?.Rev ?? 0;
        public string VisitorId => _told?.Visitor.Id ?? _page!.Visitor.Id;

        /// <summary>Another row, of which nothing is known yet.</summary>
        public Known Become(string id)
        {
            (Id, _page, _told, Place, Online, IsShown, IsNews) = (id, null, null, default, false, false, false);
            return this;
        }

        public void Is(ConversationSummary row) => (_page, _told, Online) = (row, null, row.Visitor.Online);

        public void Is(RowChange change) => (_page, _told, Online) = (null, change.Row, change.Online);

        public int UnreadFor(string agentId) => _told?.UnreadFor(agentId) ?? _page!.Unread;

        public ConversationSummary For(string agentId) => _told is { } row
            ? ConversationSummary.Of(row, agentId, Online)
            : _page!.Visitor.Online == Online ? _page : _page with { Visitor = _page.Visitor with { Online = Online } };
    }
}

/// <summary>Encodes each row once for all agents to whom it looks the same (they differ in what is unread).</summary>
internal sealed class RowFrames
{
    private readonly Dictionary<(string Id, long Version, long Rev, int Unread, bool Online), Frame> _frames = [];

    public Frame Row(long version, Window.Known row, string agentId)
    {
        var key = (row.Id, version, row.Rev, row.UnreadFor(agentId), row.Online);
        if (!_frames.TryGetValue(key, out var frame))
            _frames[key] = frame = Frame.Row(version, row.For(agentId));
        return frame;
    }

    public Frame Removed(long version, string id)
    {
        var key = (id, version, 0L, -1, false);
        if (!_frames.TryGetValue(key, out var frame))
            _frames[key] = frame = Frame.Removed(version, id);
        return frame;
    }
}
