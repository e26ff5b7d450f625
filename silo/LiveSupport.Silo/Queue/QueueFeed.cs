using System.Collections.Concurrent;
using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Queue;

/// <summary>
/// How this silo's conversations tell their queue of rows that are stored. A call goes at once; what gathers while it is
/// on its way shares the next, for in a cluster the queue is mostly on another silo.
/// </summary>
public sealed class QueueFeed(IGrainFactory grains, Pace pace)
{
    private readonly ConcurrentDictionary<string, Line> _lines = new();

    /// <summary>Completes when the queue has taken it, and fails when that is not known.</summary>
    public Task Took(string workspaceId, RowTaken taken)
    {
        var line = _lines.GetOrAdd(workspaceId, static (id, grains) => new Line(grains.GetGrain<IQueueGrain>(id)), grains);
        lock (line)
        {
            if (line.OnItsWay)
            {
                line.Waiting.Add(taken);
                return line.Next.Task;
            }
            line.OnItsWay = true;
        }
        var begun = pace.Begin();
        var call = line.Queue.Took([taken]);
        _ = GoOn(line, call, begun);
        return call;
    }

    private async Task GoOn(Line line, Task call, long begun)
    {
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await pace.Rest(begun).ConfigureAwait(false);
        while (Rest(line) is { } rest)
        {
            begun = pace.Begin();
            try
            {
                await line.Queue.Took(rest.Rows).ConfigureAwait(false);
                rest.Done.SetResult();
            }
            catch (Exception error)
            {
                rest.Done.SetException(error);
            }

            await pace.Rest(begun).ConfigureAwait(false);
        }
    }

    /// <summary>What gathered meanwhile; null: nothing, and the next call goes at once.</summary>
    private static (ImmutableArray<RowTaken> Rows, TaskCompletionSource Done)? Rest(Line line)
    {
        lock (line)
        {
            if (line.Waiting.Count == 0)
            {
                line.OnItsWay = false;
                return null;
            }
            var rest = (line.Waiting.ToImmutableArray(), line.Next);
            line.Waiting.Clear();
            line.Next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return rest;
        }
    }

    private sealed class Line(IQueueGrain queue)
    {
        public IQueueGrain Queue { get; } = queue;
        public bool OnItsWay { get; set; }
        public List<RowTaken> Waiting { get; } = [];
        public TaskCompletionSource Next { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
