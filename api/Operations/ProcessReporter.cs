using System.Diagnostics.Metrics;
using LiveSupport.Api.Edge;
using LiveSupport.Contracts;
using OpenTelemetry.Metrics;

namespace LiveSupport.Api.Operations;

/// <summary>What this process is in the cluster.</summary>
internal sealed record ProcessIdentity(string Role)
{
    public string Name { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";
}

/// <summary>Tells the operations grain every few seconds how this process does. Nobody waits for it.</summary>
internal sealed class ProcessReporter : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly string _id;
    private readonly ProcessIdentity _identity;
    private readonly ProcessMeter _meter;
    private readonly IGrainFactory _grains;
    private readonly Relays? _relays;
    private readonly Drain? _drain;
    private readonly IStoreView? _store;
    private readonly TimeProvider _clock;
    private readonly ILogger<ProcessReporter> _log;
    private readonly DateTimeOffset _startedAt;
    private readonly Meter _gauges;
    private long _readAt;
    private TimeSpan _cpuAtRead = Environment.CpuUsage.TotalTime;

    public ProcessReporter(
        ProcessIdentity identity, ProcessMeter meter, MeterProvider provider, IGrainFactory grains, IServiceProvider services,
        IMeterFactory meters, TimeProvider clock, ILogger<ProcessReporter> log)
    {
        ArgumentNullException.ThrowIfNull(provider); // It is what fills the meter.
        (_identity, _meter, _grains, _clock, _log) = (identity, meter, grains, clock, log);
        (_relays, _drain, _store) = (services.GetService<Relays>(), services.GetService<Drain>(), services.GetService<IStoreView>());
        _id = Ids.New(clock);
        _startedAt = clock.GetUtcNow();
        _readAt = clock.GetTimestamp();
        _gauges = meters.Create(Telemetry.Name);
        if (_relays is null)
            return;
        _gauges.CreateObservableGauge("livesupport.tick.age", () => TickAge, "s", "Since the queue was last heard on the stream.");
        _gauges.CreateObservableGauge("livesupport.leases", () => Leases, description: "Visitors whose presence this edge renews.");
    }

    private double TickAge => _relays!.All.Select(watch => watch.Relay.Silence.TotalSeconds).DefaultIfEmpty(0).Max();

    private int Leases => _relays!.All.Sum(watch => watch.Relay.VisitorsWithLease().Count);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, _clock);
        try
        {
            do
                await Report("running");
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            await Report("stopping");
        }
    }

    private async Task Report(string state)
    {
        try
        {
            await _grains.Operations().Report(await Make(_drain is { HasBegun: true } ? "stopping" : state)).WaitAsync(Every, _clock);
        }
        catch (Exception broken)
        {
            _log.LogDebug(broken, "A report of this process was lost.");
        }
    }

    private async Task<ProcessReport> Make(string state)
    {
        var now = _clock.GetTimestamp();
        var cpuTime = Environment.CpuUsage.TotalTime;
        var seconds = Math.Max(0.001, _clock.GetElapsedTime(_readAt, now).TotalSeconds);
        var cpu = (cpuTime - _cpuAtRead).TotalSeconds / seconds;
        (_readAt, _cpuAtRead) = (now, cpuTime);
        _meter.Read(seconds, cpu);
        var minute = _meter.Seconds;
        return new ProcessReport
        {
            Id = _id,
            Name = _identity.Name,
            Role = _identity.Role,
            Version = OperationsHosting.Version,
            StartedAt = _startedAt,
            State = state,
            Cpu = cpu,
            Memory = Environment.WorkingSet,
            MessagesPerSecond = _meter.LastMinute("livesupport.messages.accepted").Sum / minute,
            Commit = _meter.LastMinute("livesupport.commit.duration").Over(minute),
            Edge = _relays is null ? null : Edge(minute),
            Store = _store is null ? null : await Store(_store, minute),
            Grains = _meter.Grains(),
            Trend = _meter.Trend,
        };
    }

    private EdgeReport Edge(double minute) => new()
    {
        AgentSockets = _relays!.All.Sum(watch => watch.Relay.Agents().Count),
        VisitorSockets = _relays.All.Sum(watch => watch.Relay.Outboxes().Count - watch.Relay.Agents().Count),
        Leases = Leases,
        TickAge = TickAge,
        Send = _meter.LastMinute("livesupport.send.duration").Over(minute),
        Lag = _meter.LastMinute("livesupport.event.lag").Over(minute),
        Resyncs = (long)_meter.LastMinute("livesupport.resyncs").Sum,
        SlowDisconnects = (long)_meter.LastMinute("livesupport.connections.slow").Sum,
        Refusals = (long)_meter.LastMinute("livesupport.refusals").Sum,
    };

    private async Task<StoreReport> Store(IStoreView store, double minute)
    {
        var commits = _meter.LastMinute("livesupport.store.commit.duration");
        var batches = _meter.LastMinute("livesupport.store.batch.size");
        var problem = await store.Problem();
        return new StoreReport
        {
            Kind = store.Kind,
            Problem = problem,
            Commit = commits.Over(minute),
            WritesPerSecond = batches.Sum / minute,
            Batch = batches.Count == 0 ? null : batches.Sum / batches.Count,
            Bytes = problem is null ? await store.Bytes() : null,
        };
    }
}
