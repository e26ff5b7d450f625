using System.Diagnostics;

namespace LiveSupport.Load.Traffic;

/// <param name="Id">The sender's id of it.</param>
internal readonly record struct StoredEntry(long Seq, string Id);

/// <summary>What became of every message of a run. A message's number is its place here and is in its id, so nothing is looked up.</summary>
internal sealed class Ledger(int capacity, int visitors)
{
    private readonly int[] _visitor = new int[capacity];
    private readonly long[] _due = new long[capacity];
    private readonly long[] _acked = new long[capacity];
    private readonly long[] _seen = new long[capacity];
    private readonly int[] _ackSeq = new int[capacity];
    private readonly int[] _seenSeq = new int[capacity];
    private readonly int[] _lastSeen = new int[visitors];
    private int _next;
    private int _ackedCount, _seenCount, _refused, _seenTwice, _seenOutOfOrder, _cut;
    private string? _firstRefusal;

    /// <summary>Messages begun so far; also the number of the next one.</summary>
    public int Count => Math.Min(Volatile.Read(ref _next), capacity);
    public int Acked => Volatile.Read(ref _ackedCount);
    public int Seen => Volatile.Read(ref _seenCount);
    public int Refused => Volatile.Read(ref _refused);
    public string? FirstRefusal => _firstRefusal;

    /// <summary>Agents' sockets that the server closed.</summary>
    public int Cut => Volatile.Read(ref _cut);

    /// <returns>The message's number; -1 when the ledger is full.</returns>
    public int Begin(int visitor, long due)
    {
        var number = Interlocked.Increment(ref _next) - 1;
        if (number >= capacity)
            return -1;
        _visitor[number] = visitor;
        _due[number] = due;
        return number;
    }

    public void Ack(int number, long seq, string? error)
    {
        if (error is not null)
        {
            Interlocked.CompareExchange(ref _firstRefusal, error, null);
            Interlocked.Increment(ref _refused);
            return;
        }
        _ackSeq[number] = (int)seq;
        _acked[number] = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _ackedCount);
    }

    public void See(int number, long seq)
    {
        if (_seen[number] != 0)
        {
            Interlocked.Increment(ref _seenTwice);
            return;
        }
        _seenSeq[number] = (int)seq;
        _seen[number] = Stopwatch.GetTimestamp();
        if (seq <= _lastSeen[_visitor[number]])
            Interlocked.Increment(ref _seenOutOfOrder);
        _lastSeen[_visitor[number]] = (int)seq;
        Interlocked.Increment(ref _seenCount);
    }

    public void AgentCut() => Interlocked.Increment(ref _cut);

    /// <summary>How long messages took from when they were due to their acknowledgement, or to their viewer; in ms.</summary>
    public Latency Latencies(int from, int to, bool seen)
    {
        var ends = seen ? _seen : _acked;
        return Latency.Of(Enumerable.Range(from, to - from).Where(i => ends[i] != 0)
            .Select(i => Stopwatch.GetElapsedTime(_due[i], ends[i]).TotalMilliseconds));
    }

    /// <summary>Holds the run against what is stored.</summary>
    public Findings Judge(IReadOnlyList<IReadOnlyList<StoredEntry>?> storedByVisitor)
    {
        int lost = 0, doubled = 0, reordered = _seenOutOfOrder, gaps = 0, wrongSeq = 0, notSeen = 0;
        var storedSeq = new int[Count];
        for (var visitor = 0; visitor < storedByVisitor.Count; visitor++)
        {
            if (storedByVisitor[visitor] is not { } stored)
                continue;
            var ids = new HashSet<string>();
            var last = -1;
            for (var i = 0; i < stored.Count; i++)
            {
                if (stored[i].Seq != i + 1)
                    gaps++;
                if (!ids.Add(stored[i].Id))
                    doubled++;
                if (!MessageId.TryParse(stored[i].Id, out var number) || number >= Count)
                    continue;
                storedSeq[number] = (int)stored[i].Seq;
                if (number < last || _visitor[number] != visitor)
                    reordered++;
                last = number;
            }
        }
        var isStoring = storedByVisitor.Any(stored => stored is not null);
        for (var i = 0; i < Count; i++)
        {
            if (_acked[i] != 0 && isStoring && storedSeq[i] == 0)
                lost++;
            if (_acked[i] != 0 && isStoring && storedSeq[i] != _ackSeq[i])
                wrongSeq++;
            if (_acked[i] != 0 && _seen[i] == 0)
                notSeen++;
            if (_seen[i] != 0 && _acked[i] != 0 && _seenSeq[i] != _ackSeq[i])
                wrongSeq++;
        }
        return new Findings(lost, doubled + _seenTwice, reordered, gaps, wrongSeq, notSeen);
    }
}

/// <summary>Everything must be 0.</summary>
/// <param name="Lost">Acknowledged and not stored.</param>
/// <param name="Doubled">Stored twice, or shown twice to a viewer.</param>
/// <param name="Reordered">Stored or shown in another order than sent.</param>
/// <param name="Gaps">Numbers of the transcript that are missing.</param>
/// <param name="WrongSeq">Acknowledged or shown under another number than stored.</param>
/// <param name="NotSeen">Acknowledged, and not shown to the viewer that had the conversation open.</param>
internal sealed record Findings(int Lost, int Doubled, int Reordered, int Gaps, int WrongSeq, int NotSeen)
{
    public bool AllHold => this == new Findings(0, 0, 0, 0, 0, 0);

    public override string ToString() => AllHold
        ? "0 lost, 0 doubled, 0 reordered"
        : $"{Lost} LOST, {Doubled} DOUBLED, {Reordered} REORDERED, {Gaps} gaps, {WrongSeq} wrong seq, {NotSeen} not seen";
}

/// <summary>Milliseconds.</summary>
internal sealed record Latency(double P50, double P99, double P999, double Max)
{
    public static Latency Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.ToArray();
        Array.Sort(sorted);
        return sorted.Length == 0 ? new Latency(0, 0, 0, 0) : new Latency(At(0.5), At(0.99), At(0.999), sorted[^1]);

        double At(double part) => Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))], 3);
    }

    /// <summary>Only the 95th percentile, and of how many.</summary>
    public static double Of95(IReadOnlyCollection<double> milliseconds, out int count)
    {
        count = milliseconds.Count;
        return count == 0 ? 0 : milliseconds.Order().ElementAt(Math.Min(count - 1, count * 95 / 100));
    }

    public override string ToString() => FormattableString.Invariant($"{P50:0.00} / {P99:0.0} / {P999:0.0}");
}
