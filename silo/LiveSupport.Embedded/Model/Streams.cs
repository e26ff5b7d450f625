namespace LiveSupport.Embedded;

/// <summary>A named source of streams. Registered as a keyed service under its name.</summary>
public interface IStreamProvider
{
    string Name { get; }

    IAsyncStream<T> GetStream<T>(StreamId streamId);
}

/// <summary>A stream. Its items are hints: an item may be lost, but those that arrive from one producer arrive in order.</summary>
public interface IAsyncStream<T> : IAsyncObservable<T>
{
    StreamId StreamId { get; }

    string ProviderName { get; }

    /// <summary>Hands the item over and returns: no subscriber, however slow or broken, holds up the producer.</summary>
    /// <param name="item">Shared by all subscribers, so it must be immutable.</param>
    Task OnNextAsync(T item, StreamSequenceToken? token = null);
}

public interface IAsyncObservable<T>
{
    Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer);
}

/// <summary>Who listens. Gets one item at a time; one that throws has missed that item, nothing more.</summary>
public interface IAsyncObserver<in T>
{
    Task OnNextAsync(T item, StreamSequenceToken? token = null);

    Task OnCompletedAsync() => Task.CompletedTask;

    /// <summary>Told when its own <see cref="OnNextAsync"/> threw.</summary>
    Task OnErrorAsync(Exception ex);
}

/// <summary>A subscription; it lasts until <see cref="UnsubscribeAsync"/>.</summary>
public abstract class StreamSubscriptionHandle<T>
{
    public abstract StreamId StreamId { get; }

    public abstract string ProviderName { get; }

    public abstract Guid HandleId { get; }

    /// <summary>Ends it. An item that is being handled may still finish; no other follows.</summary>
    public abstract Task UnsubscribeAsync();
}

/// <summary>An item's place in its stream.</summary>
public abstract class StreamSequenceToken;

public static class AsyncObservableExtensions
{
    public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(
        this IAsyncObservable<T> observable, Func<T, StreamSequenceToken?, Task> onNextAsync) =>
        observable.SubscribeAsync(onNextAsync, _ => Task.CompletedTask);

    public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(
        this IAsyncObservable<T> observable, Func<T, StreamSequenceToken?, Task> onNextAsync, Func<Exception, Task> onErrorAsync) =>
        observable.SubscribeAsync(new DelegateObserver<T>(onNextAsync, onErrorAsync));

    private sealed class DelegateObserver<T>(Func<T, StreamSequenceToken?, Task> onNext, Func<Exception, Task> onError) : IAsyncObserver<T>
    {
        public Task OnNextAsync(T item, StreamSequenceToken? token) => onNext(item, token);

        public Task OnErrorAsync(Exception ex) => onError(ex);
    }
}
