using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Embedded.Runtime;

/// <summary>
/// One living grain: which calls may start, how it begins and how it ends. Everything here happens inside the
/// activation's own <see cref="Turns"/>, so nothing is locked; only <see cref="Send"/>, <see cref="Post"/>,
/// <see cref="Collect"/> and <see cref="Stop"/> come from outside, and they go through the turns.
/// </summary>
internal sealed partial class Activation(GrainClass grainClass, string key)
{
    [ThreadStatic]
    private static Activation? _current;

    private readonly Turns _turns = new(grainClass.Runtime);
    private readonly Queue<GrainCall> _waiting = new();
    private readonly List<PersistentState> _states = [];
    private readonly List<GrainTimer> _timers = [];

    private Grain? _grain;
    private Stage _stage = Stage.New;
    private int _running;
    private int _writing;
    private DeactivationReason? _ending;
    private TaskCompletionSource? _gone;
    private long _usedAt = grainClass.Runtime.Clock.GetTimestamp();
    private long _sparedUntil;
    private volatile bool _isDead;

    private enum Stage
    {
        New,
        Activating,
        Active,
        Deactivating,
        Dead,
    }

    /// <summary>The activation whose grain is being constructed on this thread.</summary>
    public static Activation? Current => _current;

    public GrainRuntime Runtime => grainClass.Runtime;

    public GrainId GrainId => GrainId.Create(grainClass.GrainType, key);

    /// <summary>Over and forgotten: look for the next one.</summary>
    public bool IsDead => _isDead;

    /// <summary>Runs the call at once if nothing else is going on here, otherwise in its turn.</summary>
    public Task Send(GrainCall call)
    {
        call.SentAt = Runtime.Clock.GetTimestamp();
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack() || !_turns.TryEnter(out var previous))
        {
            Runtime.Watch(call);
            var promise = call.Promise;
            Post(call);
            return promise;
        }

