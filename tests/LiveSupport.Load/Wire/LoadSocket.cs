using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace LiveSupport.Load.Wire;

/// <summary>
/// A SignalR JSON client that costs as little as possible, because its CPU is taken from the server that it measures:
/// a WebSocket written by hand, records read where they arrived, and no allocation for a message sent or received.
/// </summary>
internal sealed class LoadSocket : IDisposable
{
    private const byte RecordEnd = 0x1e;
    private const int LargestHeader = 14;
    private static readonly uint Mask = 0x6d5a3c21;

    private readonly Socket _socket;
    private readonly Lock _sending = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private byte[] _in = new byte[1024];
    private byte[] _out = new byte[512];
    private int _start, _end;

    /// <summary>The part of a record that came in an earlier frame.</summary>
    private byte[] _partial = [];
    private int _partialLength;
    private int _nextAsked;
    private volatile bool _disposed;

    private LoadSocket(Socket socket) => _socket = socket;

    /// <summary>What a message brings that nobody awaits: acknowledgements by their number, and events.</summary>
    public interface IListener
    {
        /// <summary>The answer to <see cref="Send"/>; null when it was accepted, otherwise the error.</summary>
        void Acked(int number, long seq, string? error);

        /// <summary>One event; the reader stands on its opening brace and need not be left anywhere.</summary>
        void Event(ref Utf8JsonReader reader);

        /// <summary>The server, or the network, has ended it.</summary>
        void Closed(string why);
    }

    public IListener? Listener { get; set; }

    /// <summary>Connects, upgrades, shakes hands, and reads from then on.</summary>
    /// <param name="from">The loopback address to come from, when one runs out of ports; null: any.</param>
    public static async Task<LoadSocket> Open(
        Uri server, string pathAndQuery, string? cookie, IListener? listener, IPAddress? from, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (from is not null)
                socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port, stop);
            var load = new LoadSocket(socket) { Listener = listener };
            await load.Upgrade($"""
                GET {pathAndQuery} HTTP/1.1
                Host: {server.Authority}
                Connection: Upgrade
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                {(cookie is null ? "X-Load: 1" : $"Cookie: {cookie}")}


                """.ReplaceLineEndings("\r\n"), stop);
            load.Write("{\"protocol\":\"json\",\"version\":1}"u8);
            _ = load.Read();
            return load;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a message of the hot path: the answer comes to <see cref="IListener.Acked"/> under <paramref name="number"/>.</summary>
    /// <param name="arguments">The hub method's arguments, as JSON without the brackets.</param>
    public void Send(int number, ReadOnlySpan<byte> target, ReadOnlySpan<byte> arguments)
    {
        Span<byte> record = stackalloc byte[1024];
        var length = 0;
        Add(record, ref length, "{\"type\":1,\"invocationId\":\""u8);
        number.TryFormat(record[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        Add(record, ref length, "\",\"target\":\""u8);
        Add(record, ref length, target);
        Add(record, ref length, "\",\"arguments\":["u8);
        Add(record, ref length, arguments);
        Add(record, ref length, "]}"u8);
        Write(record[..length]);
    }

    /// <summary>Calls a hub method and waits for its answer.</summary>
    /// <exception cref="IOException">The server refused it, with its sentence, or the socket is closed.</exception>
    public Task<JsonElement> Ask(string target, params ReadOnlySpan<object> arguments)
    {
        var number = -Interlocked.Increment(ref _nextAsked);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = answer;
        Write(JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = 1,
            invocationId = number.ToString(CultureInfo.InvariantCulture),
            target,
            arguments = arguments.ToArray(),
        }));
        return answer.Task;
    }

    /// <summary>Tells the server that we live; to be called at least every 30 s.</summary>
    public void Ping() => Write("{\"type\":6}"u8);

