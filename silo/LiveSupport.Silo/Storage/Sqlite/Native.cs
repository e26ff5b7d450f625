using System.Runtime.InteropServices;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>
/// The calls of SQLite that every message makes some forty times, on the bare handle: to count its users at each call,
/// as SQLitePCLRaw does, was a twentieth of the message's work. A <see cref="Statement"/> has one user.
/// </summary>
internal static class Native
{
    private const string Library = "e_sqlite3";

    /// <summary>SQLite makes a copy before it returns.</summary>
    public static readonly nint Copied = -1;

    [DllImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    public static extern int Bind(nint statement, int parameter, long value);

    [DllImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    public static extern int BindNull(nint statement, int parameter);

    [DllImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static extern int BindText(nint statement, int parameter, in byte utf8, int length, nint lifetime);

    [DllImport(Library, EntryPoint = "sqlite3_bind_blob")]
    public static extern int BindBlob(nint statement, int parameter, in byte bytes, int length, nint lifetime);

    [DllImport(Library, EntryPoint = "sqlite3_step")]
    public static extern int Step(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_reset")]
    public static extern int Reset(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_clear_bindings")]
    public static extern int ClearBindings(nint statement);

    [DllImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    public static extern long Number(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_changes"), SuppressGCTransition]
    public static extern int Changes(nint database);
}
