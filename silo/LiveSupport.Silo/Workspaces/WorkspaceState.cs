using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Workspaces;

[GenerateSerializer, Immutable, Alias("ls.workspace-state"), Stored(1)]
public sealed record WorkspaceState
{
    [Id(0)] public WorkspaceSettings? Settings { get; init; }
    [Id(1)] public ImmutableArray<AgentProfile> Agents { get; init; } = [];
    [Id(2)] public Knowledge Knowledge { get; init; } = new(0, []);
}

[GenerateSerializer, Immutable, Alias("ls.site-state"), Stored(1)]
public sealed record SiteState
{
    [Id(0)] public string? WorkspaceId { get; init; }
}
