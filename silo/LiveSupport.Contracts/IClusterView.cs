using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>What the engine knows of its own silos and activations. One implementation for each engine.</summary>
public interface IClusterView
{
    /// <summary>The engine's name, for people.</summary>
    string Engine { get; }

    Task<ClusterPicture> Look();

    /// <summary>Which silo runs that conversation now; null when none does, or nobody knows.</summary>
    Task<string?> HostOf(IConversationGrain conversation);
}

public sealed record ClusterPicture(ImmutableArray<SiloSeen> Silos, ImmutableArray<GrainCount> Grains);

/// <param name="Status">As the engine names it, in small letters: <c>active</c>, <c>shuttingdown</c>, <c>dead</c> ….</param>
/// <param name="Activations">Grains in its memory.</param>
public sealed record SiloSeen(string Address, string Status, int Activations);

/// <param name="Grain">The type of grain.</param>
public sealed record GrainCount(string Grain, int Activations);

/// <summary>The store of this process, as operators see it.</summary>
public interface IStoreView
{
    /// <summary>E.g. <c>SQLite</c>.</summary>
    string Kind { get; }

    /// <summary>How much room the data takes; null when that cannot be said now.</summary>
    Task<long?> Bytes();

    /// <summary>Writes and flushes one small record. Null when that worked, otherwise one sentence that says why not.
    /// Answers within about two seconds and never throws.</summary>
    Task<string?> Problem();
}
