using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage;

/// <summary>How state and rows are stored, by every store alike.</summary>
internal static class StateJson
{
    /// <summary>In which schema a record was written (<see cref="StoredAttribute"/>); its first field.</summary>
    public const string Schema = "schema";

    /// <summary>Web defaults; nulls left out, and letters of every script as they are: this JSON never meets HTML.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SaySchema } },
    };

    /// <exception cref="JsonException">A newer program wrote it.</exception>
    public static void Check(int stored, int known)
    {
        if (stored > known)
        {
            throw new JsonException(
                $"a newer version wrote it (schema {stored}; this program knows up to {known}). Start the newer version again, or restore a backup from before the upgrade.");
        }
    }

    private static void SaySchema(JsonTypeInfo shape)
    {
        if (shape.Kind != JsonTypeInfoKind.Object || shape.Type.GetCustomAttribute<StoredAttribute>(inherit: false) is not { Schema: var known })
            return;
        var schema = shape.CreateJsonPropertyInfo(typeof(int), Schema);
        schema.Get = _ => known;
        schema.Set = (_, stored) => Check((int)stored!, known);
        // Before the rest: what a newer program meant by that, this one cannot know.
        shape.Properties.Insert(0, schema);
    }
}
