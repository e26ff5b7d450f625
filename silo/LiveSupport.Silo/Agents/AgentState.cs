using LiveSupport.Contracts;

namespace LiveSupport.Silo.Agents;

[GenerateSerializer, Immutable, Alias("ls.agent-state")]
public sealed record AgentState
{
    [Id(0)] public AgentAccount? Account { get; init; }
    [Id(1)] public Availability Availability { get; init; } = Availability.Offline;
}
