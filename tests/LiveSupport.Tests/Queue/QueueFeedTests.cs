using System.Collections.Immutable;
using System.Threading.Channels;
using LiveSupport.Contracts;
using LiveSupport.Silo;
using LiveSupport.Silo.Queue;
using LiveSupport.Tests.Support;
using NSubstitute;

namespace LiveSupport.Tests.Queue;

public class QueueFeedTests
{
    private readonly Channel<(long[] Revs, TaskCompletionSource Answer)> _calls = Channel.CreateUnbounded<(long[], TaskCompletionSource)>();
    private readonly IGrainFactory _grains = Substitute.For<IGrainFactory>();
    private QueueFeed _feed;

    public QueueFeedTests()
    {
        var queue = Substitute.For<IQueueGrain>();
        queue.Took(default).ReturnsForAnyArgs(call =>
        {
            var answer = new TaskCompletionSource();
            _calls.Writer.TryWrite(([.. call.Arg<ImmutableArray<RowTaken>>().Select(taken => taken.Row.Rev)], answer));
            return answer.Task;
        });
        _grains.GetGrain<IQueueGrain>("w").Returns(queue);
        _feed = new QueueFeed(_grains, new Gathering(on: false));
    }

    [Fact]
    public async Task What_gathers_while_a_call_is_on_its_way_shares_the_next()
    {
        var first = Took(1);
        var rest = Enumerable.Range(2, 3).Select(rev => Took(rev)).ToList();
        (await Called(1)).SetResult();
        await first;

        var second = await Called(2, 3, 4);
        Assert.All(rest, told => Assert.False(told.IsCompleted));
        second.SetResult();
        await Task.WhenAll(rest);

        var alone = Took(5);
        (await Called(5)).SetResult();
        await alone;
    }

    [Fact]
    public async Task A_call_that_fails_fails_those_who_shared_it_and_no_other()
    {
        var (first, second) = (Took(1), Took(2));
        (await Called(1)).SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        var call = await Called(2);
        var third = Took(3);
        call.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => second);
        (await Called(3)).SetResult();
        await third;
    }

    [Fact]
    public async Task Where_they_gather_each_is_told_once_and_in_order()
    {
        _feed = new QueueFeed(_grains, new Gathering(on: true));
        var told = Enumerable.Range(1, 3).Select(rev => Took(rev)).ToList();
        var seen = 0;
        while (seen < 3)
        {
            using var patience = new CancellationTokenSource(TestServer.Patience);
            var (revs, answer) = await _calls.Reader.ReadAsync(patience.Token);
            Assert.Equal(Enumerable.Range(seen + 1, revs.Length).Select(rev => (long)rev), revs);
            seen += revs.Length;
            answer.SetResult();
        }
        await Task.WhenAll(told);
    }

    private async Task<TaskCompletionSource> Called(params long[] revs)
    {
        using var patience = new CancellationTokenSource(TestServer.Patience);
        var (said, answer) = await _calls.Reader.ReadAsync(patience.Token);
        Assert.Equal(revs, said);
        return answer;
    }

    private Task Took(long rev) => _feed.Took("w", new RowTaken(QueueIndexTests.Row(new Random(3), "c1", rev), rev - 1, null));
}