        try
        {
            if (_stage == Stage.Active && _waiting.Count == 0 && MayStart(call))
            {
                var answer = Start(call);
                if (_ending is not null)
                    Next();
                return answer;
            }

            Runtime.Watch(call);
            Admit(call);
            return call.Promise;
        }
        finally
        {
            _turns.Exit(previous);
        }
    }

    /// <summary>Hands the call over without waiting for anything.</summary>
    public void Post(GrainCall call) => InTurn(() => Admit(call));

    public void Deactivate(DeactivationReason reason) => InTurn(() =>
    {
        _ending ??= reason;
        Next();
    });

    public void DelayDeactivation(TimeSpan time)
    {
        var clock = Runtime.Clock;
        Volatile.Write(
            ref _sparedUntil,
            time == Timeout.InfiniteTimeSpan || time == TimeSpan.MaxValue
                ? long.MaxValue
                : clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency));
    }

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        lock (_timers)
            _timers.Add(timer);
        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (_timers)
            _timers.Remove(timer);
    }

    public PersistentState AddState(PersistentState state)
    {
        _states.Add(state);
        return state;
    }

    /// <summary>Ends the activation if nobody has used it since <paramref name="cutoff"/> (in the clock's ticks).</summary>
    public void Collect(long cutoff)
    {
        if (!IsIdleSince(cutoff))
            return;
        InTurn(() =>
        {
            if (_stage != Stage.Active || _running > 0 || _waiting.Count > 0 || !IsIdleSince(cutoff))
                return;
            _ending ??= new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Nobody has used it for a while.");
            Next();
        });
    }

    /// <summary>Ends the activation after its present calls; done when it is gone.</summary>
    public Task Stop()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        InTurn(() =>
        {
            if (_stage is Stage.New or Stage.Dead)
            {
                Die();
                gone.SetResult();
                return;
            }

            _gone = gone;
            _ending ??= new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The process stops.");
            Next();
        });
        return gone.Task;
    }

    private void InTurn(Action action) => _turns.Post(static action => ((Action)action!)(), action);

    private bool IsIdleSince(long cutoff) =>
        !grainClass.KeepsAlive
        && Volatile.Read(ref _usedAt) < cutoff
        && Volatile.Read(ref _sparedUntil) < Runtime.Clock.GetTimestamp();

    /// <summary>One call at a time, but readers among themselves, and any in a reentrant grain.</summary>
    private bool MayStart(GrainCall call) =>
        _ending is null && (_running == 0 || grainClass.IsReentrant || call.Interleaves || (call.ReadOnly && _writing == 0));

    private void Admit(GrainCall call)
    {
        switch (_stage)
        {
            case Stage.Dead:
                Forward(call);
                break;
            case Stage.New:
                _waiting.Enqueue(call);
                _ = Activate();
                break;
            // First come, first served, so that a stream of readers cannot starve a writer.
            case Stage.Active when (_waiting.Count == 0 || call.Interleaves) && MayStart(call):
                Start(call);
                Next();
                break;
            default:
                _waiting.Enqueue(call);
                break;
        }
    }

    /// <summary>Runs the call up to its first await.</summary>
    private Task Start(GrainCall call)
    {
        Use(call);
        Task work;
        var caller = call.Trace is null ? null : Activity.Current;
        if (call.Trace is { } trace)
            Activity.Current = trace;
        try
        {
            work = call.Invoke(_grain!) ?? throw new InvalidOperationException($"{GrainId}.{call.Method} returned null instead of a task.");
        }
        catch (Exception error)
        {
            call.Fail(error);
            work = call.Promise;
        }
        finally
        {
            if (call.Trace is not null)
                Activity.Current = caller;
        }

        if (work.IsCompleted)
            return Answer(call, work);

        _running++;
        if (IsWriter(call))
            _writing++;
        var promise = call.Promise;
        Runtime.Watch(call);
        // Comes back into this turn: the current context is ours.
        work.GetAwaiter().UnsafeOnCompleted(() => Ended(call, work));
        return promise;
    }

    private void Ended(GrainCall call, Task work)
    {
        _running--;
        if (IsWriter(call))
            _writing--;
        Use(call);
        Answer(call, work);
        Next();
    }

    private Task Answer(GrainCall call, Task work)
    {
        Runtime.Metrics.Called(grainClass.GrainType, call, failed: !work.IsCompletedSuccessfully);
        if (work.Exception?.InnerException is InconsistentStateException stale)
            _ending ??= new DeactivationReason(DeactivationReasonCode.ApplicationError, stale, "Its state was written by somebody else.");
        var answer = call.Answer(work);
        call.Watch?.End();
        return answer;
    }

    /// <summary>Starts what may start now, and ends the activation when that is wanted and possible.</summary>
    private void Next()
    {
        if (_stage != Stage.Active)
            return;
        while (_waiting.TryPeek(out var call) && MayStart(call))
        {
            _waiting.Dequeue();
            if (!call.Promise.IsCompleted)
                Start(call);
        }

        if (_ending is { } reason && _running == 0)
            _ = Deactivate(_grain!, reason);
    }

    private async Task Activate()
    {
        _stage = Stage.Activating;
        try
        {
            using var limit = new CancellationTokenSource(Runtime.Options.CallTimeout, Runtime.Clock);
            _grain = Construct();
            foreach (var state in _states)
                await state.ReadStateAsync().WaitAsync(limit.Token);
            await _grain.OnActivateAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception error)
        {
            ActivationFailed(Runtime.Logger, error, GrainId);
            Runtime.Metrics.ActivationFailed();
            while (_waiting.TryDequeue(out var call))
                call.Fail(error);
            await Bury();
            return;
        }

        _stage = Stage.Active;
        Volatile.Write(ref _usedAt, Runtime.Clock.GetTimestamp());
        Next();
    }

    private Grain Construct()
    {
        var outer = _current;
        _current = this;
        try
        {
            return grainClass.Create(this);
        }
        finally
        {
            _current = outer;
        }
    }

    private async Task Deactivate(Grain grain, DeactivationReason reason)
    {
        _stage = Stage.Deactivating;
        StopTimers();
        try
        {
            using var limit = new CancellationTokenSource(Runtime.Options.CallTimeout, Runtime.Clock);
            await grain.OnDeactivateAsync(reason, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception error)
        {
            DeactivationFailed(Runtime.Logger, error, GrainId);
        }

        await Bury();
    }

    private async Task Bury()
    {
        try
        {
            if (_grain is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else if (_grain is IDisposable disposable)
                disposable.Dispose();
        }
        catch (Exception error)
        {
            DeactivationFailed(Runtime.Logger, error, GrainId);
        }

        Die();
    }

    private void Die()
    {
        StopTimers();
        _stage = Stage.Dead;
        _isDead = true;
        grainClass.Remove(key, this);
        while (_waiting.TryDequeue(out var call))
            Forward(call);
        _gone?.TrySetResult();
    }

    private void StopTimers()
    {
        GrainTimer[] timers;
        lock (_timers)
            timers = [.. _timers];
        foreach (var timer in timers)
            timer.Dispose();
    }

    /// <summary>The call came too late for this activation: the next one gets it. A timer's tick ends here.</summary>
    private void Forward(GrainCall call)
    {
        if (call is TickCall || call.Promise.IsCompleted)
            return;
        try
        {
            grainClass.Find(key).Post(call);
        }
        catch (OrleansException refused)
        {
            call.Fail(refused);
        }
    }

    private void Use(GrainCall call)
    {
        if (call.IsUse)
            Volatile.Write(ref _usedAt, Runtime.Clock.GetTimestamp());
    }

    private static bool IsWriter(GrainCall call) => !call.ReadOnly && !call.Interleaves;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} could not be activated.")]
    private static partial void ActivationFailed(ILogger logger, Exception error, GrainId grain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} failed while it ended.")]
    private static partial void DeactivationFailed(ILogger logger, Exception error, GrainId grain);
}
