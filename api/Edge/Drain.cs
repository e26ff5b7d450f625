using System.Runtime.InteropServices;

namespace LiveSupport.Api.Edge;

/// <summary>
/// How an edge leaves: it takes nobody new (readiness says so), tells everybody to come back, spread over a moment so
/// that they do not all meet at the next edge at once, and waits a little until they are gone.
/// </summary>
internal sealed class Drain(Relays relays, TimeProvider clock, ILogger<Drain> log)
{
    /// <summary>People come back within this time and a bit more for each of them: 5,000 within 2 s.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SpreadEach = TimeSpan.FromMilliseconds(0.3);

    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private volatile bool _begun;

    /// <summary>Nobody new is taken.</summary>
    public bool HasBegun => _begun;

    public async Task Run()
    {
        _begun = true;
        var here = Outboxes();
        if (here.Count == 0)
            return;
        log.LogInformation("Sending {Count} connections elsewhere.", here.Count);
        var spread = Spread + (SpreadEach * here.Count);
        foreach (var outbox in here)
            outbox.Close(Frame.Bye("draining", spread * Random.Shared.NextDouble()));
        var started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < GoneWithin && Outboxes().Count > 0)
            await Task.Delay(Look, clock);
    }

    private List<Outbox> Outboxes() => [.. relays.All.SelectMany(watch => watch.Relay.Outboxes())];
}

/// <summary>Takes the signals that end a process: the first one drains it and then stops it, a second one stops it at once.</summary>
internal sealed class DrainThenStop(Drain drain, IHostApplicationLifetime lifetime) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _received;

    public Task WaitForStartAsync(CancellationToken stop)
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _signals.Add(PosixSignalRegistration.Create(signal, Received));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken stop) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void Received(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref _received) == 1)
            _ = Stop();
        else
            lifetime.StopApplication();
    }

    private async Task Stop()
    {
        try
        {
            await drain.Run();
        }
        finally
        {
            lifetime.StopApplication();
        }
    }
}
