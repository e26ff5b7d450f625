using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace LiveSupport.Tests.Support;

/// <summary>The server refused an invocation: <c>code: sentence</c>.</summary>
public sealed class HubError(string message) : Exception(message)
{
    public string Code => Message.Split(':')[0];
}

/// <summary>
/// A SignalR client (JSON over one WebSocket, no negotiation) as small as the protocol allows: the official one is not
/// among the packages that every registry carries. Also linked into the load tool and the browser tests.
/// </summary>
public sealed class HubClient : IAsyncDisposable
{
    private const byte Separator = 0x1e;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly List<JsonElement> _events = [];
    private readonly List<(Func<JsonElement, bool> Match, TaskCompletionSource<JsonElement> Found)> _waiting = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _shaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<JsonElement>? _onEvent;
    private long _lastId;
    private Task _reading = Task.CompletedTask;

    private HubClient(Action<JsonElement>? onEvent) => _onEvent = onEvent;

    /// <summary>Done once the connection is gone, whoever ended it.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Everything that <c>events(batch)</c> brought so far. Empty when the events go to a callback.</summary>
    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_events)
                return [.. _events];
        }
    }

    /// <param name="hub">E.g. <c>http://localhost:5080/hubs/visitor</c>.</param>
    /// <param name="onEvent">Gets each event instead of <see cref="Events"/>, on the reading thread.</param>
    /// <param name="read">False: nothing is ever read, as by a client that hangs.</param>
    /// <exception cref="WebSocketException">The server did not take the connection.</exception>
    public static async Task<HubClient> Connect(
        Uri hub, string? accessToken = null, string? cookie = null, string? origin = null,
        Action<JsonElement>? onEvent = null, bool read = true, CancellationToken stop = default)
    {
        var client = new HubClient(onEvent);
        if (cookie is not null)
            client._socket.Options.SetRequestHeader("Cookie", cookie);
        if (origin is not null)
            client._socket.Options.SetRequestHeader("Origin", origin);
        var address = new UriBuilder(hub) { Scheme = hub.Scheme == "https" ? "wss" : "ws" };
        if (accessToken is not null)
            address.Query = $"access_token={Uri.EscapeDataString(accessToken)}";
        try
        {
            await client._socket.ConnectAsync(address.Uri, stop);
            await client.SendRaw("""{"protocol":"json","version":1}""");
            if (read)
            {
                client._reading = client.Read();
                await client._shaken.Task.WaitAsync(Patience, stop);
            }
            return client;
        }
        catch
        {
            client._socket.Dispose();
            throw;
        }
    }

    /// <exception cref="HubError">The server refused.</exception>
    public Task<JsonElement> Invoke(string method, params object?[] arguments)
    {
        var json = JsonSerializer.Serialize(arguments, Web);
        return InvokeRaw(method, json[1..^1]);
    }

    /// <summary>Invokes with arguments that are JSON as they stand, or are not.</summary>
    public async Task<JsonElement> InvokeRaw(string method, string arguments)
    {
        var id = Interlocked.Increment(ref _lastId).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        if (_closed.Task.IsCompleted)
            throw new HubError("closed: The connection is gone.");
        await SendRaw($$"""{"type":1,"invocationId":"{{id}}","target":{{JsonSerializer.Serialize(method)}},"arguments":[{{arguments}}]}""");
        return await answer.Task.WaitAsync(Patience);
    }

    public async Task<T> Invoke<T>(string method, params object?[] arguments) =>
        (await Invoke(method, arguments)).Deserialize<T>(Contracts.WireJson.Options)!;

    /// <summary>The first event that matches, come or still to come.</summary>
    public Task<JsonElement> Event(Func<JsonElement, bool> match)
    {
        lock (_events)
        {
            foreach (var known in _events)
                if (match(known))
                    return Task.FromResult(known);
            var found = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((match, found));
            return found.Task.WaitAsync(Patience);
        }
    }

    /// <summary>The first event of that kind that matches, come or still to come.</summary>
    public Task<JsonElement> Event(string kind, Func<JsonElement, bool>? match = null) =>
        Event(live => live.GetProperty("kind").GetString() == kind && match?.Invoke(live) != false);

    /// <summary>Sends a record as it is; the separator is added.</summary>
    public async Task SendRaw(string record)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(record) + 1];
        Encoding.UTF8.GetBytes(record, bytes);
        bytes[^1] = Separator;
        await SendFrame(bytes, WebSocketMessageType.Text);
    }

    /// <summary>Sends a frame with nothing added.</summary>
    public async Task SendFrame(ReadOnlyMemory<byte> bytes, WebSocketMessageType type)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Cuts the connection without a good-bye.</summary>
    public void Cut() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task Read()
    {
        var rest = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                    break;
                var chunk = buffer.AsSpan(0, received.Count);
                for (var end = chunk.IndexOf(Separator); end >= 0; end = chunk.IndexOf(Separator))
                {
                    rest.Write(chunk[..end]);
                    chunk = chunk[(end + 1)..];
                    Take(rest.GetBuffer().AsMemory(0, (int)rest.Length));
                    rest.SetLength(0);
                }
                rest.Write(chunk);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut by one of the two sides.
        }
        _closed.TrySetResult();
        _shaken.TrySetException(new HubError("closed: The connection is gone."));
        foreach (var (_, answer) in _pending)
            answer.TrySetException(new HubError("closed: The connection is gone."));
    }

    private void Take(ReadOnlyMemory<byte> record)
    {
        using var json = JsonDocument.Parse(record);
        var message = json.RootElement;
        if (!message.TryGetProperty("type", out var type))
        {
            if (message.TryGetProperty("error", out var refused))
                _shaken.TrySetException(new HubError(refused.GetString()!));
            else
                _shaken.TrySetResult();
            return;
        }
        if (type.GetInt32() == 1 && message.GetProperty("target").ValueEquals("events"))
        {
            foreach (var live in message.GetProperty("arguments")[0].EnumerateArray())
                Take(live.Clone());
        }
        else if (type.GetInt32() == 3 && _pending.TryRemove(message.GetProperty("invocationId").GetString()!, out var answer))
        {
            if (message.TryGetProperty("error", out var error))
                answer.TrySetException(new HubError(error.GetString()!));
            else
                answer.TrySetResult(message.TryGetProperty("result", out var result) ? result.Clone() : default);
        }
    }

    private void Take(JsonElement live)
    {
        if (_onEvent is not null)
        {
            _onEvent(live);
            return;
        }
        lock (_events)
        {
            _events.Add(live);
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (!_waiting[i].Match(live))
                    continue;
                _waiting[i].Found.TrySetResult(live);
                _waiting.RemoveAt(i);
            }
        }
    }
}
