namespace LiveSupport.Api.Edge;

/// <summary>
/// What one connection still has to be sent. Bounded: a reader who is too slow is told to come back and cut off,
/// and holds up nobody. One pump at most runs, and only while there is something to send.
/// </summary>
/// <param name="send">Sends one <c>events(batch)</c>; slow when the connection is.</param>
/// <param name="abort">Cuts the connection.</param>
internal sealed class Outbox(Func<Frame[], Task> send, Action abort, TimeProvider clock) : IDisposable
{
    /// <summary>More than the 256 of the first design: an agent with twenty lively conversations gets as many in a second, and
    /// when this process, not the reader, stood still for that long, every agent was cut off at once.</summary>
    public const int MostFrames = 1024;
    public const int MostBytes = 256 * 1024;

    private const int ManyLists = 128;

    /// <summary>Changes of a list may wait so long, so that ten of one row become one.</summary>
    public static readonly TimeSpan ListsEvery = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan ListsSettle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ByeWithin = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();

    /// <summary>In order, with gaps where a frame was replaced or dropped: nodes that link to each other were a twentieth of what
    /// a collection of the garbage had to keep.</summary>
    private readonly List<Waiting> _waiting = [];

    /// <summary>Where in it the frame of a key stands.</summary>
    private readonly Dictionary<string, int> _byKey = [];
    private int _count;
    private int _bytes;
    private bool _pumping;
    private bool _closed;
    private long _listsSentAt;
    private ITimer? _later;

    private bool ListsAreMany => _byKey.Count >= ManyLists || _bytes >= MostBytes / 2;

    /// <param name="Frame">Null: a gap.</param>
    /// <param name="Length">As it counts here: a frame may be encoded meanwhile.</param>
    private readonly record struct Waiting(Frame? Frame, string? Key, int Length);

    /// <summary>To be sent at once, after what waits already.</summary>
    public void Post(Frame frame) => Add(frame, key: null);

    /// <summary>To be sent soon, however much else is sent before; replaces what still waits under the same key.</summary>
    public void PostLatest(string key, Frame frame) => Add(frame, key);

    /// <summary>What waits of one row is not sent: the reader is given it otherwise.</summary>
    public void DropRow(string id)
    {
        lock (_gate)
        {
            if (_byKey.Remove(id, out var at))
                LeaveGap(at);
        }
    }

    /// <summary>What waits of any row is not sent: the reader turns to another list.</summary>
    public void DropRows()
    {
        lock (_gate)
        {
            foreach (var (key, at) in _byKey)
            {
                if (!_waiting[at].Frame!.IsOfRow)
                    continue;
                _byKey.Remove(key);
                LeaveGap(at);
            }
        }
    }

    /// <summary>Drops what waits, says good-bye and cuts the connection.</summary>
    public void Close(string code, bool reconnect) => Close(Frame.Bye(code, reconnect));

    /// <param name="bye">The last frame that the client gets.</param>
    public void Close(Frame bye)
    {
        lock (_gate)
        {
            if (!_closed)
                CloseNow(bye);
        }
    }

    /// <summary>The connection is gone: nothing more is sent.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Clear();
            _later?.Dispose();
            _later = null;
        }
    }

    private void Add(Frame frame, string? key)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            if (key is not null)
                MakeRoomAtTheEnd(key);
            Append(frame, key);
            if (_count > MostFrames || _bytes > MostBytes)
            {
                EdgeMeasures.TooSlow.Add(1);
                CloseNow(Frame.Bye("too-slow", reconnect: true));
            }
            else if (key is null || ListsAreMany)
                StartPump();
            else
                StartPumpLater();
        }
    }

    private void Append(Frame frame, string? key)
    {
        var waiting = new Waiting(frame, key, frame.Length);
        _waiting.Add(waiting);
        _count++;
        _bytes += waiting.Length;
    }

    /// <summary>The latest goes to the end: lists are told in the order of their versions.</summary>
    private void MakeRoomAtTheEnd(string key)
    {
        if (_byKey.TryGetValue(key, out var at))
            LeaveGap(at);
        if (_waiting.Count > (2 * _count) + ManyLists)
            CloseGaps();
        _byKey[key] = _waiting.Count;
    }

    private void CloseNow(Frame bye)
    {
        _closed = true;
        Clear();
        Append(bye, key: null);
        _later?.Dispose();
        // A pump that is stuck in a full socket never comes to the good-bye.
        _later = clock.CreateTimer(_ => abort(), null, ByeWithin, Timeout.InfiniteTimeSpan);
        StartPump();
    }

    private void StartPump()
    {
        if (_pumping)
            return;
        _pumping = true;
        // Not to this thread's own queue: the relay that filled it goes on for as long as there is news.
        ThreadPool.UnsafeQueueUserWorkItem(static outbox => _ = outbox.Pump(), this, preferLocal: false);
    }

    private void StartPumpLater()
    {
        if (_pumping || _later is not null)
            return;
        var wait = ListsEvery - clock.GetElapsedTime(_listsSentAt);
        _later = clock.CreateTimer(_ => ItIsLater(), null, wait > ListsSettle ? wait : ListsSettle, Timeout.InfiniteTimeSpan);
    }

    private void ItIsLater()
    {
        lock (_gate)
        {
            _later?.Dispose();
            _later = null;
            if (_count > 0)
                StartPump();
        }
    }

    private async Task Pump()
    {
        try
        {
            while (Take() is { Length: > 0 } batch)
            {
                await send(batch);
                EdgeMeasures.Sent(batch, clock);
            }
            if (_closed)
                abort();
        }
        catch (Exception)
        {
            // Whatever broke, the client comes back and resumes.
            abort();
        }
    }

    private Frame[] Take()
    {
        lock (_gate)
        {
            // Many lists do not wait: what waits too long counts against the reader.
            var lists = _closed || ListsAreMany || clock.GetElapsedTime(_listsSentAt) >= ListsEvery;
            var batch = new Frame[lists ? _count : _count - _byKey.Count];
            if (batch.Length == 0)
            {
                _pumping = false;
                if (_count > 0)
                    StartPumpLater();
                return [];
            }
            var next = 0;
            for (var at = 0; at < _waiting.Count; at++)
            {
                if (_waiting[at] is not { Frame: { } frame } waiting || (!lists && waiting.Key is not null))
                    continue;
                batch[next++] = frame;
                LeaveGap(at);
            }
            if (!lists)
                CloseGaps();
            else
            {
                if (_byKey.Count > 0)
                    _listsSentAt = clock.GetTimestamp();
                Clear();
            }
            return batch;
        }
    }

    private void LeaveGap(int at)
    {
        _count--;
        _bytes -= _waiting[at].Length;
        _waiting[at] = default;
    }

    private void CloseGaps()
    {
        _waiting.RemoveAll(waiting => waiting.Frame is null);
        for (var at = 0; at < _waiting.Count; at++)
            if (_waiting[at].Key is { } key)
                _byKey[key] = at;
    }

    private void Clear()
    {
        _waiting.Clear();
        _byKey.Clear();
        (_count, _bytes) = (0, 0);
    }
}
