using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveSupport.Api.Security;

/// <summary>
/// A time from outside, as RFC 3339 has it. .NET's own converter takes a time without an offset as well, as one of the server's own
/// zone, and a day without a time.
/// </summary>
internal sealed class Rfc3339 : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time) && IsWhole(reader.GetString()!)
            ? time
            : throw new JsonException("It must be a time of RFC 3339: 2026-12-01T09:00:00Z.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    /// <summary>Of what .NET reads: with seconds and an offset.</summary>
    private static bool IsWhole(string text) =>
        text is { Length: >= 20 } && text[16] == ':' && (text[^1] == 'Z' || text[^6] is '+' or '-');
}
