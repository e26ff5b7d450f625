using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Embedded.Runtime;

/// <summary>
/// Streams within this process. Every subscriber has a queue and a pump of its own: the producer only puts down, and
/// a slow or broken subscriber loses its own items (the oldest first) and nobody else's.
/// </summary>
internal sealed class MemoryStreams(string name, int queueLength, ILogger logger) : IStreamProvider, IDisposable
{
    private readonly ConcurrentDictionary<(StreamId, Type), object> _streams = new();

    public string Name => name;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) =>
        (IAsyncStream<T>)_streams.GetOrAdd((streamId, typeof(T)), _ => new MemoryStream<T>(streamId, name, queueLength, logger));

    public void Dispose()
    {
        foreach (var stream in _streams.Values)
            ((IDisposable)stream).Dispose();
    }
}

internal sealed partial class MemoryStream<T>(StreamId streamId, string providerName, int queueLength, ILogger logger)
    : IAsyncStream<T>, IDisposable
{
    private ImmutableArray<Subscription> _subscriptions = [];

    public StreamId StreamId => streamId;

    public string ProviderName => providerName;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        foreach (var subscription in _subscriptions)
            subscription.Put(item);
        return Task.CompletedTask;
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (SynchronizationContext.Current is Turns)
            throw new NotSupportedException("Grains publish; only what is outside of them subscribes.");
        var subscription = new Subscription(this, observer);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Add(one), subscription);
        return Task.FromResult<StreamSubscriptionHandle<T>>(subscription);
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.End();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A subscriber of {Stream} failed.")]
    private static partial void SubscriberFailed(ILogger logger, Exception error, StreamId stream);

    private sealed class Subscription : StreamSubscriptionHandle<T>
    {
        private readonly MemoryStream<T> _stream;
        private readonly IAsyncObserver<T> _observer;
        private readonly Channel<T> _queue;
        private volatile bool _ended;

        public Subscription(MemoryStream<T> stream, IAsyncObserver<T> observer)
        {
            (_stream, _observer) = (stream, observer);
            _queue = Channel.CreateBounded<T>(
                new BoundedChannelOptions(stream.QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
            using (ExecutionContext.SuppressFlow())
                _ = Task.Run(Pump);
        }

        public override StreamId StreamId => _stream.StreamId;

        public override string ProviderName => _stream.ProviderName;

        public override Guid HandleId { get; } = Guid.NewGuid();

        public void Put(T item) => _queue.Writer.TryWrite(item);

        public void End()
        {
            _ended = true;
            _queue.Writer.TryComplete();
        }

        public override Task UnsubscribeAsync()
        {
            ImmutableInterlocked.Update(ref _stream._subscriptions, static (all, one) => all.Remove(one), this);
            End();
            return Task.CompletedTask;
        }

        private async Task Pump()
        {
            await foreach (var item in _queue.Reader.ReadAllAsync())
            {
                if (_ended)
                    return;
                try
                {
                    await _observer.OnNextAsync(item);
                }
                catch (Exception error)
                {
                    await Tell(error);
                }
            }
        }

        private async Task Tell(Exception error)
        {
            SubscriberFailed(_stream.Logger, error, StreamId);
            try
            {
                await _observer.OnErrorAsync(error);
            }
            catch (Exception again)
            {
                SubscriberFailed(_stream.Logger, again, StreamId);
            }
        }
    }

    private int QueueLength => queueLength;

    private ILogger Logger => logger;
}
