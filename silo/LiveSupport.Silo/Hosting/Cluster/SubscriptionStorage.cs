using Orleans.Serialization;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>Orleans' record of who listens to a stream, in our own storage: its types know Orleans' serializer only.</summary>
internal sealed class SubscriptionStorage(IGrainStorage storage, Serializer serializer) : IGrainStorage
{
    private sealed record Stored
    {
        public byte[] Bytes { get; init; } = [];
    }

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = new GrainState<Stored>();
        await storage.ReadStateAsync(stateName, grainId, stored);
        grainState.State = stored.RecordExists ? serializer.Deserialize<T>(stored.State!.Bytes)! : Activator.CreateInstance<T>();
        (grainState.ETag, grainState.RecordExists) = (stored.ETag, stored.RecordExists);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = new GrainState<Stored>(new Stored { Bytes = serializer.SerializeToArray(grainState.State) }, grainState.ETag);
        await storage.WriteStateAsync(stateName, grainId, stored);
        (grainState.ETag, grainState.RecordExists) = (stored.ETag, stored.RecordExists);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = new GrainState<Stored>(new Stored(), grainState.ETag) { RecordExists = grainState.RecordExists };
        await storage.ClearStateAsync(stateName, grainId, stored);
        grainState.State = Activator.CreateInstance<T>();
        (grainState.ETag, grainState.RecordExists) = (stored.ETag, stored.RecordExists);
    }
}
