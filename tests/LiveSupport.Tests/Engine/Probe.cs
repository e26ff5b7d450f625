using System.Collections.Concurrent;

namespace LiveSupport.Tests.Engine;

/// <summary>How a test and its grains meet without a sleep: named gates, and a record of what happened in which order.</summary>
internal sealed class Probe
{
    /// <summary>Long enough for a slow machine; a test that waits this long has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private readonly ConcurrentQueue<string> _log = new();

    public IReadOnlyList<string> Log => [.. _log];

    public void Say(string what)
    {
        _log.Enqueue(what);
        Open(what);
    }

    public void Open(string gate) => Gate(gate).TrySetResult();

    public Task Pass(string gate) => Gate(gate).Task.WaitAsync(Patience);

    public bool IsOpen(string gate) => Gate(gate).Task.IsCompleted;

    private TaskCompletionSource Gate(string gate) =>
        _gates.GetOrAdd(gate, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
