using System.Collections.Concurrent;
using LiveSupport.Api.Edge;

namespace LiveSupport.Api.Security;

/// <summary>
/// Sessions that were signed out, so that a copy of their cookie is worth nothing. The agent's grain keeps them; here is
/// what this edge has been told, and when it last asked.
/// </summary>
internal sealed class EndedSessions(IGrainFactory grains, TimeProvider clock)
{
    public static readonly TimeSpan CookieLife = TimeSpan.FromDays(14);

    /// <summary>The event of a sign-out elsewhere may be lost, so that the grain is asked again after this long.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(20);

    private const int SweepAt = 10_000;

    private readonly ConcurrentDictionary<string, (bool Ended, DateTimeOffset At)> _known = new();

    /// <summary>This edge was told of a sign-out.</summary>
    public void End(string session) => _known[session] = (true, clock.GetUtcNow());

    /// <summary>Signs it out on every edge, for as long as its cookie lives.</summary>
    public async Task EndEverywhere(SignedIn who)
    {
        End(who.Session);
        await grains.Agent(who.WorkspaceId, who.Agent.Id).EndSession(who.Session, clock.GetUtcNow() + CookieLife);
    }

    public async ValueTask<bool> Contains(SignedIn who)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(who.Session, out var known) && (known.Ended || now - known.At < AskEvery))
            return known.Ended;
        var ended = await grains.Agent(who.WorkspaceId, who.Agent.Id).HasEnded(who.Session);
        Sweep(now);
        // A sign-out that came while the grain was asked stays.
        return _known.AddOrUpdate(who.Session, _ => (ended, now), (_, told) => told.Ended ? told : (ended, now)).Ended;
    }

    private void Sweep(DateTimeOffset now)
    {
        if (_known.Count < SweepAt)
            return;
        foreach (var (session, (_, at)) in _known)
            if (now - at > AskEvery)
                _known.TryRemove(session, out _);
    }
}
