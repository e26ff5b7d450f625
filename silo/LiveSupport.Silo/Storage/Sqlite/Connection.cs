using SQLitePCL;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>
/// One connection and its prepared statements, used by one thread at a time. It speaks to SQLite directly, because
/// on the way of every message a statement's bytes should be bound and read without copies in between.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly sqlite3 _database;
    private readonly nint _handle;
    private readonly Dictionary<string, Statement> _statements = [];

    static Connection() => Batteries_V2.Init();

    /// <exception cref="SqliteError">The file cannot be opened.</exception>
    private Connection(string file, int flags)
    {
        var code = raw.sqlite3_open_v2(file, out _database, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            _database.Dispose();
            throw new SqliteError(code, raw.sqlite3_errstr(code).utf8_to_string());
        }

        _handle = _database.DangerousGetHandle();
    }

    /// <summary>A connection that writes, to a file that is made when it is missing.</summary>
    public static Connection ForWriting(string file)
    {
        var connection = new Connection(file, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        try
        {
            // What is deleted is overwritten where that needs no further write.
            // SQLite's own checkpoint only where ours (Checkpoints) is late: it makes a write wait. No more cache than those
            // 4,000 pages (16 MB): SQLite walks through all of its cache's slots at nearly every commit.
            connection.Execute("""
                PRAGMA busy_timeout = 1000;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 4000;
                PRAGMA journal_size_limit = 67108864;
                PRAGMA cache_size = -16384;
                PRAGMA secure_delete = FAST;
                PRAGMA temp_store = MEMORY;
                """);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection that only reads, to a file that exists.</summary>
    public static Connection ForReading(string file)
    {
        // Opened for writing all the same: a reader of a WAL takes part in its shared memory.
        var connection = new Connection(file, raw.SQLITE_OPEN_READWRITE);
        try
        {
            connection.Execute("PRAGMA busy_timeout = 1000; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public bool InTransaction => raw.sqlite3_get_autocommit(_database) == 0;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => Native.Changes(_handle);

    public long LastRowId => raw.sqlite3_last_insert_rowid(_database);

    /// <summary>Pages that commits have written since this was last asked.</summary>
    public int TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(_database, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, resetFlg: 1));
        return pages;
    }

    /// <summary>The prepared statement for this text, ready to be bound. Disposing it gives it back.</summary>
    public Statement Use(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
            return known;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared));
        return _statements[sql] = new Statement(this, prepared);
    }

    /// <summary>Runs a fixed script. Never for text that holds a value from outside.</summary>
    public void Execute(string script)
    {
        var code = raw.sqlite3_exec(_database, script, out var message);
        if (code != raw.SQLITE_OK)
            throw new SqliteError(code, message ?? raw.sqlite3_errmsg(_database).utf8_to_string());
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw new SqliteError(code, raw.sqlite3_errmsg(_database).utf8_to_string());
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Close();
        _statements.Clear();
        _database.Dispose();
    }
}
