using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveSupport.Api.Security;

/// <summary>
/// Names of enums, from outside: one name that there is. .NET's own converter takes "away,offline" as well, as if every
/// enum were a set of flags, and what it makes of that is no value at all.
/// </summary>
internal sealed class EnumNames : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    /// <summary>As they are written, in the order in which they are declared.</summary>
    public static IEnumerable<string> Names(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name);

    [SuppressMessage("Performance", "CA1812", Justification = "Made by reflection.")]
    private sealed class Of<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<string, T> Values = typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Zip(Names(typeof(T))).ToDictionary(one => one.Second, one => (T)one.First.GetValue(null)!, StringComparer.OrdinalIgnoreCase);

        private static readonly Dictionary<T, JsonEncodedText> Texts = Values.ToDictionary(one => one.Value, one => JsonEncodedText.Encode(one.Key));

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Values.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new JsonException($"It must be one of: {string.Join(", ", Values.Keys)}.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Texts[value]);
    }
}
