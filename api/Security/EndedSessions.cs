using System.Collections.Concurrent;

namespace LiveSupport.Api.Security;

/// <summary>
/// Sessions that were signed out, so that a copy of their cookie is worth nothing. Kept for as long as a cookie
/// lives; a change of the password ends sessions durably, through the security stamp.
/// </summary>
internal sealed class EndedSessions(TimeProvider clock)
{
    public static readonly TimeSpan CookieLife = TimeSpan.FromDays(14);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _ended = new();

    public void End(string session)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, at) in _ended)
            if (now - at > CookieLife)
                _ended.TryRemove(old, out _);
        _ended[session] = now;
    }

    public bool Contains(string session) => _ended.ContainsKey(session);
}
