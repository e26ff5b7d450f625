using System.Collections.Concurrent;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>Whether anybody of a workspace's team is online, at most some seconds old: every visitor who waits asks for it.</summary>
internal sealed class TeamCache(IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (bool Online, DateTimeOffset At)> _known = new();

    public async Task<bool> IsOnline(string workspaceId)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(workspaceId, out var known) && (now - known.At).Duration() < MaxAge)
            return known.Online;
        var agents = await grains.Workspace(workspaceId).Agents();
        var online = agents.Any(agent => agent is { Availability: Availability.Online, Deactivated: false });
        _known[workspaceId] = (online, now);
        return online;
    }
}
