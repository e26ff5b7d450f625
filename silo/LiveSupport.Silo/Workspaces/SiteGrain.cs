using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Workspaces;

[GrainType("site")]
public sealed class SiteGrain([PersistentState("site", StorageNames.Grains)] IPersistentState<SiteState> stored) : Grain, ISiteGrain
{
    public Task<string?> Workspace() => Task.FromResult(stored.State.WorkspaceId);

    public async Task<Outcome<Done>> Claim(string workspaceId)
    {
        if (stored.State.WorkspaceId == workspaceId)
            return Done.It;
        if (stored.State.WorkspaceId is not null)
            return new Refusal(Codes.Conflict, "This site key is taken; choose another.");
        await stored.Write(new SiteState { WorkspaceId = workspaceId }, DeactivateOnIdle);
        return Done.It;
    }
}
