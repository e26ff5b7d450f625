using System.Buffers;
using System.Text;
using SQLitePCL;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>A prepared statement: bind, step, read, and give it back by disposing it.</summary>
internal sealed class Statement(Connection connection, sqlite3_stmt statement) : IDisposable
{
    private static readonly byte Nothing;
    private readonly nint _handle = statement.DangerousGetHandle();

    public Statement Bind(int parameter, long value)
    {
        connection.Check(Native.Bind(_handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, bool value) => Bind(parameter, value ? 1 : 0);

    public Statement Bind(int parameter, DateTimeOffset value) => Bind(parameter, value.UtcTicks);

    public Statement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            connection.Check(Native.BindNull(_handle, parameter));
            return this;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        Span<byte> buffer = most <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(value, buffer);
        connection.Check(Native.BindText(_handle, parameter, buffer[0], length, Native.Copied));
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> blob)
    {
        // A blob of no bytes is not null, which it would be by a null address.
        ref readonly var first = ref blob.IsEmpty ? ref Nothing : ref blob[0];
        connection.Check(Native.BindBlob(_handle, parameter, first, blob.Length, Native.Copied));
        return this;
    }

    /// <summary>True when there is a row to read.</summary>
    public bool Step()
    {
        var code = Native.Step(_handle);
        connection.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs to the end and answers how many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return connection.Changes;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => Native.Number(_handle, column);

    public bool Flag(int column) => Number(column) != 0;

    public DateTimeOffset Time(int column) => new(Number(column), TimeSpan.Zero);

    /// <summary>The bytes of a blob or text; valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public void Dispose()
    {
        // What reset answers is the error of the last step, which was thrown already.
        _ = Native.Reset(_handle);
        _ = Native.ClearBindings(_handle);
    }

    public void Close() => statement.Dispose();
}
