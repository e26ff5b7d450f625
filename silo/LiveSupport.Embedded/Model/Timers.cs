using System.Diagnostics.CodeAnalysis;

namespace LiveSupport.Embedded;

/// <summary>A timer of one activation. It ends with the activation, or when it is disposed.</summary>
public interface IGrainTimer : IDisposable
{
    void Change(TimeSpan dueTime, TimeSpan period);
}

public readonly struct GrainTimerCreationOptions()
{
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Until the first tick; <see cref="Timeout.InfiniteTimeSpan"/>: not before <see cref="IGrainTimer.Change"/>.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>From the end of one tick to the next; <see cref="Timeout.InfiniteTimeSpan"/>: only one tick.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>A tick may run between the awaits of a call; otherwise it waits its turn like a call.</summary>
    public bool Interleave { get; init; }

    /// <summary>A tick counts as use, so that the activation is not collected as idle.</summary>
    public bool KeepAlive { get; init; }
}

public static class GrainTimerExtensions
{
    /// <summary>
    /// Calls back in the grain's turn. A tick never overlaps the one before it, and one that throws is logged and
    /// does not stop the timer.
    /// </summary>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this Grain grain, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        grain.Running.RegisterTimer(token => callback(state, token), options);

    /// <inheritdoc cref="RegisterGrainTimer{TState}(Grain, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    public static IGrainTimer RegisterGrainTimer(
        this Grain grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options) =>
        grain.Running.RegisterTimer(callback, options);

    /// <inheritdoc cref="RegisterGrainTimer{TState}(Grain, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this Grain grain, Func<TState, Task> callback, TState state, GrainTimerCreationOptions options) =>
        grain.Running.RegisterTimer(_ => callback(state), options);

    /// <inheritdoc cref="RegisterGrainTimer{TState}(Grain, Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    public static IGrainTimer RegisterGrainTimer(this Grain grain, Func<Task> callback, GrainTimerCreationOptions options) =>
        grain.Running.RegisterTimer(_ => callback(), options);
}
