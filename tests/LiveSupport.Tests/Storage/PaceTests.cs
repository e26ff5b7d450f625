using LiveSupport.Silo.Storage.Postgres;

namespace LiveSupport.Tests.Storage;

public sealed class PaceTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void The_next_time_waits_for_what_is_left_of_the_interval()
    {
        var pace = new Pace(TimeSpan.FromMilliseconds(4), _clock);
        var begun = pace.Begin();
        _clock.Now = TimeSpan.FromMilliseconds(1);
        Assert.False(pace.Rest(begun).IsCompleted);
        Assert.Equal(TimeSpan.FromMilliseconds(3), _clock.Asked);
    }

    [Fact]
    public void What_took_longer_than_the_interval_rests_no_more()
    {
        var pace = new Pace(TimeSpan.FromMilliseconds(4), _clock);
        var begun = pace.Begin();
        _clock.Now = TimeSpan.FromMilliseconds(4);
        Assert.True(pace.Rest(begun).IsCompleted);
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; }
        public TimeSpan Asked { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Asked = dueTime;
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
