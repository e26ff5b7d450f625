namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>
/// Brings what the log holds into the database's file, beside the writer, and leaves the writer the last few pages only.
/// Left to itself SQLite does all of it within some message's commit, and whoever writes meanwhile waits (measured: 5 ms,
/// twice a second at 2,000 messages/s). Should this one not come to it, SQLite still does (<see cref="Connection"/>).
/// </summary>
internal sealed class Checkpoints : IDisposable
{
    /// <summary>Pages of the log (8 MB) after which it is time.</summary>
    private const int Every = 2000;

    /// <summary>
    /// Pages after which it is tried again when somebody was in the way: a reader of an older moment, or the writer
    /// between a commit and the end of its lock. Seven tries before SQLite does it, at twice <see cref="Every"/>.
    /// </summary>
    private const int Again = 250;

    /// <summary>Pages that the writer may be left with: a fraction of a millisecond.</summary>
    private const int Few = 64;

    /// <summary>Each pass brings what was written during the one before.</summary>
    private const int MostPasses = 4;

    private readonly string _file;
    private readonly SqliteWriter _writer;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private long _pages;
    private bool _closing;

    public Checkpoints(string file, SqliteWriter writer)
    {
        (_file, _writer) = (file, writer);
        writer.Committed += Grew;
        _thread = new Thread(Run) { Name = "SQLite checkpoints", IsBackground = true };
        _thread.Start();
    }

    private void Grew(int pages)
    {
        lock (_gate)
        {
            var before = _pages;
            _pages += pages;
            if (before < Every && _pages >= Every)
                Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        Connection? connection = null;
        while (IsTime())
        {
            try
            {
                connection ??= Connection.ForReading(_file);
                if (Bring(connection))
                    _writer.EndLog();
                else
                    Grew(Every - Again);
            }
            catch (SqliteError)
            {
                // The writer comes upon the same trouble and says so.
                connection?.Dispose();
                connection = null;
            }
        }

        connection?.Dispose();
    }

    private bool IsTime()
    {
        lock (_gate)
        {
            while (_pages < Every && !_closing)
                Monitor.Wait(_gate);
            _pages = 0;
            return !_closing;
        }
    }

    /// <returns>Whether only a few pages are left.</returns>
    private static bool Bring(Connection connection)
    {
        long brought = 0;
        for (var pass = 0; pass < MostPasses; pass++)
        {
            using var checkpoint = connection.Use("PRAGMA wal_checkpoint(PASSIVE)");
            if (!checkpoint.Step())
                return false;
            var (busy, log, inFile) = (checkpoint.Number(0), checkpoint.Number(1), checkpoint.Number(2));
            // Who still reads an older moment holds the rest of the log; so does another who does the same just now.
            if (busy != 0 || inFile < log)
                return false;
            if (inFile - brought <= Few)
                return true;
            brought = inFile;
        }

        return true;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }
}
