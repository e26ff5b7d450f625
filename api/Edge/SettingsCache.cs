using System.Collections.Concurrent;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>Workspaces' settings, at most some seconds old: read for every page and session, changed once a month.</summary>
internal sealed class SettingsCache(IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (WorkspaceSettings Settings, long At)> _known = new();

    /// <summary>Null when there is no such workspace.</summary>
    public async Task<WorkspaceSettings?> Of(string workspaceId)
    {
        if (_known.TryGetValue(workspaceId, out var known) && clock.GetElapsedTime(known.At) < MaxAge)
            return known.Settings;
        var settings = await grains.Workspace(workspaceId).Settings();
        if (settings is not null)
            _known[workspaceId] = (settings, clock.GetTimestamp());
        return settings;
    }

    public void Forget(string workspaceId) => _known.TryRemove(workspaceId, out _);

    /// <summary>The workspace that a site key belongs to, with its settings; null when the key is unknown.</summary>
    public async Task<(string WorkspaceId, WorkspaceSettings Settings)?> BySite(string siteKey) =>
        Ids.IsWellFormed(siteKey)
        && await grains.GetGrain<ISiteGrain>(siteKey).Workspace() is { } workspaceId
        && await Of(workspaceId) is { } settings
            ? (workspaceId, settings)
            : null;
}
