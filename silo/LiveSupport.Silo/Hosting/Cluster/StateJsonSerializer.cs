using System.Text.Json;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>Records in Orleans' own storages, in the same JSON as in ours.</summary>
internal sealed class StateJsonSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, StateJson.Options));

    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input, StateJson.Options)!;
}
