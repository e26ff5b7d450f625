using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Embedded.Runtime;

/// <summary>A state that an activation reads before its first call.</summary>
internal abstract class PersistentState
{
    public abstract Task ReadStateAsync();
}

internal sealed class PersistentState<T> : PersistentState, IPersistentState<T>
{
    private readonly string _name;
    private readonly GrainId _grainId;
    private readonly IGrainStorage _storage;
    private readonly GrainState<T> _held = new(New());

    /// <exception cref="BadProviderConfigException">The named storage is not registered.</exception>
    public PersistentState(PersistentStateAttribute named, GrainId grainId, IServiceProvider services)
    {
        _name = named.StateName;
        _grainId = grainId;
        _storage = services.GetKeyedService<IGrainStorage>(named.StorageName)
            ?? throw new BadProviderConfigException($"{grainId} wants its '{_name}' in the grain storage '{named.StorageName}', which is not registered.");
    }

    public T State
    {
        get => _held.State!;
        set => _held.State = value;
    }

    public string? Etag => _held.ETag;

    public bool RecordExists => _held.RecordExists;

    public override Task ReadStateAsync() => _storage.ReadStateAsync(_name, _grainId, _held);

    public Task WriteStateAsync() => _storage.WriteStateAsync(_name, _grainId, _held);

    public Task ClearStateAsync() => _storage.ClearStateAsync(_name, _grainId, _held);

    private static T? New() => typeof(T).IsValueType || typeof(T).GetConstructor(Type.EmptyTypes) is not null
        ? Activator.CreateInstance<T>()
        : default;
}
