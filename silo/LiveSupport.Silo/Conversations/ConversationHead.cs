using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Conversations;

/// <summary>
/// The record that each commit writes: the state and its open tail. An entry never changes, so its JSON is made once
/// and copied into every write until the entry moves to a page.
/// </summary>
[Stored(Schema), JsonConverter(typeof(ConversationHeadConverter))]
public sealed class ConversationHead : IBringsRow
{
    internal const int Schema = 2;

    /// <summary>Only what was erased needs a program that knows of it: all others the version before reads too.</summary>
    internal int WrittenSchema => State?.Erased is null ? 1 : Schema;

    private readonly List<(Entry Entry, byte[] Json)> _written = [];

    /// <summary>Null until the first commit.</summary>
    public ConversationState? State { get; set; }

    public RowAlong? Row { get; set; }

    /// <summary>The tail's entries as JSON, in order.</summary>
    internal IEnumerable<byte[]> Tail()
    {
        var tail = State?.Tail ?? [];
        var first = tail.IsEmpty ? 0 : tail[0].Seq;
        _written.RemoveAll(known => known.Entry.Seq < first || known.Entry.Seq >= first + tail.Length);
        for (var i = 0; i < tail.Length; i++)
        {
            if (i == _written.Count)
                _written.Add(default);
            if (!ReferenceEquals(_written[i].Entry, tail[i]))
                _written[i] = (tail[i], WireJson.Bytes(tail[i], WireJson.Write));
            yield return _written[i].Json;
        }
    }
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
        if (head.State is { } state)
        {
            writer.WritePropertyName("state"u8);
            GeneratedStateJson.Default.ConversationState.SerializeHandler!(writer, state);
        }
        writer.WriteStartArray("tail"u8);
        foreach (var entry in head.Tail())
            writer.WriteRawValue(entry, skipInputValidation: true);
        writer.WriteEndArray();
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
