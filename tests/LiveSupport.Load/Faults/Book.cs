using System.Collections.Concurrent;
using System.Diagnostics;
using LiveSupport.Load.Traffic;

namespace LiveSupport.Load.Faults;

/// <summary>What was acknowledged to whom, how long it took, and how long people were cut off.</summary>
internal sealed class Book
{
    private readonly ConcurrentDictionary<string, Sent> _sent = new();
    private ConcurrentBag<double> _waits = [];
    private ConcurrentBag<double> _reconnects = [];
    private int _refused;
    private long _next;

    /// <param name="Order">Messages of one sender are ordered by it.</param>
    /// <param name="Seq">The acknowledged number.</param>
    private sealed record Sent(string ConversationId, string Sender, long Order, long Seq);

    /// <summary>What happened since the last call.</summary>
    public Times TakeTimes() => new(
        Latency.Of(Interlocked.Exchange(ref _waits, [])),
        Latency.Of95(Interlocked.Exchange(ref _reconnects, []), out var reconnects), reconnects,
        Interlocked.Exchange(ref _refused, 0));

    public long Order() => Interlocked.Increment(ref _next);

    public void Acked(string id, string conversationId, string sender, long order, long seq, long sentAt)
    {
        _sent[id] = new Sent(conversationId, sender, order, seq);
        _waits.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
    }

    public int Acknowledged => _sent.Count;

    public void Refused() => Interlocked.Increment(ref _refused);

    public void Reconnected(long lostAt) => _reconnects.Add(Stopwatch.GetElapsedTime(lostAt).TotalMilliseconds);

    /// <summary>Holds what was acknowledged against what is stored.</summary>
    public Findings Judge(IReadOnlyDictionary<string, IReadOnlyList<StoredEntry>> stored)
    {
        int lost = 0, doubled = 0, reordered = 0, gaps = 0, wrongSeq = 0;
        var found = new Dictionary<string, (string ConversationId, long Seq)>();
        foreach (var (conversationId, entries) in stored)
        {
            var ids = new HashSet<string>();
            var last = new Dictionary<string, long>();
            for (var i = 0; i < entries.Count; i++)
            {
                if (entries[i].Seq != i + 1)
                    gaps++;
                // What the server itself writes is only named within its conversation.
                if (!ids.Add(entries[i].Id) || (!found.TryAdd(entries[i].Id, (conversationId, entries[i].Seq)) && _sent.ContainsKey(entries[i].Id)))
                    doubled++;
                if (!_sent.TryGetValue(entries[i].Id, out var sent))
                    continue;
                if (sent.Order < last.GetValueOrDefault(sent.Sender))
                    reordered++;
                last[sent.Sender] = sent.Order;
            }
        }
        foreach (var (id, sent) in _sent)
        {
            if (!found.TryGetValue(id, out var at))
                lost++;
            else if (at != (sent.ConversationId, sent.Seq))
                wrongSeq++;
        }
        return new Findings(lost, doubled, reordered, gaps, wrongSeq, NotSeen: 0);
    }
}

/// <param name="Ack">From sending to the acknowledgement, retries included; ms.</param>
/// <param name="ReconnectP95">From losing the connection to serving on the next one; ms.</param>
/// <param name="Refused">Answers "try again".</param>
internal sealed record Times(Latency Ack, double ReconnectP95, int Reconnects, int Refused);
