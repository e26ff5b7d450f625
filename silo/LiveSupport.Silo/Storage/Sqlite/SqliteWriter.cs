namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>
/// The one connection that writes. What gathers while a flush runs is committed together by a thread of its own, so
/// that many writers share one flush; a writer who finds nobody at work commits on its own thread, which spares two
/// thread switches. A write is done when its commit is on the disk.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>Writes in one commit. More would make the first of them wait for the last.</summary>
    private const int MostTogether = 512;

    /// <summary>Writes that may wait. One more is refused, so that a disk that hangs does not fill the memory.</summary>
    private const int MostWaiting = 50_000;

    private readonly string _file;
    private readonly object _gate = new();
    private readonly Queue<Job> _waiting = [];
    private readonly Thread _thread;
    private Connection? _connection;
    private bool _busy;
    private bool _closing;
    private long _commits;
    private volatile bool _logIsBrought;

    /// <param name="connection">Opened and migrated; the writer's from now on.</param>
    public SqliteWriter(string file, Connection connection)
    {
        _file = file;
        _connection = connection;
        _thread = new Thread(Run) { Name = "SQLite writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>So many pages went into the log with a commit. Called on the thread that made it.</summary>
    public event Action<int>? Committed;

    /// <summary>Commits so far.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>
    /// Runs <paramref name="write"/> inside a transaction that it may share with others, and completes when that is
    /// durable. When another write spoils the transaction it runs again, so it must do
    /// nothing but write; a refusal is a value, because an exception takes everything back.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Nothing was written.</exception>
    public Task<T> Write<T>(Func<Connection, T> write)
    {
        var job = new Job<T>(write);
        lock (_gate)
        {
            if (_closing)
                return Task.FromException<T>(new StoreUnavailableException("The store is closed."));
            if (_waiting.Count >= MostWaiting)
                return Task.FromException<T>(new StoreUnavailableException("The disk does not keep up."));
            if (_busy || _waiting.Count > 0)
            {
                _waiting.Enqueue(job);
                return job.Task;
            }

            _busy = true;
        }

        Commit([job]);
        Release();
        return job.Task;
    }

    /// <summary>The log's pages are in the file, but for a few: the next commit brings those, and the log begins anew.</summary>
    public void EndLog() => _logIsBrought = true;

    /// <summary>Lets the thread have what gathered meanwhile.</summary>
    private void Release()
    {
        lock (_gate)
        {
            _busy = false;
            if (_waiting.Count > 0 || _closing)
                Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        var together = new List<Job>(MostTogether);
        while (Take(together))
        {
            Commit(together);
            together.Clear();
            Release();
        }

        _connection?.Dispose();
    }

    private bool Take(List<Job> together)
    {
        lock (_gate)
        {
            while (_busy || (_waiting.Count == 0 && !_closing))
                Monitor.Wait(_gate);
            while (together.Count < MostTogether && _waiting.TryDequeue(out var job))
                together.Add(job);
            return _busy = together.Count > 0;
        }
    }

    private void Commit(List<Job> jobs)
    {
        var began = SiloMeasures.Now;
        try
        {
            var connection = _connection ??= Connection.ForWriting(_file);
            Run(connection, "BEGIN IMMEDIATE");
            foreach (var job in jobs)
                job.Write(connection);
            Run(connection, "COMMIT");
        }
        catch (Exception error)
        {
            TakeBack(error);
            Refuse(jobs, error);
            return;
        }

        Interlocked.Increment(ref _commits);
        SiloMeasures.Stored(began, jobs.Count);
        foreach (var job in jobs)
            job.Complete();
        AfterCommit();
    }

    private void AfterCommit()
    {
        try
        {
            Committed?.Invoke(_connection!.TakePagesWritten());
            if (!_logIsBrought)
                return;
            _logIsBrought = false;
            Run(_connection!, "PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteError)
        {
            // What was committed stays so. The log grows on, and SQLite tries it again by itself.
        }
    }

    private static void Run(Connection connection, string sql)
    {
        using var statement = connection.Use(sql);
        statement.Run();
    }

    private void TakeBack(Exception error)
    {
        try
        {
            // SQLite has rolled back by itself after some errors.
            if (_connection is { InTransaction: true })
                Run(_connection, "ROLLBACK");
            if (error is not SqliteError { LeavesConnectionSound: false })
                return;
        }
        catch (SqliteError)
        {
            // The connection goes, and the transaction with it.
        }

        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>One write that cannot be done must not spoil its neighbours: each has another go on its own. An error
    /// of the store is one for all.</summary>
    private void Refuse(List<Job> jobs, Exception error)
    {
        if (jobs.Count > 1 && error is not SqliteError { ConcernsOneWrite: false })
        {
            foreach (var job in jobs)
                Commit([job]);
            return;
        }

        var answer = error is SqliteError sqlite ? sqlite.AsUnavailable() : error;
        foreach (var job in jobs)
            job.Fail(answer);
    }

    /// <summary>Writes what is waiting, then closes.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private abstract class Job
    {
        public abstract void Write(Connection connection);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Job<T>(Func<Connection, T> write) : Job
    {
        // Whoever waits goes on elsewhere: this thread has the next commit to do.
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _answer;

        public Task<T> Task => _done.Task;

        public override void Write(Connection connection) => _answer = write(connection);

        public override void Complete() => _done.SetResult(_answer!);

        public override void Fail(Exception error) => _done.SetException(error);
    }
}
