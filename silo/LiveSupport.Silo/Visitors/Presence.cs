using LiveSupport.Contracts;

namespace LiveSupport.Silo.Visitors;

/// <summary>
/// Who is there, by lease: each edge says how many of the visitor's connections it holds, and again every 20 s.
/// Pure; never stored, so that after an activation nothing is known, which is not the same as gone.
/// </summary>
public sealed class Presence
{
    /// <summary>A lease that was not renewed for so long is dead (two renewals missed).</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    /// <summary>So long after the last connection a visitor is still shown as online: a reload or a page change must not blink.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private readonly Dictionary<string, DateTimeOffset> _leases = [];
    private DateTimeOffset? _goneSince;

    /// <summary>The page that was reported last.</summary>
    public PageView? Page { get; private set; }

    /// <summary>True: there. False: gone. Null: nobody has said anything yet.</summary>
    public bool? Online { get; private set; }

    /// <summary>When to look again, or null when only a new report can change anything.</summary>
    public DateTimeOffset? NextLook =>
        _leases.Count > 0 ? _leases.Values.Min() : Online == true && _goneSince is { } gone ? gone + Grace : null;

    public void Report(string edgeId, int connections, PageView? page, DateTimeOffset now)
    {
        if (connections > 0)
            _leases[edgeId] = now + Lease;
        else
            _leases.Remove(edgeId);
        Page = page ?? Page;
        Look(now);
    }

    /// <summary>Lets time pass.</summary>
    public void Look(DateTimeOffset now)
    {
        foreach (var (edge, until) in _leases.ToList())
        {
            if (until <= now)
                _leases.Remove(edge);
        }
        if (_leases.Count > 0)
        {
            Online = true;
            _goneSince = null;
            return;
        }
        _goneSince ??= now;
        if (Online is not null && now >= _goneSince + Grace)
            Online = false;
    }
}
