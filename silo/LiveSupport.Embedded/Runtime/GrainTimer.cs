using Microsoft.Extensions.Logging;

namespace LiveSupport.Embedded.Runtime;

/// <summary>A timer of one activation. Each tick is a call to itself; the next is set when it is over.</summary>
internal sealed partial class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly bool _interleave;
    private readonly bool _keepAlive;
    private readonly CancellationTokenSource _ended = new();
    private readonly ITimer _clock;
    private TimeSpan _period;
    private bool _isRunning;
    private bool _changed;
    private bool _missed;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _interleave = options.Interleave;
        _keepAlive = options.KeepAlive;
        _period = options.Period;
        using (ExecutionContext.SuppressFlow())
        {
            _clock = activation.Runtime.Clock.CreateTimer(
                static timer => ((GrainTimer)timer!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _clock.Change(options.DueTime, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        _changed = true;
        _clock.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _clock.Dispose();
        _ended.Cancel();
        _activation.Forget(this);
    }

    private void Tick() => _activation.Post(new TickCall(Run, _interleave, _keepAlive) { SentAt = _activation.Runtime.Clock.GetTimestamp() });

    private async Task Run()
    {
        if (_isRunning)
        {
            // Changed during its own tick, in a grain that interleaves: it comes after this tick, not into it.
            _missed = true;
            return;
        }

        if (_ended.IsCancellationRequested)
            return;
        (_isRunning, _changed, _missed) = (true, false, false);
        try
        {
            await _callback(_ended.Token);
        }
        catch (SiloUnavailableException)
        {
            // The process stops, and long work of a timer with it.
        }
        catch (Exception error)
        {
            if (!_ended.IsCancellationRequested)
                TickFailed(_activation.Runtime.Logger, error, _activation.GrainId);
        }

        _isRunning = false;
        if (_ended.IsCancellationRequested)
            return;
        if (_missed)
            _clock.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        else if (!_changed)
            _clock.Change(_period, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A timer of {Grain} failed; it goes on.")]
    private static partial void TickFailed(ILogger logger, Exception error, GrainId grain);
}

/// <summary>One tick, waiting its turn like a call.</summary>
internal sealed class TickCall(Func<Task> run, bool interleave, bool keepAlive) : VoidCall("timer", readOnly: false)
{
    public override bool Interleaves => interleave;

    public override bool IsUse => keepAlive;

    public override Task Invoke(object grain) => run();
}
