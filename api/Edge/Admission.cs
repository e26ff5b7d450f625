using System.Threading.RateLimiting;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>
/// How many may come in at the same time. After an edge was lost, thousands come back at once; whoever does not fit in
/// gets 503 and tries again, while those who are in are served as ever. Clients back off with full jitter.
/// </summary>
internal sealed class Admission(Drain drain, EdgeLimits limits) : IDisposable
{
    private readonly ConcurrencyLimiter _doors = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limits.EntriesAtOnce,
        QueueLimit = limits.EntriesWaiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>One who comes in, until it is disposed; to be taken for a session's beginning and for a socket's.</summary>
    /// <exception cref="RefusedException">Too many, or the process is shutting down.</exception>
    public async ValueTask<IDisposable> Enter(CancellationToken gone)
    {
        if (drain.HasBegun)
            throw new RefusedException(Codes.Unavailable, "This server is shutting down; another one takes over.");
        var lease = await _doors.AcquireAsync(1, gone);
        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        throw new RefusedException(Codes.Unavailable, "Too many come in at once. Try again in a moment.");
    }

    /// <summary>The socket is served now: its place at the door is free.</summary>
    public static void IsIn(HttpContext http)
    {
        if (http.Items.TryGetValue(typeof(Admission), out var lease))
            ((IDisposable)lease!).Dispose();
    }

    public void Dispose() => _doors.Dispose();
}