    /// <summary>Ends it as a network does that is gone: without a word.</summary>
    public void Cut()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Dispose();
    }

    public void Dispose()
    {
        _disposed = true;
        _socket.Dispose();
    }

    private static void Add(Span<byte> record, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(record[length..]);
        length += part.Length;
    }

    private void Write(ReadOnlySpan<byte> record)
    {
        lock (_sending)
        {
            if (_out.Length < record.Length + LargestHeader)
                _out = new byte[record.Length + LargestHeader];
            var length = Header(_out, 0x81, record.Length + 1);
            var body = _out.AsSpan(length, record.Length + 1);
            record.CopyTo(body);
            body[^1] = RecordEnd;
            ApplyMask(body);
            Flush(_out.AsSpan(0, length + body.Length));
        }
    }

    private void Flush(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[_socket.Send(bytes)..];
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The reader tells of it.
        }
    }

    private static int Header(Span<byte> frame, byte first, int length)
    {
        frame[0] = first;
        var at = 2;
        if (length < 126)
        {
            frame[1] = (byte)(0x80 | length);
        }
        else
        {
            frame[1] = 0x80 | 126;
            frame[2] = (byte)(length >> 8);
            frame[3] = (byte)length;
            at = 4;
        }
        MemoryMarshal.Write(frame[at..], Mask);
        return at + 4;
    }

    private static void ApplyMask(Span<byte> body)
    {
        var words = MemoryMarshal.Cast<byte, uint>(body);
        for (var i = 0; i < words.Length; i++)
            words[i] ^= Mask;
        for (var i = words.Length * 4; i < body.Length; i++)
            body[i] ^= (byte)(Mask >> (8 * (i & 3)));
    }

    private async Task Upgrade(string request, CancellationToken stop)
    {
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request), stop);
        while (true)
        {
            var read = await _socket.ReceiveAsync(_in.AsMemory(_end), stop);
            _end += read;
            var answer = _in.AsSpan(0, _end);
            var body = answer.IndexOf("\r\n\r\n"u8);
            if (body >= 0)
            {
                if (answer.StartsWith("HTTP/1.1 503"u8))
                    throw TurnedAwayException.Of(Encoding.UTF8.GetString(answer[..body]));
                if (!answer.StartsWith("HTTP/1.1 101"u8))
                    throw new IOException($"No WebSocket: {Encoding.UTF8.GetString(answer)}");
                _start = body + 4;
                return;
            }
            if (read == 0)
                throw new IOException("The server hung up instead of upgrading.");
            if (_end == _in.Length)
                Array.Resize(ref _in, _in.Length * 2);
        }
    }

    private async Task Read()
    {
        var why = "The server hung up.";
        try
        {
            while (true)
            {
                while (Frame())
                {
                }
                if (_start > 0)
                {
                    _in.AsSpan(_start, _end - _start).CopyTo(_in);
                    (_start, _end) = (0, _end - _start);
                }
                if (_end == _in.Length)
                    Array.Resize(ref _in, _in.Length * 2);
                var read = await _socket.ReceiveAsync(_in.AsMemory(_end), SocketFlags.None);
                if (read == 0)
                    break;
                _end += read;
            }
        }
        catch (Exception broken)
        {
            why = broken.Message;
            if (broken is not (SocketException or ObjectDisposedException or IOException))
                why = broken.ToString();
        }
        foreach (var asked in _asked.Values)
            asked.TrySetException(new IOException(why));
        if (!_disposed)
            Listener?.Closed(why);
    }

    /// <summary>Takes one whole frame from what has arrived; false when there is none.</summary>
    private bool Frame()
    {
        var arrived = _in.AsSpan(_start, _end - _start);
        if (arrived.Length < 2)
            return false;
        long length = arrived[1] & 0x7f;
        var at = 2;
        if (length == 126)
        {
            if (arrived.Length < 4)
                return false;
            length = (arrived[2] << 8) | arrived[3];
            at = 4;
        }
        else if (length == 127)
        {
            if (arrived.Length < 10)
                return false;
            length = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(arrived[2..]);
            at = 10;
        }
        if (arrived.Length < at + length)
            return false;
        var body = arrived.Slice(at, (int)length);
        _start += at + (int)length;
        switch (arrived[0] & 0x0f)
        {
            case 0 or 1:
                Text(body);
                break;
            case 8:
                throw new IOException("The server closed the socket.");
            case 9:
                Pong(body);
                break;
        }
        return true;
    }

    private void Pong(ReadOnlySpan<byte> body)
    {
        Span<byte> frame = stackalloc byte[LargestHeader + 125];
        var at = Header(frame, 0x8a, body.Length);
        body.CopyTo(frame[at..]);
        ApplyMask(frame.Slice(at, body.Length));
        lock (_sending)
            Flush(frame[..(at + body.Length)]);
    }

    private void Text(ReadOnlySpan<byte> body)
    {
        for (var end = body.IndexOf(RecordEnd); end >= 0; end = body.IndexOf(RecordEnd))
        {
            if (_partialLength > 0)
            {
                Keep(body[..end]);
                Record(_partial.AsSpan(0, _partialLength));
                _partialLength = 0;
            }
            else
            {
                Record(body[..end]);
            }
            body = body[(end + 1)..];
        }
        if (!body.IsEmpty)
            Keep(body);
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_partial.Length < _partialLength + part.Length)
            Array.Resize(ref _partial, (_partialLength + part.Length) * 2);
        part.CopyTo(_partial.AsSpan(_partialLength));
        _partialLength += part.Length;
    }

    private void Record(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var type = 0;
        int? number = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("invocationId"u8))
            {
                reader.Read();
                number = System.Buffers.Text.Utf8Parser.TryParse(reader.ValueSpan, out int parsed, out _) ? parsed : null;
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                Events(ref reader);
                return;
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                reader.Read();
                Answer(number, ref reader);
                return;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                Fail(type, number, reader.GetString()!);
                return;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (type == 3)
            Fail(type, number, null);
        else if (type == 7)
            throw new IOException("The server closed the connection.");
    }

    private void Events(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var one = reader;
            Listener?.Event(ref one);
            reader.Skip();
        }
    }

    private void Answer(int? number, ref Utf8JsonReader reader)
    {
        if (number is not { } known)
            return;
        if (_asked.TryRemove(known, out var asked))
        {
            asked.SetResult(JsonElement.ParseValue(ref reader));
            return;
        }
        long seq = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSeq = reader.ValueTextEquals("seq"u8);
            reader.Read();
            if (isSeq)
                seq = reader.GetInt64();
            else
                reader.Skip();
        }
        Listener?.Acked(known, seq, null);
    }

    /// <summary>A completion without a result (<paramref name="error"/> null), a refusal, or a close with a reason.</summary>
    private void Fail(int type, int? number, string? error)
    {
        if (type == 7)
            throw new IOException($"The server closed the connection: {error}");
        if (number is not { } known)
            return;
        if (!_asked.TryRemove(known, out var asked))
            Listener?.Acked(known, 0, error ?? "no result");
        else if (error is null)
            asked.SetResult(default);
        else
            asked.SetException(new IOException(error));
    }
}

/// <summary>The server takes nobody just now.</summary>
internal sealed class TurnedAwayException(string message, TimeSpan retryAfter) : IOException(message)
{
    public TimeSpan RetryAfter => retryAfter;

    public static TurnedAwayException Of(string head)
    {
        const string Name = "\r\nRetry-After: ";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        var seconds = at < 0 ? "0" : head[(at + Name.Length)..].Split('\r')[0];
        return new TurnedAwayException(head.Split('\r')[0], TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
    }
}
