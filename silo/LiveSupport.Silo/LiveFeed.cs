using System.Collections.Concurrent;
using LiveSupport.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo;

/// <summary>
/// How this silo's grains tell the edges what happened. Nobody waits for the stream, and what gathers while it takes
/// one item shares the next: in a cluster an item costs calls between processes, for the silo and for every edge.
/// What one grain says keeps its order.
/// </summary>
public sealed partial class LiveFeed(
    [FromKeyedServices(WorkspaceStream.Provider)] IStreamProvider streams, Gathering gathering, ILogger<LiveFeed> logger)
{
    private const int MostTogether = 128;

    /// <summary>Events that may wait for a stream that hangs. What comes then is dropped: events are hints, and who misses
    /// one sees the gap (in <c>rev</c>, in <c>version</c>, in the ticks) and asks for the truth.</summary>
    private const int MostWaiting = 10_000;

    private readonly ConcurrentDictionary<string, Line> _lines = new();

    /// <summary>Never fails, and never waits.</summary>
    public void Publish(string workspaceId, WorkspaceEvent happened)
    {
        var line = _lines.GetOrAdd(workspaceId, static id => new Line(id));
        lock (line)
        {
            if (line.Waiting.Count < MostWaiting)
                line.Waiting.Enqueue(happened);
            if (line.Sending)
                return;
            line.Sending = true;
        }
        gathering.Begin(() => Send(line));
    }

    private async Task Send(Line line)
    {
        while (Next(line) is { } next)
        {
            try
            {
                // Perhaps begun in the turn of the grain that spoke first, gone on with in nobody's.
                line.Stream ??= streams.GetStream<WorkspaceEvent>(StreamId.Create(WorkspaceStream.Namespace, line.WorkspaceId));
                await line.Stream.OnNextAsync(next).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                NotTaken(error, line.WorkspaceId);
            }
        }
    }

    private static WorkspaceEvent? Next(Line line)
    {
        lock (line)
        {
            switch (line.Waiting.Count)
            {
                case 0:
                    line.Sending = false;
                    return null;
                case 1:
                    return line.Waiting.Dequeue();
                default:
                    var together = new WorkspaceEvent[Math.Min(line.Waiting.Count, MostTogether)];
                    for (var i = 0; i < together.Length; i++)
                        together[i] = line.Waiting.Dequeue();
                    return new Together([.. together]);
            }
        }
    }

    private sealed class Line(string workspaceId)
    {
        public string WorkspaceId => workspaceId;
        public IAsyncStream<WorkspaceEvent>? Stream { get; set; }
        public Queue<WorkspaceEvent> Waiting { get; } = new();
        public bool Sending { get; set; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of {Workspace} did not take an event.")]
    private partial void NotTaken(Exception error, string workspace);
}
