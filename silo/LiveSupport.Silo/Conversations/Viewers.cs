using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>Which agents have a conversation open: leases, in memory only.</summary>
public sealed class Viewers
{
    /// <summary>A lease that nobody renews ends after this.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    private ImmutableDictionary<string, (Viewer Viewer, DateTimeOffset Until)> _leases =
        ImmutableDictionary<string, (Viewer, DateTimeOffset)>.Empty;

    public bool Any => !_leases.IsEmpty;

    public ImmutableArray<Viewer> At(DateTimeOffset now) =>
        [.. _leases.Values.Where(lease => lease.Until > now).Select(lease => lease.Viewer).OrderBy(viewer => viewer.Id, StringComparer.Ordinal)];

    /// <summary>True when the list of viewers is another one than before.</summary>
    public bool Set(AgentRef agent, bool viewing, DateTimeOffset now)
    {
        var before = _leases;
        _leases = viewing
            ? _leases.SetItem(agent.Id, (new Viewer(agent.Id, agent.Name), now + Lease))
            : _leases.Remove(agent.Id);
        return before.Count != _leases.Count;
    }

    /// <summary>Drops the leases that have run out; true when there were any.</summary>
    public bool Expire(DateTimeOffset now)
    {
        var before = _leases;
        _leases = _leases.RemoveRange(_leases.Where(lease => lease.Value.Until <= now).Select(lease => lease.Key));
        return before.Count != _leases.Count;
    }
}
