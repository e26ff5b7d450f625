using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LiveSupport.Load.Servers;
using LiveSupport.Load.Wire;

namespace LiveSupport.Load.Traffic;

/// <summary>N visitors, each in a conversation that one of M agents has open, and every message between them.</summary>
internal sealed class Conversations : IDisposable
{
    private const int OpenAtOnce = 16;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(15);

    private readonly ITarget _target;
    private readonly Ledger _ledger;
    private readonly VisitorEnd[] _visitors;
    private readonly LoadSocket[] _agents;
    private readonly Timer _pings;

    /// <summary>In a closed loop each acknowledgement sends the next message, until this time.</summary>
    private long _closedUntil;

    private Conversations(ITarget target, Ledger ledger, int visitors, int agents)
    {
        (_target, _ledger, _visitors, _agents) = (target, ledger, new VisitorEnd[visitors], new LoadSocket[agents]);
        _pings = new Timer(_ => Ping(), null, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(8));
    }

    public Ledger Ledger => _ledger;

    public static async Task<Conversations> Open(ITarget target, int visitors, int agents, int capacity, bool join, CancellationToken stop)
    {
        var all = new Conversations(target, new Ledger(capacity, visitors), visitors, agents);
        for (var i = 0; i < agents; i++)
            all._agents[i] = await target.Agent(i, new AgentEnd(all._ledger), stop);
        await Parallel.ForEachAsync(Enumerable.Range(0, visitors), new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = stop },
            async (i, each) =>
            {
                var end = new VisitorEnd(all, i);
                end.Socket = await target.Visitor(i, end, null, each);
                end.ConversationId = await target.Begin(i, end.Socket);
                all._visitors[i] = end;
                await target.Take(all._agents[i % agents], end.ConversationId, join);
            });
        return all;
    }

    /// <summary>Every visitor sends the next message when the last one is acknowledged.</summary>
    public async Task<Measured> Closed(TimeSpan warmUp, TimeSpan measure, CancellationToken stop)
    {
        var begun = Stopwatch.GetTimestamp();
        Volatile.Write(ref _closedUntil, begun + (long)((warmUp + measure).TotalSeconds * Stopwatch.Frequency));
        foreach (var visitor in _visitors)
            visitor.Next();
        await Task.Delay(warmUp, stop);
        var before = Now();
        await Task.Delay(measure, stop);
        return await Finish(before, stop);
    }

    /// <summary>
    /// Messages are sent at a fixed rate, whatever becomes of them; each counts from when it was due. The warm-up is a
    /// closed loop: the same code, compiled to the end, in a fraction of the time.
    /// </summary>
    public async Task<Measured> Open(int perSecond, TimeSpan warmUp, TimeSpan measure, CancellationToken stop)
    {
        await Closed(TimeSpan.Zero, warmUp, stop);
        using var paced = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var pacer = new Thread(() => Pace(perSecond, paced.Token)) { IsBackground = true, Priority = ThreadPriority.AboveNormal };
        pacer.Start();
        await Task.Delay(Settle, stop);
        var before = Now();
        await Task.Delay(measure, stop);
        var after = Now();
        await paced.CancelAsync();
        pacer.Join();
        return await Finish(before, after, stop);
    }

    /// <summary>Reads everything back and compares.</summary>
    public async Task<Findings> Judge(CancellationToken stop)
    {
        var stored = new IReadOnlyList<StoredEntry>?[_visitors.Length];
        await Parallel.ForEachAsync(Enumerable.Range(0, stored.Length), new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = stop },
            async (i, each) => stored[i] = await _target.Stored(_visitors[i].ConversationId, each));
        return _ledger.Judge(stored);
    }

    public void Dispose()
    {
        _pings.Dispose();
        foreach (var visitor in _visitors)
            visitor?.Socket.Dispose();
        foreach (var agent in _agents)
            agent?.Dispose();
    }

    private void Pace(int perSecond, CancellationToken stop)
    {
        var begun = Stopwatch.GetTimestamp();
        for (long sent = 0; !stop.IsCancellationRequested;)
        {
            var due = begun + sent * Stopwatch.Frequency / perSecond;
            if (due > Stopwatch.GetTimestamp())
            {
                Thread.Sleep(1);
                continue;
            }
            _visitors[sent++ % _visitors.Length].Send(due);
        }
    }

    private Task<Measured> Finish(Moment before, CancellationToken stop) => Finish(before, Now(), stop);

    private async Task<Measured> Finish(Moment before, Moment after, CancellationToken stop)
    {
        var waited = Stopwatch.StartNew();
        while ((_ledger.Acked + _ledger.Refused < _ledger.Count || _ledger.Seen < _ledger.Acked) && waited.Elapsed < SettlesWithin)
            await Task.Delay(20, stop);
        var acked = after.Acked - before.Acked;
        var seconds = Stopwatch.GetElapsedTime(before.At, after.At).TotalSeconds;
        return new Measured(
            Math.Round(acked / seconds),
            _ledger.Latencies(before.Number, after.Number, seen: false),
            _ledger.Latencies(before.Number, after.Number, seen: true),
            Math.Round((after.Cpu - before.Cpu).TotalMilliseconds / Math.Max(acked, 1) * 1000, 1),
            Math.Round((after.OwnCpu - before.OwnCpu).TotalMilliseconds / Math.Max(acked, 1) * 1000, 1),
            acked,
            _ledger.Refused,
            _ledger.FirstRefusal,
            _ledger.Cut);
    }

    private Moment Now() =>
        new(Stopwatch.GetTimestamp(), _ledger.Count, _ledger.Acked, _target.Server.Cpu, Environment.CpuUsage.TotalTime);

    private void Ping()
    {
        foreach (var visitor in _visitors)
            visitor?.Socket?.Ping();
        foreach (var agent in _agents)
            agent?.Ping();
    }

    private readonly record struct Moment(long At, int Number, int Acked, TimeSpan Cpu, TimeSpan OwnCpu);

    private sealed class VisitorEnd(Conversations all, int index) : LoadSocket.IListener
    {
        public LoadSocket Socket { get; set; } = null!;
        public string ConversationId { get; set; } = "";

        /// <summary>The next message of a closed loop, unless it is over.</summary>
        public void Next()
        {
            var now = Stopwatch.GetTimestamp();
            if (now < Volatile.Read(ref all._closedUntil))
                Send(now);
        }

        public void Send(long due)
        {
            var number = all._ledger.Begin(index, due);
            if (number < 0)
                return;
            Span<byte> arguments = stackalloc byte[160];
            var at = Put(arguments, 0, "{\"clientId\":\""u8);
            at = Put(arguments, at, MessageId.Prefix);
            number.TryFormat(arguments[at..], out var digits, provider: CultureInfo.InvariantCulture);
            at = Put(arguments, at + digits, "\",\"text\":\"Could you tell me where my parcel is? It was due on Tuesday.\"}"u8);
            Socket.Send(number, "Send"u8, arguments[..at]);
        }

        public void Acked(int number, long seq, string? error)
        {
            all._ledger.Ack(number, seq, error);
            Next();
        }

        public void Event(ref Utf8JsonReader reader)
        {
        }

        public void Closed(string why) => Console.Error.WriteLine($"  A visitor's socket closed: {why}");

        private static int Put(Span<byte> to, int at, ReadOnlySpan<byte> part)
        {
            part.CopyTo(to[at..]);
            return at + part.Length;
        }
    }

    private sealed class AgentEnd(Ledger ledger) : LoadSocket.IListener
    {
        public void Acked(int number, long seq, string? error)
        {
        }

        public void Event(ref Utf8JsonReader reader)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("kind"u8))
                {
                    reader.Read();
                    if (!reader.ValueTextEquals("entry"u8))
                        return;
                }
                else if (reader.ValueTextEquals("entry"u8))
                {
                    reader.Read();
                    Entry(ref reader);
                    return;
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }

        public void Closed(string why)
        {
            ledger.AgentCut();
            Console.Error.WriteLine($"  An agent's socket closed: {why}");
        }

        private void Entry(ref Utf8JsonReader reader)
        {
            var number = -1;
            long seq = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("seq"u8))
                {
                    reader.Read();
                    seq = reader.GetInt64();
                }
                else if (reader.ValueTextEquals("id"u8))
                {
                    reader.Read();
                    if (!MessageId.TryParse(reader.ValueSpan, out number))
                        return;
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            if (number >= 0)
                ledger.See(number, seq);
        }
    }
}

/// <summary>One measurement.</summary>
/// <param name="PerSecond">Acknowledged messages a second.</param>
/// <param name="Ack">From due to the sender's acknowledgement.</param>
/// <param name="Seen">From due to the agent's screen.</param>
/// <param name="CpuPer1000">The server's CPU, in ms, for 1000 messages.</param>
/// <param name="OwnCpuPer1000">The same for the load itself.</param>
/// <param name="AgentsCut">Agents' sockets that the server closed.</param>
internal sealed record Measured(
    double PerSecond, Latency Ack, Latency Seen, double CpuPer1000, double OwnCpuPer1000, int Messages, int Refused, string? FirstRefusal, int AgentsCut);
