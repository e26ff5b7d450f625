using System.Collections.Concurrent;
using System.Text.Json;

namespace LiveSupport.Tests.Engine;

/// <summary>Grain storage in memory, with versions.</summary>
internal sealed class ShelfStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(GrainId, string), (string Json, string ETag)> _shelf = new();
    private int _reads;

    /// <summary>Records that were asked for so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref _reads);
        var found = _shelf.TryGetValue((grainId, stateName), out var kept);
        grainState.State = found ? JsonSerializer.Deserialize<T>(kept.Json)! : Activator.CreateInstance<T>();
        grainState.ETag = found ? kept.ETag : null!;
        grainState.RecordExists = found;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check(stateName, grainId, grainState);
        grainState.ETag = Guid.NewGuid().ToString();
        grainState.RecordExists = true;
        _shelf[(grainId, stateName)] = (JsonSerializer.Serialize(grainState.State), grainState.ETag);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check(stateName, grainId, grainState);
        _shelf.TryRemove((grainId, stateName), out _);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null!;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private void Check<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = _shelf.TryGetValue((grainId, stateName), out var kept) ? kept.ETag : null;
        if (stored != grainState.ETag)
            throw new InconsistentStateException("Written in between.", stored, grainState.ETag);
    }
}
