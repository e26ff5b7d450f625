using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Conversations;

/// <summary>
/// The record that each commit writes: the state and its open tail. Entries and events never change, so the JSON of each
/// is made once (<see cref="WrittenOnce{T}"/>).
/// </summary>
[Stored(Schema), JsonConverter(typeof(ConversationHeadConverter))]
public sealed class ConversationHead : IBringsRow
{
    internal const int Schema = 2;

    /// <summary>Only what was erased needs a program that knows of it: all others the version before reads too.</summary>
    internal int WrittenSchema => State?.Erased is null ? 1 : Schema;

    private readonly WrittenOnce<Entry> _tail = new(WireJson.Write);
    private readonly WrittenOnce<ConversationEvent> _others = new(Write);

    /// <summary>Null until the first commit.</summary>
    public ConversationState? State { get; set; }

    public RowAlong? Row { get; set; }

    internal void WriteState(Utf8JsonWriter writer)
    {
        using var state = StoredBytes.Joined(
            this,
            static (json, head) => head._others.Write(json, "others"u8, head.State!.Others),
            static (json, head) => GeneratedStateJson.Default.ConversationState.SerializeHandler!(json, head.State!));
        writer.WritePropertyName("state"u8);
        writer.WriteRawValue(state.Span, skipInputValidation: true);
    }

    internal void WriteTail(Utf8JsonWriter writer) => _tail.Write(writer, "tail"u8, State?.Tail ?? []);

    private static void Write(Utf8JsonWriter writer, ConversationEvent change) =>
        JsonSerializer.Serialize(writer, change, GeneratedStateJson.Default.ConversationEvent);
}

internal sealed class ConversationHeadConverter : JsonConverter<ConversationHead>
{
    private static readonly JsonSerializerOptions Json = WireJson.Options;

    public override ConversationHead Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var ahead = reader;
        if (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName && ahead.ValueTextEquals(StateJson.Schema) && ahead.Read())
            StateJson.Check(ahead.GetInt32(), ConversationHead.Schema);
        var stored = JsonSerializer.Deserialize<Stored>(ref reader, Json) ?? throw new JsonException("A conversation's record is null.");
        return new ConversationHead { State = stored.State is { } state ? state with { Tail = stored.Tail } : null };
    }

    public override void Write(Utf8JsonWriter writer, ConversationHead head, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber(StateJson.Schema, head.WrittenSchema);
        if (head.State is not null)
            head.WriteState(writer);
        head.WriteTail(writer);
        writer.WriteEndObject();
    }

    private sealed record Stored(ConversationState? State, ImmutableArray<Entry> Tail);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(ConversationState))]
internal sealed partial class GeneratedStateJson : JsonSerializerContext;
