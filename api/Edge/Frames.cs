using System.Collections.Immutable;
using System.Text.Json;
using LiveSupport.Api.Hubs;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>An event in its final bytes: encoded once, sent to everybody who may see it (<see cref="EdgeProtocol"/>).</summary>
internal sealed class Frame
{
    /// <summary>A row in bytes, about, while it is not encoded.</summary>
    private const int RowLength = 640;

    private readonly Func<byte[]>? _encode;
    private byte[]? _utf8;

    private Frame(byte[] utf8) => _utf8 = utf8;

    /// <summary>Encoded when it is sent: a lively row is replaced by its next state more often than not.</summary>
    private Frame(Func<byte[]> encode) => _encode = encode;

    public int Length => _utf8?.Length ?? RowLength;

    public ReadOnlySpan<byte> Bytes => _utf8 ??= _encode!();

    /// <summary>When that which it tells was decided; null for what was not.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>It tells of a row of the list that is on screen.</summary>
    public bool IsOfRow { get; private init; }

    public static Frame Of<T>(T live) => new(JsonSerializer.SerializeToUtf8Bytes(live, WireJson.Options));

    public static Frame Of(WireEvent live) => new(WireJson.Bytes(live, static (writer, it) => it.Write(writer))) { At = live.Event.At };

    /// <summary>
    /// +1 when a page of the version before cannot go on with this one; what it can ignore (a new field, a new kind of
    /// event) needs none. Pages are open for days: those that know a smaller number (web/shared/protocol.ts) ask for a
    /// reload, or do it themselves.
    /// </summary>
    public const int Protocol = 1;

    public static Frame Hello(DateTimeOffset now) => Of(new HelloEvent("hello", Protocol, now));
    public static Frame Bye(string code, bool reconnect) => Of(new ByeEvent("bye", code, reconnect));

    /// <summary>Come back, but not before that long: so that not all come in the same moment.</summary>
    public static Frame Bye(string code, TimeSpan after) => Of(new ByeEvent("bye", code, true, (int)after.TotalMilliseconds));
    public static Frame Tick(long version) => Of(new TickEvent("tick", version));
    public static Frame Row(long version, ConversationSummary row) => new(() => Encode(version, row)) { IsOfRow = true };
    public static Frame Removed(long version, string id) =>
        new(JsonSerializer.SerializeToUtf8Bytes(new RowRemovedEvent("queue-row", version, id), WireJson.Options)) { IsOfRow = true };
    public static Frame Counts(QueueCounts counts) => Of(new QueueCountsEvent("queue-counts", counts));
    public static Frame Presence(string visitorId, bool online) => Of(new PresenceEvent("presence", visitorId, online));
    public static Frame Visitor(VisitorProfile visitor) => Of(new VisitorEvent("visitor", VisitorFields.Of(visitor)));
    public static Frame Customer(CustomerChanged customer) =>
        Of(new CustomerEvent("visitor", new CustomerFields(customer.VisitorId, CustomerCards.Of(customer.Cards))));
    public static Frame Typing(string conversationId, Author by, bool isTyping) => Of(new TypingEvent("typing", conversationId, by, isTyping));
    public static Frame Viewers(ViewersChanged viewers) => Of(new ViewersEvent("viewers", viewers.ConversationId, viewers.Viewers));
    public static Frame Alert(string why, string conversationId, Contact? visitor = null, string? preview = null) =>
        Of(new AlertEvent("alert", why, conversationId, visitor, preview));
    public static Frame Agent(AgentProfile agent) => Of(new AgentEvent("agent", agent));

    private static byte[] Encode(long version, ConversationSummary row) => WireJson.Bytes((version, row), static (writer, it) =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "queue-row"u8);
        writer.WriteNumber("version"u8, it.version);
        writer.WritePropertyName("row"u8);
        WireJson.Write(writer, it.row);
        writer.WriteEndObject();
    });

    private sealed record HelloEvent(string Kind, int Protocol, DateTimeOffset ServerTime);

    /// <param name="Reconnect">Whether it is worth coming back.</param>
    /// <param name="AfterMs">Not before so many ms; null: at will.</param>
    private sealed record ByeEvent(string Kind, string Code, bool Reconnect, int? AfterMs = null);
    private sealed record TickEvent(string Kind, long Version);
    private sealed record RowRemovedEvent(string Kind, long Version, string Removed);
    private sealed record QueueCountsEvent(string Kind, QueueCounts Counts);
    private sealed record PresenceEvent(string Kind, string VisitorId, bool Online);
    private sealed record VisitorEvent(string Kind, VisitorFields Visitor);
    private sealed record CustomerEvent(string Kind, CustomerFields Visitor);
    private sealed record CustomerFields(string Id, ImmutableDictionary<string, JsonElement> Integrations);
    private sealed record TypingEvent(string Kind, string ConversationId, Author By, bool IsTyping);
    private sealed record ViewersEvent(string Kind, string ConversationId, IReadOnlyList<Viewer> Viewers);
    private sealed record AlertEvent(string Kind, string Why, string ConversationId, Contact? Visitor, string? Preview);
    private sealed record AgentEvent(string Kind, AgentProfile Agent);
}

/// <summary>A visitor as the protocol shows one, without what the edge looks up beside it.</summary>
internal record VisitorFields
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public string? Email { get; init; }
    public bool Verified { get; init; }
    public bool Online { get; init; }
    public PageView? Page { get; init; }
    public Device Device { get; init; }
    public string? Browser { get; init; }
    public Location? Location { get; init; }
    public string? Locale { get; init; }
    public string? TimeZone { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }

    public static VisitorFields Of(VisitorProfile visitor) => new(visitor);

    protected VisitorFields()
    {
    }

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    protected VisitorFields(VisitorProfile visitor)
    {
        Id = visitor.Id;
        Name = visitor.Name;
        Email = visitor.Email;
        Verified = visitor.Verified;
        Online = visitor.Online;
        Page = visitor.Page;
        Device = visitor.Device;
        Browser = visitor.Browser;
        Location = visitor.Location;
        Locale = visitor.Locale;
        TimeZone = visitor.TimeZone;
        StartedAt = visitor.StartedAt;
        LastSeenAt = visitor.LastSeenAt;
    }
}
