using LiveSupport.Api.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace LiveSupport.Tests.Operations;

public sealed class StopsInTimeTests
{
    [Fact]
    public void A_process_that_was_told_to_stop_and_does_not_is_ended_after_half_a_minute_and_not_before()
    {
        using var stopping = new CancellationTokenSource();
        var lifetime = Substitute.For<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Returns(stopping.Token);
        var clock = new OneTimer();
        var left = new List<int>();
        StopsInTime.Watch(lifetime, clock, NullLogger.Instance, left.Add);
        Assert.Null(clock.Due);

        stopping.Cancel();
        Assert.Equal(TimeSpan.FromSeconds(30), clock.Due);
        Assert.Empty(left);
        clock.Ring!();
        Assert.Equal([1], left);
    }

    /// <summary>Keeps the one timer that is asked of it until somebody rings it.</summary>
    private sealed class OneTimer : TimeProvider
    {
        public TimeSpan? Due { get; private set; }
        public Action? Ring { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime;
            Ring = () => callback(state);
            return Substitute.For<ITimer>();
        }
    }
}
