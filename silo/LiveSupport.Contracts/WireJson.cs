using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveSupport.Contracts;

/// <summary>
/// JSON as browsers and programs meet it: camelCase, enums by their public names, absent values left out (but
/// <c>owner</c>, whose null is news). Shared by hubs, REST, fixtures and tests.
/// </summary>
public static class WireJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = Options.Encoder, SkipValidation = true };
    [ThreadStatic] private static ArrayBufferWriter<byte>? _buffer;
    [ThreadStatic] private static Utf8JsonWriter? _writer;

    // What every message is made of is written by generated code: the same JSON in half the time.

    public static void Write(Utf8JsonWriter writer, Entry entry) => GeneratedJson.Default.Entry.SerializeHandler!(writer, entry);

    public static void Write(Utf8JsonWriter writer, QueueRow row) => GeneratedJson.Default.QueueRow.SerializeHandler!(writer, row);

    public static void Write(Utf8JsonWriter writer, ConversationSummary row) => GeneratedJson.Default.ConversationSummary.SerializeHandler!(writer, row);

    /// <summary>What <paramref name="write"/> writes, in the shape of <see cref="Options"/>. It must not ask for bytes itself.</summary>
    public static byte[] Bytes<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        var writer = _writer ??= new Utf8JsonWriter(buffer, WriterOptions);
        writer.Reset();
        write(writer, value);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Gives options that a framework owns (SignalR's, HTTP's) the same shape.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = true;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowOutOfOrderMetadataProperties = true;
        // Texts are shown as text and never pasted into HTML, so only what JSON itself demands is escaped.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    }

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(Entry))]
[JsonSerializable(typeof(QueueRow))]
[JsonSerializable(typeof(ConversationSummary))]
internal sealed partial class GeneratedJson : JsonSerializerContext;

/// <summary>
/// An event as both hubs push it: <c>{kind, conversationId, rev, at, …}</c>, one flat object. Mask it first
/// (<see cref="Masking.For"/>) when the reader is a visitor.
/// </summary>
[JsonConverter(typeof(WireEventConverter))]
public sealed record WireEvent(string ConversationId, ConversationEvent Event)
{
    /// <summary>The events of one commit as one reader may see them.</summary>
    public static IEnumerable<WireEvent> Of(ConversationChanged change, AuthorType reader) =>
        change.Events.Select(e => new WireEvent(change.ConversationId, Masking.For(reader, e)));

    public void Write(Utf8JsonWriter writer) => WireEventConverter.Write(writer, this);
}

/// <summary>The answer to <c>Sync</c>: <c>{events}</c> or <c>{snapshot}</c>.</summary>
public sealed record WireCatchUp(IReadOnlyList<WireEvent>? Events, ConversationSnapshot? Snapshot)
{
    public static WireCatchUp Of(string conversationId, CatchUp catchUp) =>
        new(catchUp.Events?.Select(e => new WireEvent(conversationId, e)).ToArray(), catchUp.Snapshot);
}

internal sealed class WireEventConverter : JsonConverter<WireEvent>
{
    public override WireEvent Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var ahead = reader;
        var conversationId = ConversationIdIn(ref ahead);
        var change = JsonSerializer.Deserialize<ConversationEvent>(ref reader, options);
        return new WireEvent(
            conversationId ?? throw new JsonException("An event without 'conversationId'."),
            change ?? throw new JsonException("An event cannot be null."));
    }

    public override void Write(Utf8JsonWriter writer, WireEvent value, JsonSerializerOptions options) => Write(writer, value);

    public static void Write(Utf8JsonWriter writer, WireEvent value)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, KindOf(value.Event));
        writer.WriteString("conversationId"u8, value.ConversationId);
        writer.WriteNumber("rev"u8, value.Event.Rev);
        writer.WriteString("at"u8, value.Event.At);
        switch (value.Event)
        {
            case EntryAdded added:
                writer.WritePropertyName("entry"u8);
                WireJson.Write(writer, added.Entry);
                break;
            case ModeChanged mode:
                Write(writer, "mode"u8, mode.Mode);
                writer.WriteNumber("epoch"u8, mode.Epoch);
                break;
            case StatusChanged status:
                Write(writer, "status"u8, status.Status);
                writer.WriteNumber("epoch"u8, status.Epoch);
                if (status.Until is { } until)
                    writer.WriteString("until"u8, until);
                break;
            case OwnerChanged owner:
                Write(writer, "owner"u8, owner.Owner);
                writer.WriteNumber("epoch"u8, owner.Epoch);
                break;
            case ReadMoved read:
                Write(writer, "by"u8, read.By);
                writer.WriteNumber("seq"u8, read.Seq);
                writer.WriteNumber("visitorEntriesRead"u8, read.VisitorEntriesRead);
                break;
            case ContactChanged contact:
                Write(writer, "visitor"u8, contact.Visitor);
                break;
        }
        writer.WriteEndObject();
    }

    private static string KindOf(ConversationEvent change) => change switch
    {
        EntryAdded => "entry",
        ModeChanged => "mode",
        StatusChanged => "status",
        OwnerChanged => "owner",
        ReadMoved => "read",
        ContactChanged => "contact",
        Hidden => "hidden",
        _ => throw new JsonException($"{change.GetType().Name} has no name on the wire."),
    };

    private static void Write<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> name, T value)
    {
        writer.WritePropertyName(name);
        JsonSerializer.Serialize(writer, value, WireJson.Options);
    }

    private static string? ConversationIdIn(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An event is an object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("conversationId"u8);
            reader.Read();
            if (found)
                return reader.GetString();
            reader.Skip();
        }
        return null;
    }
}
