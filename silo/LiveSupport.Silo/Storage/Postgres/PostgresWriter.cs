namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>
/// Everything that is written goes through here. What gathers while a lane is busy is committed together, so that
/// many writers share one round trip and one flush, and a single one waits for no other. Another lane helps when much is
/// waiting. Writes with a key in common go one after the other, in the order in which they came.
/// </summary>
internal sealed class PostgresWriter : IDisposable
{
    /// <summary>Records and rows in one batch. More would make the first of them wait for the last.</summary>
    private const int MostTogether = 512;

    /// <summary>Writes that are looked at to find a batch, past those that wait for their key.</summary>
    private const int MostLookedAt = 2_000;

    /// <summary>Writes that may wait. One more is refused, so that a database that hangs does not fill the memory.</summary>
    private const int MostWaiting = 50_000;

    /// <summary>So much waiting is worth another lane: two half full batches cost more than one.</summary>
    private const int WorthALane = 128;

    /// <summary>A lane that has taken nothing for so long is stuck in something: the others' writes do not wait for it.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromMilliseconds(50);

    private const int MostTries = 5;

    private readonly object _gate = new();
    private readonly LinkedList<PostgresWrite> _waiting = [];
    private readonly HashSet<string> _busy = [];
    private readonly Stack<WriteLane> _idle = [];
    private readonly int _lanes;
    private readonly TimeProvider _clock;
    private readonly Pace _pace;
    private long _tookAt;
    private bool _closing;
    private long _commits;

    public PostgresWriter(PostgresDatabase database, TimeProvider clock, int lanes = 2)
    {
        _clock = clock;
        _pace = new Pace(Pace.BetweenCommits, clock);
        _lanes = lanes;
        for (var i = 0; i < lanes; i++)
            _idle.Push(new WriteLane(database));
    }

    /// <summary>Commits so far.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Completes when the write is durable; false when its record's ETag did not fit.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was written, or, when the connection broke, nobody knows:
    /// then it must be read again.</exception>
    public Task<bool> Write(PostgresWrite write)
    {
        lock (_gate)
        {
            if (_closing)
                return Task.FromException<bool>(new StoreUnavailableException("The store is closed."));
            if (_waiting.Count >= MostWaiting)
                return Task.FromException<bool>(new StoreUnavailableException("PostgreSQL does not keep up."));
            _waiting.AddLast(write);
            var worth = _idle.Count == _lanes || _waiting.Count >= WorthALane || _clock.GetElapsedTime(_tookAt) > Stuck;
            if (worth && _idle.TryPop(out var lane))
                _ = Task.Run(() => Run(lane));
        }

        return write.Done;
    }

    private async Task Run(WriteLane lane)
    {
        var together = new List<PostgresWrite>();
        while (Take(lane, together))
        {
            var begun = _pace.Begin();
            await Commit(lane, together).ConfigureAwait(false);
            await _pace.Rest(begun).ConfigureAwait(false);
        }
    }

    /// <summary>The next batch, after what is now in <paramref name="together"/>; false when there is nothing that could go.</summary>
    private bool Take(WriteLane lane, List<PostgresWrite> together)
    {
        lock (_gate)
        {
            _tookAt = _clock.GetTimestamp();
            foreach (var write in together)
                _busy.ExceptWith(write.Keys);
            together.Clear();

            var (size, looked) = (0, 0);
            for (var node = _waiting.First; node is not null && size < MostTogether && looked++ < MostLookedAt;)
            {
                var next = node.Next;
                if (!node.Value.Keys.Any(_busy.Contains))
                {
                    _busy.UnionWith(node.Value.Keys);
                    together.Add(node.Value);
                    size += node.Value.Size;
                    _waiting.Remove(node);
                }

                node = next;
            }

            if (together.Count > 0)
                return true;
            _idle.Push(lane);
            Monitor.PulseAll(_gate);
            return false;
        }
    }

    private async Task Commit(WriteLane lane, IReadOnlyList<PostgresWrite> writes)
    {
        for (var tries = 1; ; tries++)
        {
            var began = SiloMeasures.Now;
            try
            {
                var done = await lane.Commit(writes).ConfigureAwait(false);
                Interlocked.Increment(ref _commits);
                SiloMeasures.Stored(began, writes.Count);
                for (var i = 0; i < writes.Count; i++)
                    writes[i].Complete(done[i]);
                return;
            }
            catch (Exception error) when (PostgresError.MeansTryAgain(error) && tries < MostTries)
            {
                // Two processes wrote the same records in another order; one of them had to give way.
            }
            catch (Exception error) when (writes.Count > 1 && PostgresError.ConcernsOneWrite(error))
            {
                // One write that cannot be done must not spoil its neighbours: each has another go on its own.
                foreach (var write in writes)
                    await Commit(lane, [write]).ConfigureAwait(false);
                return;
            }
            catch (Exception error)
            {
                var answer = error is StoreUnavailableException || !PostgresError.IsOfStore(error) ? error : PostgresError.AsUnavailable(error);
                foreach (var write in writes)
                    write.Fail(answer);
                return;
            }
        }
    }

    /// <summary>Writes what is waiting, then closes. A container disposes of it once for each name that it goes by.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closing)
                return;
            _closing = true;
            while (_idle.Count < _lanes)
                Monitor.Wait(_gate);
            while (_idle.TryPop(out var lane))
                lane.Dispose();
        }
    }
}
