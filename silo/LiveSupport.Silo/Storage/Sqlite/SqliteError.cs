using SQLitePCL;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>SQLite refused a call.</summary>
internal sealed class SqliteError(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    /// <summary>The primary result code, such as <see cref="raw.SQLITE_FULL"/>.</summary>
    public int Code => code & 0xff;

    /// <summary>The connection is as good as before; otherwise it is to be opened anew.</summary>
    public bool LeavesConnectionSound => Code is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG;

    /// <summary>It concerns one write and not the store, so that others may still succeed.</summary>
    public bool ConcernsOneWrite => Code is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_ERROR;

    public StoreUnavailableException AsUnavailable() => new(
        Code switch
        {
            raw.SQLITE_FULL => "The disk is full.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "The database is held by another process.",
            raw.SQLITE_READONLY or raw.SQLITE_PERM => "The database must not be written.",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "The database file is damaged.",
            _ => $"The database cannot be used now ({Message}).",
        },
        this);
}
