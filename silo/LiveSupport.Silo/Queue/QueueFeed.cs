using System.Collections.Concurrent;
using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Queue;

/// <summary>
/// How this silo's conversations tell their queue of rows that are stored. What gathers while a call is on its way
/// shares the next, for in a cluster the queue is mostly on another silo.
/// </summary>
public sealed class QueueFeed(IGrainFactory grains, Gathering gathering)
{
    private readonly ConcurrentDictionary<string, Line> _lines = new();

    /// <summary>Completes when the queue has taken it, and fails when that is not known.</summary>
    public Task Took(string workspaceId, RowTaken taken)
    {
        var line = _lines.GetOrAdd(workspaceId, static (id, grains) => new Line(grains.GetGrain<IQueueGrain>(id)), grains);
        lock (line)
        {
            if (line.OnItsWay || gathering.On)
            {
                line.Waiting.Add(taken);
                if (!line.OnItsWay)
                    gathering.Begin(() => GoOn(line, Task.CompletedTask));
                line.OnItsWay = true;
                return line.Next.Task;
            }
            line.OnItsWay = true;
        }
        var call = line.Queue.Took([taken]);
        _ = GoOn(line, call);
        return call;
    }

    private async Task GoOn(Line line, Task call)
    {
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (Rest(line) is { } rest)
        {
            try
            {
                await line.Queue.Took(rest.Rows).ConfigureAwait(false);
                rest.Done.SetResult();
            }
            catch (Exception error)
            {
                rest.Done.SetException(error);
            }
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
