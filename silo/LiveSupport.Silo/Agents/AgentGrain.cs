using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Agents;

[GrainType("agent")]
public sealed class AgentGrain(
    [PersistentState("agent", StorageNames.Grains)] IPersistentState<AgentState> stored,
    LiveFeed live,
    TimeProvider clock) : Grain, IAgentGrain
{
    private string WorkspaceId => Ids.Split(this.GetPrimaryKeyString()).WorkspaceId;
    private string AgentId => Ids.Split(this.GetPrimaryKeyString()).Id;

    public Task<AgentAccount?> Account() => Task.FromResult(stored.State.Account);

    public async Task<Outcome<AgentAccount>> Save(AgentAccount account, string? expectedStamp)
    {
        if (account.Id != AgentId)
            return new Refusal(Codes.NotFound, "There is no such agent.");
        if (stored.State.Account?.ConcurrencyStamp != expectedStamp)
            return new Refusal(Codes.Conflict, "The account was changed meanwhile; read it again.");
        var before = Profile(stored.State);
        await Write(stored.State with { Account = account });
        if (before != Profile(stored.State))
            await Tell();
        return account;
    }

    public Task<AgentProfile?> Profile() => Task.FromResult(Profile(stored.State));

    public async Task<Outcome<AgentProfile>> SetAvailability(Availability availability)
    {
        if (stored.State.Account is null)
            return new Refusal(Codes.NotFound, "There is no such agent.");
        if (stored.State.Availability != availability)
        {
            await Write(stored.State with { Availability = availability });
            await Tell();
        }
        return Profile(stored.State)!;
    }

    public async Task EndSession(string session, DateTimeOffset until)
    {
        if (stored.State.EndedSessions.ContainsKey(session))
            return;
        var now = clock.GetUtcNow();
        await Write(stored.State with
        {
            EndedSessions = stored.State.EndedSessions.RemoveRange(stored.State.EndedSessions.Where(old => old.Value < now).Select(old => old.Key)).Add(session, until),
        });
        live.Publish(WorkspaceId, new SessionEnded(session));
    }

    public Task<bool> HasEnded(string session) => Task.FromResult(stored.State.EndedSessions.ContainsKey(session));

    /// <summary>The workspace's list shows it, and every dashboard.</summary>
    private async Task Tell()
    {
        var profile = Profile(stored.State)!;
        await GrainFactory.GetGrain<IWorkspaceGrain>(WorkspaceId).EnterAgent(profile, onlyFirst: false);
        live.Publish(WorkspaceId, new AgentChanged(profile));
    }

    private Task Write(AgentState next) => stored.Write(next, DeactivateOnIdle);

    private static AgentProfile? Profile(AgentState state) => state.Account is { } account
        ? new AgentProfile(account.Id, account.Name, account.Email, account.Role, state.Availability, account.Deactivated)
        : null;
}
