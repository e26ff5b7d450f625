namespace LiveSupport.Embedded.Runtime;

/// <summary>
/// One activation's thread of control: what is posted here runs piece by piece and never two at once. As the
/// current context of running grain code it also gets what follows each await.
/// </summary>
internal sealed class Turns(GrainRuntime runtime) : SynchronizationContext, IThreadPoolWorkItem
{
    /// <summary>Pieces in a row before other activations may have the thread.</summary>
    private const int Slice = 100;

    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Run, object? State)> _pieces = new();
    private bool _taken;

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _pieces.Enqueue((d, state));
            if (_taken)
                return;
            _taken = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Waiting for a turn would block a thread; post instead.");

    /// <summary>Takes the turn on this very thread if nobody has it: an uncontended call costs no thread switch.</summary>
    public bool TryEnter(out SynchronizationContext? previous)
    {
        previous = null;
        lock (_gate)
        {
            if (_taken)
                return false;
            _taken = true;
        }

        previous = Current;
        SetSynchronizationContext(this);
        return true;
    }

    /// <summary>Gives back what <see cref="TryEnter"/> took; what was posted meanwhile goes to the pool, not to the caller.</summary>
    public void Exit(SynchronizationContext? previous)
    {
        SetSynchronizationContext(previous);
        lock (_gate)
        {
            if (_pieces.Count == 0)
            {
                _taken = false;
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        var previous = Current;
        SetSynchronizationContext(this);
        try
        {
            for (var i = 0; i < Slice; i++)
            {
                (SendOrPostCallback Run, object? State) piece;
                lock (_gate)
                {
                    if (!_pieces.TryDequeue(out piece))
                    {
                        _taken = false;
                        return;
                    }
                }

                try
                {
                    piece.Run(piece.State);
                }
                catch (Exception stray)
                {
                    // Nobody waits for it (an async void): it may not take the process with it.
                    runtime.Stray(stray);
                }
            }
        }
        finally
        {
            SetSynchronizationContext(previous);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
