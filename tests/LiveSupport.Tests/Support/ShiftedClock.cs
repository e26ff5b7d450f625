using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Support;

/// <summary>
/// The machine's time, moved by hand. What looks regularly looks as soon as its time has passed, moved or not. A limit
/// or a delay, which is made once for its time, takes that long on the machine: a call that is under way when a day
/// passes is not late by a day.
/// </summary>
public sealed class ShiftedClock : TimeProvider
{
    private readonly ConcurrentDictionary<RegularTimer, byte> _timers = [];
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _ahead, by.Ticks);
        foreach (var timer in _timers.Keys)
            timer.Pass(by);
    }

    /// <summary>Regular: it has a period, or it is set each time anew, as a grain's is.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isLimit = dueTime != Timeout.InfiniteTimeSpan && period == Timeout.InfiniteTimeSpan;
        return isLimit ? base.CreateTimer(callback, state, dueTime, period) : new RegularTimer(this, callback, state, dueTime, period);
    }

    private sealed class RegularTimer : ITimer
    {
        private readonly Lock _lock = new();
        private readonly ShiftedClock _clock;
        private readonly ITimer _timer;
        private TimeSpan _period;

        /// <summary>When it is due next, by the machine's stopwatch; null: not at all.</summary>
        private TimeSpan? _due;

        public RegularTimer(ShiftedClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _clock = clock;
            _timer = System.CreateTimer(
                _ =>
                {
                    Ran();
                    callback(state);
                },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
            clock._timers[this] = 0;
            Change(dueTime, period);
        }

        private static TimeSpan Elapsed => System.GetElapsedTime(0);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                _period = period;
                return Set(dueTime);
            }
        }

        /// <summary>Time has been moved: what would have been due meanwhile is due at once, and once.</summary>
        public void Pass(TimeSpan by)
        {
            lock (_lock)
            {
                if (_due is { } due)
                    Set(due - by - Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }
        }

        public void Dispose()
        {
            _clock._timers.TryRemove(this, out _);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            _clock._timers.TryRemove(this, out _);
            return _timer.DisposeAsync();
        }

        private void Ran()
        {
            lock (_lock)
            {
                if (_period != Timeout.InfiniteTimeSpan)
                    Set(_period);
                else if (_due <= Elapsed)
                    _due = null;
            }
        }

        private bool Set(TimeSpan wait)
        {
            var isOff = wait == Timeout.InfiniteTimeSpan;
            _due = isOff ? null : Elapsed + wait;
            return _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}

internal static class ShiftedClockServices
{
    /// <summary>
    /// Everything goes by this clock, except who is a member of Orleans' cluster: a silo that sees a day pass in a
    /// moment takes itself for dead and ends the process. The name is Orleans' <c>TimeProviderNames.Membership</c>.
    /// </summary>
    public static IServiceCollection AddClock(this IServiceCollection services, ShiftedClock clock) => services
        .AddSingleton<TimeProvider>(clock)
        .AddKeyedSingleton("Orleans.Membership", TimeProvider.System);
}
