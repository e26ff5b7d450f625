using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage;

/// <summary>
/// A record in the bytes that are stored, in a buffer that goes back to the pool when it is disposed: as an array of its
/// own it was a quarter of all memory that a message took.
/// </summary>
internal sealed class StoredBytes : IBufferWriter<byte>, IDisposable
{
    /// <summary>A conversation's head with its tail: seldom more.</summary>
    private const int Usual = 4096;

    private static readonly JsonWriterOptions Options = new() { Encoder = StateJson.Options.Encoder, SkipValidation = true };

    private static readonly byte[] RowSchema =
        Encoding.UTF8.GetBytes($"{{\"{StateJson.Schema}\":{typeof(QueueRow).GetCustomAttribute<StoredAttribute>()!.Schema}");

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Usual);
    private int _length;

    private StoredBytes()
    {
    }

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, _length);

    public static StoredBytes Of<T>(T record)
    {
        var bytes = new StoredBytes();
        using var writer = new Utf8JsonWriter(bytes, Options);
        JsonSerializer.Serialize(writer, record, StateJson.Options);
        return bytes;
    }

    /// <summary>The same for a row, by the code that is made for it.</summary>
    public static StoredBytes Of(QueueRow row)
    {
        var bytes = new StoredBytes();
        bytes.Write(RowSchema);
        var rest = bytes._length;
        using (var writer = new Utf8JsonWriter(bytes, Options))
            WireJson.Write(writer, row);
        // The schema is the row's first field: what was its opening brace is the comma after it.
        bytes._buffer[rest] = (byte)',';
        return bytes;
    }

    public static byte[] Array(QueueRow row)
    {
        using var bytes = Of(row);
        return bytes.Span.ToArray();
    }

    void IBufferWriter<byte>.Advance(int count) => _length += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Grow(sizeHint);
        return _buffer.AsMemory(_length);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Grow(sizeHint);
        return _buffer.AsSpan(_length);
    }

    private void Grow(int by)
    {
        if (_buffer.Length - _length >= Math.Max(by, 1))
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + by));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }
}
