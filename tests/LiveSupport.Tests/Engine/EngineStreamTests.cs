using System.Threading.Channels;

namespace LiveSupport.Tests.Engine;

public sealed class EngineStreamTests(EngineHost host) : IClassFixture<EngineHost>
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    private IProducerGrain Producer => host.Client.GetGrain<IProducerGrain>(_key);

    [Fact]
    public async Task Every_subscriber_gets_every_item_in_order()
    {
        var first = await Listener.On(host.Stream<int>(_key));
        var second = await Listener.On(host.Stream<int>(_key));
        await Producer.Publish(0, 200);

        Assert.Equal(Enumerable.Range(0, 200), await first.Take(200));
        Assert.Equal(Enumerable.Range(0, 200), await second.Take(200));
    }

    /// <summary>On Orleans it does hold up the other subscribers of its own process, so an edge never waits in there.</summary>
    [Fact]
    public async Task A_subscriber_that_stands_still_holds_up_no_producer()
    {
        var stuck = new TaskCompletionSource();
        await host.Stream<int>(_key).SubscribeAsync((_, _) => stuck.Task);
        var other = await Listener.On(host.Stream<int>(_key));

        await Producer.Publish(0, 100).WaitAsync(Probe.Patience);
        stuck.SetResult();
        Assert.Equal(Enumerable.Range(0, 100), await other.Take(100));
    }

    [Fact]
    public async Task A_subscriber_that_fails_harms_nobody()
    {
        await host.Stream<int>(_key).SubscribeAsync((_, _) => throw new FormatException("broken"));
        var healthy = await Listener.On(host.Stream<int>(_key));
        await Producer.Publish(0, 20).WaitAsync(Probe.Patience);
        Assert.Equal(Enumerable.Range(0, 20), await healthy.Take(20));
    }

    [Fact]
    public async Task Who_has_unsubscribed_hears_nothing_more()
    {
        var leaving = await Listener.On(host.Stream<int>(_key));
        var staying = await Listener.On(host.Stream<int>(_key));
        await Producer.Publish(0, 1);
        await leaving.Take(1);
        await staying.Take(1);
        await leaving.Leave();

        await Producer.Publish(1, 5);
        await staying.Take(5);
        Assert.Equal(0, leaving.Waiting);
    }

    [Fact]
    public async Task Streams_of_other_keys_are_other_streams()
    {
        var other = await Listener.On(host.Stream<int>($"{_key}x"));
        var own = await Listener.On(host.Stream<int>(_key));
        await Producer.Publish(0, 3);
        await own.Take(3);
        Assert.Equal(0, other.Waiting);
    }

    private sealed class Listener
    {
        private readonly Channel<int> _heard = Channel.CreateUnbounded<int>();
        private StreamSubscriptionHandle<int>? _handle;

        public int Waiting => _heard.Reader.Count;

        public static async Task<Listener> On(IAsyncStream<int> stream)
        {
            var listener = new Listener();
            listener._handle = await stream.SubscribeAsync((item, _) => listener._heard.Writer.WriteAsync(item).AsTask());
            return listener;
        }

        public async Task<List<int>> Take(int count)
        {
            var items = new List<int>();
            while (items.Count < count)
                items.Add(await _heard.Reader.ReadAsync().AsTask().WaitAsync(Probe.Patience));
            return items;
        }

        public Task Leave() => _handle!.UnsubscribeAsync();
    }
}
