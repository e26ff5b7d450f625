using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace LiveSupport.Api.Hubs;

/// <summary>
/// SignalR's JSON protocol, whose errors say <c>code: sentence</c> and nothing of the inside. It is told the inside
/// (<see cref="HubOptions.EnableDetailedErrors"/>), for only so it learns why SignalR ends a connection. What is wrong with
/// a handshake, SignalR says itself, with the details.
/// </summary>
internal sealed class EdgeProtocol(IOptions<JsonHubProtocolOptions> options, EdgeBudgets budgets) : IHubProtocol
{
    private const string Marker = "HubException: ";
    private const string TooLongMarker = "InvalidDataException: The maximum message size";
    private const string BrokenMarker = "InvalidDataException: ";
    private static readonly Frame ByeTooLong = Frame.Bye(Codes.TooLong, reconnect: false);
    private static readonly Frame ByeBroken = Frame.Bye(Codes.BadRequest, reconnect: false);
    private readonly JsonHubProtocol _json = new(options);

    /// <summary>By the binder, of which each connection has its own.</summary>
    private readonly ConditionalWeakTable<IInvocationBinder, TokenBucket> _pings = [];

    public string Name => _json.Name;
    public int Version => _json.Version;
    public TransferFormat TransferFormat => _json.TransferFormat;

    public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var before = input.Length;
        if (_json.TryParseMessage(ref input, binder, out message))
            message = Counted(message, binder);
        // A record of no type that there is: taken off and given as none, it would stand before all that comes after it.
        else if (input.Length < before)
            message = NotAsDocumented(null, "");
        return message is not null;
    }

    /// <summary>
    /// What is no call as documented, SignalR answers or drops before any filter. It becomes a call that is always
    /// refused, so that <see cref="HubGuard"/> counts it like any other; and so does a ping, once there are as many of
    /// them as there may be calls.
    /// </summary>
    private HubMessage Counted(HubMessage message, IInvocationBinder binder) => message switch
    {
        PingMessage => _pings.GetValue(binder, _ => budgets.Calls()).TryTake() ? message : NotAsDocumented(null, "ping"),
        InvocationMessage => message,
        InvocationBindingFailureMessage failure => NotAsDocumented(failure.InvocationId, failure.Target),
        StreamInvocationMessage stream => NotAsDocumented(stream.InvocationId, stream.Target),
        // Of streams, and answers: nothing here streams, or is asked.
        HubInvocationMessage or StreamBindingFailureMessage => NotAsDocumented(null, ""),
        _ => message,
    };

    private static InvocationMessage NotAsDocumented(string? id, string target) => new(id, EdgeHub.NotAsDocumented, [Shorten(target)]);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output)
    {
        // What is sent most by far, and is encoded already.
        if (message is InvocationMessage { InvocationId: null, Headers: null, Arguments: [Frame[] batch] } events)
            Write(events.Target, batch, output);
        else if (message is CloseMessage { Error: { } error } close)
            WriteEnd(close, error, output);
        else
            _json.WriteMessage(Plain(message), output);
    }

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        WriteMessage(message, output);
        return output.WrittenMemory;
    }

    /// <param name="target">A name that JSON takes as it is.</param>
    private static void Write(string target, Frame[] batch, IBufferWriter<byte> output)
    {
        output.Write("{\"type\":1,\"target\":\""u8);
        Encoding.ASCII.GetBytes(target, output);
        output.Write("\",\"arguments\":[["u8);
        for (var i = 0; i < batch.Length; i++)
        {
            if (i > 0)
                output.Write(","u8);
            output.Write(batch[i].Bytes);
        }
        output.Write("]]}\u001e"u8);
    }

    /// <summary>
    /// A frame that is too long or no JSON ends the connection before any of our code sees it. Whoever sent it must not
    /// come back and send it again for ever, so it gets the good-bye that it would get from us.
    /// </summary>
    private void WriteEnd(CloseMessage close, string error, IBufferWriter<byte> output)
    {
        var bye = error.Contains(TooLongMarker, StringComparison.Ordinal) ? ByeTooLong
            : error.Contains(BrokenMarker, StringComparison.Ordinal) ? ByeBroken
            : null;
        if (bye is not null)
            Write("events", [bye], output);
        _json.WriteMessage(new CloseMessage("The connection ends.", allowReconnect: bye is null && close.AllowReconnect), output);
    }

    private static HubMessage Plain(HubMessage message) => message is CompletionMessage { Error: { } error } completion
        ? CompletionMessage.WithError(completion.InvocationId!, error.IndexOf(Marker, StringComparison.Ordinal) is >= 0 and var at
            ? error[(at + Marker.Length)..]
            : $"{Codes.Unavailable}: It could not be done just now. Try again.")
        : message;

    private static string Shorten(string name) => name.Length <= 40 ? name : name[..40];
}
