using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>Closes the sockets of sessions that are over: at once on sign-out, and within a minute after a revocation elsewhere.</summary>
internal sealed class AgentSessions(Relays relays, EndedSessions ended, IGrainFactory grains, ILogger<AgentSessions> log)
{
    public async Task End(SignedIn who)
    {
        await ended.EndEverywhere(who);
        foreach (var socket in relays.For(who.WorkspaceId).Agents())
            if (socket.Who.Session == who.Session)
                socket.Outbox.Close(Codes.NotSignedIn, reconnect: false);
    }

    /// <summary>The account's stamp has changed: closes the agent's sockets here, but for those of one session, at once.</summary>
    public void Revoke(string workspaceId, string agentId, string? butSession = null)
    {
        foreach (var socket in relays.For(workspaceId).Agents())
            if (socket.Who.Agent.Id == agentId && socket.Who.Session != butSession)
                socket.Outbox.Close(Codes.NotSignedIn, reconnect: false);
    }

    public async Task Check()
    {
        foreach (var relay in relays.All.Select(watch => watch.Relay))
            foreach (var agent in relay.Agents().GroupBy(socket => socket.Who.Agent.Id))
                await Check(relay.WorkspaceId, agent.Key, agent);
    }

    private async Task Check(string workspaceId, string agentId, IEnumerable<AgentConnection> sockets)
    {
        try
        {
            var account = await grains.Agent(workspaceId, agentId).Account();
            foreach (var socket in sockets)
                if (account is null || account.SecurityStamp != socket.Who.Stamp || await ended.Contains(socket.Who))
                    socket.Outbox.Close(Codes.NotSignedIn, reconnect: false);
        }
        catch (Exception broken)
        {
            log.LogWarning(broken, "The sessions of an agent could not be checked; trying again.");
        }
    }
}
