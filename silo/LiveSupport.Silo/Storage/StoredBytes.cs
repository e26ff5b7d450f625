using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage;

/// <summary>
/// A record in the bytes that are stored, in a buffer that is used again when it is disposed: as an array of its own it
/// was a quarter of all memory that a message took.
/// </summary>
internal sealed class StoredBytes : IBufferWriter<byte>, IDisposable
{
    /// <summary>A conversation's head with its tail: seldom more.</summary>
    private const int Usual = 4096;

    /// <summary>A larger buffer is not kept.</summary>
    private const int LargestKept = 64 * 1024;

    private const int MostKept = 64;

    private static readonly JsonWriterOptions Options = new() { Encoder = StateJson.Options.Encoder, SkipValidation = true };
    private static readonly int RowSchema = typeof(QueueRow).GetCustomAttribute<StoredAttribute>()!.Schema;
    private static readonly ConcurrentQueue<StoredBytes> Kept = new();

    private readonly Utf8JsonWriter _json;
    private byte[] _buffer = new byte[Usual];
    private int _length;

    private StoredBytes() => _json = new Utf8JsonWriter(this, Options);

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, _length);

    public static StoredBytes Of<T>(T record)
    {
        var bytes = Empty();
        JsonSerializer.Serialize(bytes._json, record, StateJson.Options);
        bytes._json.Flush();
        return bytes;
    }

    /// <summary>The same for a row, by the code that is made for it.</summary>
    public static StoredBytes Of(QueueRow row) =>
        Joined(row, static (json, _) => json.WriteNumber(StateJson.Schema, RowSchema), static (json, row) => WireJson.Write(json, row));

    /// <summary>One object of two parts: some fields, and an object that follows as if it were of the same.</summary>
    /// <param name="rest">Writes an object that is not empty.</param>
    public static StoredBytes Joined<T>(T record, Action<Utf8JsonWriter, T> fields, Action<Utf8JsonWriter, T> rest)
    {
        var bytes = Empty();
        var json = bytes._json;
        json.WriteStartObject();
        fields(json, record);
        json.Flush();
        var joint = bytes._length;
        json.Reset();
        rest(json, record);
        json.Flush();
        // What was the opening brace is the comma.
        bytes._buffer[joint] = (byte)',';
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

    private static StoredBytes Empty() => Kept.TryDequeue(out var kept) ? kept : new StoredBytes();

    private void Grow(int by)
    {
        if (_buffer.Length - _length < Math.Max(by, 1))
            System.Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + by));
    }

    public void Dispose()
    {
        _length = 0;
        _json.Reset();
        if (_buffer.Length <= LargestKept && Kept.Count < MostKept)
            Kept.Enqueue(this);
    }
}
