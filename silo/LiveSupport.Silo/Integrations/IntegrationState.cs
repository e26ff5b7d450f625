using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Integrations;

[Stored(1)]
public sealed record IntegrationState
{
    public bool Connected { get; init; }
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>By name, encrypted.</summary>
    public ImmutableDictionary<string, string> Secrets { get; init; } = ImmutableDictionary<string, string>.Empty;
    public DateTimeOffset? LastSuccessAt { get; init; }
    public FailedAt? LastError { get; init; }
}
