using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LiveSupport.Contracts;

namespace LiveSupport.Silo;

/// <summary>
/// What a silo counts, under the meter and the activity source <c>LiveSupport</c>. Never with an id or a text.
/// </summary>
internal static class SiloMeasures
{
    public static readonly ActivitySource Source = new(Telemetry.Name);

    private static readonly Meter Meter = new(Telemetry.Name);
    private static readonly ConcurrentDictionary<string, StatusTally> Queues = new();
    private static long _queueRetries;
    private static long _failedCommits;

    private static readonly Counter<long> Accepted = Meter.CreateCounter<long>(
        "livesupport.messages.accepted", description: "Messages that are durable, by who wrote them.");

    private static readonly Histogram<double> CommitTime = Telemetry.Seconds(
        Meter, "livesupport.commit.duration", "One change of a conversation: stored, told to the queue, published.");

    private static readonly Histogram<double> StoreTime = Telemetry.Seconds(
        Meter, "livesupport.store.commit.duration", "One commit of the store, with its flush.");

    private static readonly Histogram<long> StoreBatch = Meter.CreateHistogram(
        "livesupport.store.batch.size", unit: null, "Writes that shared one commit of the store.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });

    private static readonly Histogram<double> BotTime = Telemetry.Seconds(
        Meter, "livesupport.bot.duration", "One turn of the bot, by how it ended.");

    static SiloMeasures()
    {
        Meter.CreateObservableGauge("livesupport.conversations", Count, description: "Conversations by status, from the queues of this process.");
        // Observed, so that they are there to be watched before the first has happened.
        Meter.CreateObservableCounter(
            "livesupport.queue.retries", () => Interlocked.Read(ref _queueRetries),
            description: "Rows that the queue did not take at once; they are told again until it does.");
        Meter.CreateObservableCounter(
            "livesupport.commits.failed", () => Interlocked.Read(ref _failedCommits),
            description: "Changes of a conversation that could not be stored; they were refused.");
    }

    /// <summary>To be measured from, in ticks.</summary>
    public static long Now => TimeProvider.System.GetTimestamp();

    public static void Stored(long began, int writes)
    {
        StoreTime.Record(SecondsSince(began));
        StoreBatch.Record(writes);
    }

    public static void QueueRetried() => Interlocked.Increment(ref _queueRetries);

    public static void Queue(string workspaceId, StatusTally total) => Queues[workspaceId] = total;

    public static void QueueIsElsewhere(string workspaceId) => Queues.TryRemove(workspaceId, out _);

    /// <summary>Measures until it is disposed.</summary>
    public static CommitMeasure Commit() => new(Now, Source.StartActivity("commit"));

    public static BotMeasure BotTurn() => new(Now, Source.StartActivity("bot turn"));

    private static double SecondsSince(long began) => TimeProvider.System.GetElapsedTime(began).TotalSeconds;

    private static IEnumerable<Measurement<int>> Count()
    {
        foreach (var total in Queues.Values)
        {
            yield return new Measurement<int>(total.Active, new KeyValuePair<string, object?>("status", "active"));
            yield return new Measurement<int>(total.Snoozed, new KeyValuePair<string, object?>("status", "snoozed"));
            yield return new Measurement<int>(total.Solved, new KeyValuePair<string, object?>("status", "solved"));
        }
    }

    private static string AuthorOf(Entry entry) => entry.Author.Type switch
    {
        AuthorType.Visitor => "visitor",
        AuthorType.Bot => "bot",
        _ => "agent",
    };

    /// <summary>One commit under way; a failed one until it says that it is stored.</summary>
    internal sealed class CommitMeasure(long began, Activity? activity) : IDisposable
    {
        private bool _stored;

        public void Stored(ImmutableArray<ConversationEvent> events)
        {
            _stored = true;
            foreach (var change in events)
                if (change is EntryAdded { Entry: { Kind: not EntryKind.System } entry })
                    Accepted.Add(1, new KeyValuePair<string, object?>("author", AuthorOf(entry)));
        }

        public void Dispose()
        {
            if (_stored)
                CommitTime.Record(SecondsSince(began));
            else
                Interlocked.Increment(ref _failedCommits);
            activity?.SetStatus(_stored ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
            activity?.Dispose();
        }
    }

    /// <summary>One turn of the bot under way.</summary>
    internal sealed class BotMeasure(long began, Activity? activity) : IDisposable
    {
        private string _outcome = "failed";

        /// <param name="outcome"><c>answered</c>, <c>handed-off</c>, or the code of the refusal.</param>
        public void Ended(string outcome) => _outcome = outcome;

        public void Dispose()
        {
            BotTime.Record(SecondsSince(began), new KeyValuePair<string, object?>("outcome", _outcome));
            activity?.Dispose();
        }
    }
}
