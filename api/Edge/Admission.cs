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
    private readonly ConcurrencyLimiter _visitors = Door(limits);

    /// <summary>However many visitors come, an agent does not stand behind them.</summary>
    private readonly ConcurrencyLimiter _agents = Door(limits);

    /// <summary>
    /// A visitor who comes in, until it is disposed; to be taken for a session's beginning and for a socket's, and never
    /// while it is the other side that has to say something: whoever is slow with it would keep everybody else out.
    /// </summary>
    /// <exception cref="RefusedException">Too many, or the process is shutting down.</exception>
    public ValueTask<IDisposable> Enter(CancellationToken gone) => Enter(_visitors, gone);

    /// <inheritdoc cref="Enter(CancellationToken)"/>
    public ValueTask<IDisposable> EnterAgent(CancellationToken gone) => Enter(_agents, gone);

    /// <summary>A visitor's socket that was let in and has said its hello: it waits for its turn, and is not sent away any more.</summary>
    public async ValueTask<IDisposable> GoOn() => await _visitors.AcquireAsync();

    public void Dispose()
    {
        _visitors.Dispose();
        _agents.Dispose();
    }

    private async ValueTask<IDisposable> Enter(ConcurrencyLimiter door, CancellationToken gone)
    {
        if (drain.HasBegun)
            throw new RefusedException(Codes.Unavailable, "This server is shutting down; another one takes over.");
        if (door.GetStatistics()!.CurrentQueuedCount >= limits.EntriesWaiting)
            throw new RefusedException(Codes.Unavailable, "Too many come in at once. Try again in a moment.");
        return await door.AcquireAsync(1, gone);
    }

    /// <summary>Any number may wait here; how many newcomers may, <see cref="Enter(CancellationToken)"/> says.</summary>
    private static ConcurrencyLimiter Door(EdgeLimits limits) => new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limits.EntriesAtOnce,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });
}
