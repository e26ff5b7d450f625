using System.Threading.Channels;
using LiveSupport.Contracts;
using LiveSupport.Silo;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace LiveSupport.Tests.Queue;

public class LiveFeedTests
{
    private readonly Channel<(long[] Versions, TaskCompletionSource Taken)> _items = Channel.CreateUnbounded<(long[], TaskCompletionSource)>();
    private readonly LiveFeed _feed;

    public LiveFeedTests()
    {
        var stream = Substitute.For<IAsyncStream<WorkspaceEvent>>();
        stream.OnNextAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            var taken = new TaskCompletionSource();
            _items.Writer.TryWrite(([.. call.Arg<WorkspaceEvent>().Each().Select(one => ((Tick)one).Version)], taken));
            return taken.Task;
        });
        var streams = Substitute.For<IStreamProvider>();
        streams.GetStream<WorkspaceEvent>(default).ReturnsForAnyArgs(stream);
        _feed = new LiveFeed(streams, new Gathering(on: false), NullLogger<LiveFeed>.Instance);
    }

    [Fact]
    public async Task What_gathers_while_the_stream_takes_one_item_shares_the_next_in_order()
    {
        Publish(1, 4);
        (await Put(1)).SetResult();
        var together = await Put(2, 3, 4);
        Publish(5, 5);
        together.SetResult();
        (await Put(5)).SetResult();
    }

    [Fact]
    public async Task A_stream_that_fails_loses_its_item_and_nothing_after_it()
    {
        Publish(1, 2);
        (await Put(1)).SetException(new TimeoutException());
        (await Put(2)).SetResult();
    }

    [Fact]
    public async Task A_stream_that_hangs_fills_no_memory()
    {
        Publish(1, 20_000);
        (await Put(1)).SetResult();
        for (var waited = 0; waited < 10_000;)
        {
            var (versions, taken) = await _items.Reader.ReadAsync();
            Assert.Equal(waited + 2, versions[0]);
            waited += versions.Length;
            Assert.InRange(waited, 1, 10_000);
            if (waited == 10_000)
                Publish(20_001, 20_001);
            taken.SetResult();
        }
        (await Put(20_001)).SetResult();
    }

    private void Publish(int from, int to)
    {
        for (var version = from; version <= to; version++)
            _feed.Publish("w", new Tick(version));
    }

    private async Task<TaskCompletionSource> Put(params long[] versions)
    {
        using var patience = new CancellationTokenSource(TestServer.Patience);
        var (said, taken) = await _items.Reader.ReadAsync(patience.Token);
        Assert.Equal(versions, said);
        return taken;
    }
}
