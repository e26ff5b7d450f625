using System.Collections.Concurrent;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>The relays of this process, one for each workspace that somebody here is connected to.</summary>
internal sealed class Relays(
    IServiceProvider services, IGrainFactory grains, EndedSessions ended, TimeProvider clock, ILogger<Relays> log)
{
    private readonly ConcurrentDictionary<string, Lazy<RelayWatch>> _watches = new();

    /// <summary>This process, as leases name it.</summary>
    public string EdgeId { get; } = Ids.New(clock);

    public IEnumerable<RelayWatch> All => _watches.Values.Where(watch => watch.IsValueCreated).Select(watch => watch.Value);

    public WorkspaceRelay For(string workspaceId) => Watch(workspaceId).Relay;

    public IAsyncStream<WorkspaceEvent> Stream(string workspaceId) =>
        services.GetRequiredKeyedService<IStreamProvider>(WorkspaceStream.Provider)
            .GetStream<WorkspaceEvent>(StreamId.Create(WorkspaceStream.Namespace, workspaceId));

    public RelayWatch Watch(string workspaceId) =>
        _watches.GetOrAdd(workspaceId, id => new Lazy<RelayWatch>(() => new RelayWatch(
            new WorkspaceRelay(id, grains, clock), take => Subscribe(id, take), grains, clock, log))).Value;

    private async Task<Func<Task>> Subscribe(string workspaceId, Func<WorkspaceEvent, Task> take) =>
        (await Stream(workspaceId).SubscribeAsync((live, _) =>
        {
            foreach (var over in live.Each().OfType<SessionEnded>())
                ended.End(over.Session);
            return take(live);
        })).UnsubscribeAsync;
}

/// <summary>
/// Keeps one relay's subscription alive. A subscription can die without a word, so the queue's tick is listened for:
/// silence means subscribe anew, then fetch what was missed.
/// </summary>
/// <param name="subscribe">Subscribes a listener to the workspace's stream and gives what ends it.</param>
internal sealed class RelayWatch(
    WorkspaceRelay relay, Func<Func<WorkspaceEvent, Task>, Task<Func<Task>>> subscribe, IGrainFactory grains, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan TouchEvery = TimeSpan.FromSeconds(60);

    private Func<Task>? _unsubscribe;
    private bool _subscribedBefore;
    private long _subscribedAt;
    private long _touchedAt;

    /// <summary>Events were lost, nobody knows which; until every screen is brought up to date.</summary>
    private bool _behind;

    public WorkspaceRelay Relay { get; } = relay;

    /// <summary>Events arrive.</summary>
    public bool Hears => _unsubscribe is not null && Relay.Silence < WorkspaceStream.DeafAfter;

    /// <summary>One look, every second: subscribe if need be, heal what was missed, and fill windows that run short.</summary>
    public async Task Look()
    {
        try
        {
            var resubscribe = _unsubscribe is null
                || (Relay.Silence > WorkspaceStream.DeafAfter && clock.GetElapsedTime(_subscribedAt) > WorkspaceStream.DeafAfter);
            if (resubscribe)
                await Subscribe();
            else if (clock.GetElapsedTime(_touchedAt) > TouchEvery)
                await Touch();
            var missed = Relay.TakeMissed();
            if (resubscribe)
                EdgeMeasures.Resync(_subscribedBefore ? "silence" : "start");
            else if (missed)
                EdgeMeasures.Resync("gap");
            _subscribedBefore = true;
            _behind |= resubscribe | missed;
            if (_behind)
                await Relay.ResyncQueue();
            await Relay.ResyncConversations(all: _behind);
            _behind = false;
            await Relay.RefillWindows();
        }
        catch (Exception broken)
        {
            log.LogWarning(broken, "The live events of workspace {Workspace} could not be checked; trying again.", Relay.WorkspaceId);
        }
    }

    private async Task Subscribe()
    {
        if (_unsubscribe is { } dead)
        {
            _unsubscribe = null;
            log.LogWarning("No tick from workspace {Workspace} for {Seconds:0} s; subscribing anew.", Relay.WorkspaceId, Relay.Silence.TotalSeconds);
            try
            {
                await dead();
            }
            catch (Exception broken)
            {
                log.LogDebug(broken, "The dead subscription could not be ended.");
            }
        }
        _unsubscribe = await subscribe(Relay.Take);
        _subscribedAt = clock.GetTimestamp();
        await Touch();
    }

    /// <summary>The process ends: nobody is to go on sending to it.</summary>
    public async Task End()
    {
        if (_unsubscribe is { } listening)
            await listening();
    }

    private async Task Touch()
    {
        await grains.Queue(Relay.WorkspaceId).Touch();
        _touchedAt = clock.GetTimestamp();
    }
}

/// <summary>The edge's heart: looks after subscriptions every second, renews leases and checks sessions every 20.</summary>
internal sealed class EdgePulse(Relays relays, Leases leases, AgentSessions sessions, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private const int BeatsPerLease = 20;
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        relays.Watch(Workspaces.Default);
        using var timer = new PeriodicTimer(Beat, clock);
        // What hangs in a slow grain skips its next beats and holds up nothing else.
        var (looks, leased, kept) = (Task.CompletedTask, Task.CompletedTask, Task.CompletedTask);
        for (var beat = 0; !stop.IsCancellationRequested; beat++)
        {
            if (looks.IsCompleted)
                looks = Task.WhenAll(relays.All.Select(watch => watch.Look()));
            if (beat % BeatsPerLease == BeatsPerLease - 1 && leased.IsCompleted)
                leased = leases.Renew();
            if (beat % BeatsPerLease == BeatsPerLease - 1 && kept.IsCompleted)
                kept = sessions.Check();
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
    }

    public override async Task StopAsync(CancellationToken stop)
    {
        await base.StopAsync(stop);
        try
        {
            await Task.WhenAll(relays.All.Select(watch => watch.End())).WaitAsync(LongestEnd, clock, stop);
        }
        catch (Exception)
        {
            // The stream finds out by itself that we are gone.
        }
    }
}
