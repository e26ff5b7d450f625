using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Embedded.Runtime;

/// <summary>All the grains of this process: finds the class behind an interface, watches the clock, starts and stops.</summary>
internal sealed partial class GrainRuntime : IClusterClient, IGrainCensus, IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Type, Func<string, GrainReference>> _references = new();
    private readonly ConcurrentQueue<Watch> _unanswered = new();
    private readonly GrainClass[] _classes;
    private readonly TimeSpan _sweepEvery;
    private ITimer? _sweep;
    private int _sweeping;
    private volatile bool _isRunning;

    public GrainRuntime(IEnumerable<Type> grains, EmbeddedGrainOptions options, IServiceProvider services)
    {
        Options = options;
        ServiceProvider = services;
        Clock = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Logger = services.GetRequiredService<ILogger<GrainRuntime>>();
        _classes = [.. grains.Select(type => new GrainClass(type, this))];
        if (_classes.GroupBy(one => one.GrainType).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two grains are named '{twice.Key}': {string.Join(", ", twice.Select(one => one.Type))}.");
        Metrics = new GrainMetrics(services.GetRequiredService<IMeterFactory>(), Clock, () => _classes);
        // A call may live this much longer than its time, an idle activation too.
        var shortest = options.CallTimeout < options.CollectionAge ? options.CallTimeout : options.CollectionAge;
        _sweepEvery = shortest / 4 < TimeSpan.FromSeconds(1) ? shortest / 4 : TimeSpan.FromSeconds(1);
    }

    public EmbeddedGrainOptions Options { get; }

    public IServiceProvider ServiceProvider { get; }

    public TimeProvider Clock { get; }

    public ILogger Logger { get; }

    public GrainMetrics Metrics { get; }

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        var make = _references.GetOrAdd(typeof(TGrainInterface), static (type, self) => self.MakerOf(type), this);
        return (TGrainInterface)(object)make(primaryKey);
    }

    public IReadOnlyDictionary<string, int> Activations() =>
        _classes.Where(one => one.Count > 0).ToDictionary(one => one.GrainType.Value.Value!, one => one.Count);

    /// <exception cref="SiloUnavailableException"/>
    public void ThrowUnlessRunning()
    {
        if (!_isRunning)
            throw new SiloUnavailableException("The grains are not running: not started yet, or stopping.");
    }

    /// <summary>Breaks the call's promise when its time is over.</summary>
    public void Watch(GrainCall call)
    {
        if (call is TickCall || call.Watch is not null)
            return;
        call.Watch = new Watch(call);
        _ = call.Promise;
        _unanswered.Enqueue(call.Watch);
    }

    /// <summary>An error that no caller can be told.</summary>
    public void Stray(Exception error) => StrayError(Logger, error);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _isRunning = true;
        _sweep = Clock.CreateTimer(static self => ((GrainRuntime)self!).Sweep(), this, _sweepEvery, _sweepEvery);
        return Task.CompletedTask;
    }

    /// <summary>Activates nothing more, lets every activation finish its calls and say goodbye.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _isRunning = false;
        try
        {
            await Task.WhenAll(_classes.SelectMany(one => one.Activations).Select(activation => activation.Stop()))
                .WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            StoppedEarly(Logger, _classes.Sum(one => one.Count));
        }

        Dispose();
    }

    public void Dispose()
    {
        _isRunning = false;
        _sweep?.Dispose();
    }

    private Func<string, GrainReference> MakerOf(Type grainInterface)
    {
        var candidates = _classes.Where(one => grainInterface.IsAssignableFrom(one.Type)).ToArray();
        if (candidates is not [var grainClass])
        {
            throw new ArgumentException(candidates.Length == 0
                ? $"No grain implements {grainInterface}."
                : $"More than one grain implements {grainInterface}: {string.Join(", ", candidates.Select(one => one.Type))}.");
        }

        var build = ProxyBuilder.Build(grainInterface);
        return key => build(grainClass, key);
    }

    /// <summary>One timer for every call and activation, instead of one each.</summary>
    private void Sweep()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) == 1)
            return;
        try
        {
            var now = Clock.GetTimestamp();
            for (var left = _unanswered.Count; left > 0 && _unanswered.TryDequeue(out var watch); left--)
            {
                if (watch.Call is not { Promise.IsCompleted: false } call)
                    continue;
                if (Clock.GetElapsedTime(call.SentAt, now) < Options.CallTimeout)
                    _unanswered.Enqueue(watch);
                else if (call.Fail(new TimeoutException($"No answer to {call.Method} within {Options.CallTimeout.TotalSeconds:0.###} s.")))
                    Metrics.TimedOut();
            }

            var cutoff = now - (long)(Options.CollectionAge.TotalSeconds * Clock.TimestampFrequency);
            foreach (var grainClass in _classes)
            {
                foreach (var activation in grainClass.Activations)
                    activation.Collect(cutoff);
            }
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A grain threw where nobody waits for it.")]
    private static partial void StrayError(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopped before {Count} grains had ended.")]
    private static partial void StoppedEarly(ILogger logger, int count);
}
