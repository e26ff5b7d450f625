namespace LiveSupport.Embedded;

/// <summary>One named piece of a grain's state. It is read before the grain's first call.</summary>
public interface IPersistentState<TState>
{
    TState State { get; set; }

    /// <summary>The version that was read or written last; null: there is none in the store.</summary>
    string? Etag { get; }

    bool RecordExists { get; }

    /// <exception cref="InconsistentStateException">The store holds another version than <see cref="Etag"/>.</exception>
    Task WriteStateAsync();

    Task ReadStateAsync();

    /// <inheritdoc cref="WriteStateAsync"/>
    Task ClearStateAsync();
}

/// <summary>Asks for an <see cref="IPersistentState{TState}"/> in a grain's constructor.</summary>
/// <param name="stateName">The state's name within its grain.</param>
/// <param name="storageName">The key under which the <see cref="IGrainStorage"/> is registered; null: the one without a key.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    public string StateName { get; } = stateName;

    public string? StorageName { get; } = storageName;
}

/// <summary>What a store reads into and writes from.</summary>
public interface IGrainState<T>
{
    T? State { get; set; }

    string? ETag { get; set; }

    bool RecordExists { get; set; }
}

public sealed class GrainState<T>(T? state, string? eTag) : IGrainState<T>
{
    public GrainState()
        : this(default)
    {
    }

    public GrainState(T? state)
        : this(state, null)
    {
    }

    public T? State { get; set; } = state;

    public string? ETag { get; set; } = eTag;

    public bool RecordExists { get; set; }
}

/// <summary>A store of grains' state. Registered as a keyed service under its name.</summary>
public interface IGrainStorage
{
    /// <summary>Fills <paramref name="grainState"/>; where there is no record, state is a new one and the ETag is null.</summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Writes if the stored version is <see cref="IGrainState{T}.ETag"/>, and sets the new one.</summary>
    /// <exception cref="InconsistentStateException">The store holds another version.</exception>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <inheritdoc cref="WriteStateAsync"/>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
}
