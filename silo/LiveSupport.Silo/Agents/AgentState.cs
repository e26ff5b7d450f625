using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Agents;

[GenerateSerializer, Immutable, Alias("ls.agent-state"), Stored(1)]
public sealed record AgentState
{
    [Id(0)] public AgentAccount? Account { get; init; }
    [Id(1)] public Availability Availability { get; init; } = Availability.Offline;

    /// <summary>Sessions that were signed out, and when their cookies run out.</summary>
    [Id(2)] public ImmutableDictionary<string, DateTimeOffset> EndedSessions { get; init; } = ImmutableDictionary<string, DateTimeOffset>.Empty;
}
