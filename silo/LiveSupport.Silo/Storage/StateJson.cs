using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveSupport.Silo.Storage;

/// <summary>How state and rows are stored, by every store alike.</summary>
internal static class StateJson
{
    /// <summary>Web defaults; nulls left out, and letters of every script as they are: this JSON never meets HTML.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
