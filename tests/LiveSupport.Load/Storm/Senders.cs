using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using LiveSupport.Load.Servers;
using LiveSupport.Load.Traffic;
using LiveSupport.Load.Wire;

namespace LiveSupport.Load.Storm;

/// <summary>Visitors who write all the while and whose connection nobody cuts: does the storm of the others disturb them?</summary>
internal sealed class Senders : LoadSocket.IListener, IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private readonly List<(LoadSocket Socket, Task Writing)> _all = [];
    private readonly ConcurrentQueue<double> _acks = new();
    private readonly CancellationTokenSource _stop = new();
    private int _refused;

    /// <summary>Messages that were not acknowledged.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public static async Task<Senders> Begin(ITarget target, int count, CancellationToken stop)
    {
        var senders = new Senders();
        for (var i = 0; i < count; i++)
        {
            var socket = await target.Visitor(i, senders, null, stop);
            senders._all.Add((socket, senders.Write(socket, i)));
        }
        return senders;
    }

    /// <summary>How long acknowledgements took since this was asked the last time, in ms from when the message was due.</summary>
    public Latency TakeAcks()
    {
        var taken = new List<double>();
        while (_acks.TryDequeue(out var one))
            taken.Add(one);
        return Latency.Of(taken);
    }

    public void Acked(int number, long seq, string? error)
    {
    }

    public void Event(ref Utf8JsonReader reader)
    {
    }

    public void Closed(string why) => Interlocked.Increment(ref _refused);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_all.Select(one => one.Writing));
        foreach (var (socket, _) in _all)
            socket.Dispose();
        _stop.Dispose();
    }

    private async Task Write(LoadSocket socket, int index)
    {
        await Task.Delay(Every * Random.Shared.NextDouble(), CancellationToken.None);
        using var period = new PeriodicTimer(Every);
        try
        {
            for (var written = 0; await period.WaitForNextTickAsync(_stop.Token); written++)
            {
                var due = Stopwatch.GetTimestamp();
                try
                {
                    await socket.Ask("Send", new { clientId = $"storm-{index}-{written}", text = "Is anybody there?" });
                    _acks.Enqueue(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
                }
                catch (IOException)
                {
                    Interlocked.Increment(ref _refused);
                }
                if (written % 16 == 15)
                    socket.Ping();
            }
        }
        catch (OperationCanceledException)
        {
            // That was all.
        }
    }
}
