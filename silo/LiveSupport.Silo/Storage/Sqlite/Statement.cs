using System.Buffers;
using System.Text;
using SQLitePCL;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>A prepared statement: bind, step, read, and give it back by disposing it.</summary>
internal sealed class Statement(Connection connection, sqlite3_stmt statement) : IDisposable
{
    public Statement Bind(int parameter, long value)
    {
        connection.Check(raw.sqlite3_bind_int64(statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, bool value) => Bind(parameter, value ? 1 : 0);

    public Statement Bind(int parameter, DateTimeOffset value) => Bind(parameter, value.UtcTicks);

    public Statement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            connection.Check(raw.sqlite3_bind_null(statement, parameter));
            return this;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        Span<byte> buffer = most <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(value, buffer);
        connection.Check(raw.sqlite3_bind_text(statement, parameter, buffer[..length]));
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> blob)
    {
        connection.Check(raw.sqlite3_bind_blob(statement, parameter, blob));
        return this;
    }

    /// <summary>True when there is a row to read.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
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

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public bool Flag(int column) => Number(column) != 0;

    public DateTimeOffset Time(int column) => new(Number(column), TimeSpan.Zero);

    /// <summary>The bytes of a blob or text; valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public void Dispose()
    {
        // What reset answers is the error of the last step, which was thrown already.
        _ = raw.sqlite3_reset(statement);
        _ = raw.sqlite3_clear_bindings(statement);
    }

    public void Close() => statement.Dispose();
}
