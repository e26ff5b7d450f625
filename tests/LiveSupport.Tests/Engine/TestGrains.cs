using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Engine;

[Alias("test.turns")]
public interface ITurnsGrain : IGrainWithStringKey
{
    /// <summary>Says "{name} begins", passes the gate, says "{name} ends".</summary>
    [Alias("write")] Task Write(string name, string gate);

    [Alias("read"), ReadOnly] Task Read(string name, string gate);

    /// <summary>Adds one, with an await between reading and writing.</summary>
    [Alias("add")] Task<int> Add();

    [Alias("total")] Task<int> Total();

    /// <summary>Which activation answers.</summary>
    [Alias("who")] Task<string> Who();

    [Alias("fail")] Task Fail(string message);

    [Alias("leave")] Task Leave();

    /// <summary>Calls the other, which calls back: nobody can ever answer.</summary>
    [Alias("call")] Task CallOther(string other, bool back);
}

public abstract class TurnsBase : Grain
{
    private readonly string _activation = Guid.NewGuid().ToString();
    private readonly Probe _probe;
    private int _total;

    private protected TurnsBase(IServiceProvider services) => _probe = services.GetRequiredService<Probe>();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _probe.Say($"{this.GetPrimaryKeyString()} activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _probe.Say($"{this.GetPrimaryKeyString()} deactivated: {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task Write(string name, string gate) => Pass(name, gate);

    public Task Read(string name, string gate) => Pass(name, gate);

    public async Task<int> Add()
    {
        var before = _total;
        await Task.Yield();
        _total = before + 1;
        return _total;
    }

    public Task<int> Total() => Task.FromResult(_total);

    public Task<string> Who() => Task.FromResult(_activation);

    public Task Fail(string message) => throw new FormatException(message);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task CallOther(string other, bool back)
    {
        var grain = GrainFactory.GetGrain<ITurnsGrain>(other);
        return back ? grain.CallOther(this.GetPrimaryKeyString(), back: false) : grain.Who();
    }

    private async Task Pass(string name, string gate)
    {
        _probe.Say($"{name} begins");
        await _probe.Pass(gate);
        _probe.Say($"{name} ends");
    }
}

[GrainType("test-turns")]
public sealed class TurnsGrain(IServiceProvider services) : TurnsBase(services), ITurnsGrain;

[Alias("test.kept")]
public interface IKeptGrain : IGrainWithStringKey
{
    [Alias("who")] Task<string> Who();
}

[GrainType("test-kept"), KeepAlive]
public sealed class KeptGrain(IServiceProvider services) : TurnsBase(services), IKeptGrain;

[Alias("test.reentrant")]
public interface IReentrantGrain : IGrainWithStringKey
{
    [Alias("pass")] Task Pass(string gate);

    [Alias("open")] Task Open(string gate);

    /// <summary>The most calls that were ever between two awaits at once.</summary>
    [Alias("crowd")] Task<int> Crowd(int rounds);
}

[GrainType("test-reentrant"), Reentrant]
public sealed class ReentrantGrain : Grain, IReentrantGrain
{
    private readonly Probe _probe;
    private int _inside;
    private int _most;

    public ReentrantGrain(IServiceProvider services) => _probe = services.GetRequiredService<Probe>();

    public async Task Pass(string gate)
    {
        _probe.Say($"{gate} awaited");
        await _probe.Pass(gate);
    }

    public Task Open(string gate)
    {
        _probe.Open(gate);
        return Task.CompletedTask;
    }

    public async Task<int> Crowd(int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            var inside = Interlocked.Increment(ref _inside);
            _most = Math.Max(_most, inside);
            Thread.SpinWait(200);
            Interlocked.Decrement(ref _inside);
            await Task.Yield();
        }

        return _most;
    }
}

public sealed class Tally
{
    public int Count { get; set; }
}

[Alias("test.stored")]
public interface IStoredGrain : IGrainWithStringKey
{
    [Alias("count")] Task<int> Count();

    [Alias("found")] Task<(bool Exists, int Count)> FoundAtStart();

    [Alias("add")] Task<int> Add();

    [Alias("clear")] Task Clear();

    [Alias("who")] Task<string> Who();

    [Alias("leave")] Task Leave();

    /// <summary>Writes behind its own back, then by the state it holds: the second write is refused.</summary>
    [Alias("conflict")] Task Conflict();

    /// <summary>The same, but catches the refusal.</summary>
    [Alias("survive")] Task<bool> SurviveConflict();
}

[GrainType("test-stored")]
public sealed class StoredGrain(
    [PersistentState("tally", EngineHost.Storage)] IPersistentState<Tally> state,
    [FromKeyedServices(EngineHost.Storage)] IGrainStorage storage) : Grain, IStoredGrain
{
    private readonly string _activation = Guid.NewGuid().ToString();
    private (bool, int) _found;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _found = (state.RecordExists, state.State.Count);
        return Task.CompletedTask;
    }

    public Task<int> Count() => Task.FromResult(state.State.Count);

    public Task<(bool Exists, int Count)> FoundAtStart() => Task.FromResult(_found);

    public async Task<int> Add()
    {
        state.State.Count++;
        await state.WriteStateAsync();
        return state.State.Count;
    }

    public Task Clear() => state.ClearStateAsync();

    public Task<string> Who() => Task.FromResult(_activation);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Conflict()
    {
        var behind = new GrainState<Tally> { State = new Tally { Count = 1000 }, ETag = state.Etag };
        await storage.WriteStateAsync("tally", this.GetGrainId(), behind);
        await Add();
    }

    public async Task<bool> SurviveConflict()
    {
        try
        {
            await Conflict();
            return false;
        }
        catch (InconsistentStateException)
        {
            await state.ReadStateAsync();
            return state.State.Count == 1000;
        }
    }
}

/// <summary>Something that changes.</summary>
[GenerateSerializer, Alias("test.box")]
public sealed class Box
{
    [Id(0)] public List<int> Numbers { get; set; } = [];

    [Id(1)] public Dictionary<string, Box> Inner { get; set; } = [];

    [Id(2)] public Box? Next { get; set; }

    [Id(3)] public int[] Array { get; set; } = [];
}

[GenerateSerializer, Immutable, Alias("test.stamp")]
public sealed record Stamp([property: Id(0)] string Text);

[Alias("test.boxes")]
public interface IBoxGrain : IGrainWithStringKey
{
    [Alias("put")] Task Put(Box box);

    [Alias("get")] Task<Box> Get();

    [Alias("echo")] Task<Stamp> Echo(Stamp stamp);
}

[GrainType("test-boxes")]
public sealed class BoxGrain : Grain, IBoxGrain
{
    private Box _box = new();

    public Task Put(Box box)
    {
        _box = box;
        return Task.CompletedTask;
    }

    public Task<Box> Get() => Task.FromResult(_box);

    public Task<Stamp> Echo(Stamp stamp) => Task.FromResult(stamp);
}

[Alias("test.fragile")]
public interface IFragileGrain : IGrainWithStringKey
{
    [Alias("hello")] Task<string> Hello();
}

/// <summary>Cannot be activated until the gate named as its key is open.</summary>
[GrainType("test-fragile")]
public sealed class FragileGrain : Grain, IFragileGrain
{
    private readonly Probe _probe;

    public FragileGrain(IServiceProvider services) => _probe = services.GetRequiredService<Probe>();

    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        _probe.IsOpen(this.GetPrimaryKeyString()) ? Task.CompletedTask : throw new FormatException("Not yet.");

    public Task<string> Hello() => Task.FromResult("hello");
}

[Alias("test.clock")]
public interface IClockGrain : IGrainWithStringKey
{
    /// <summary>Ticks from now on; each tick says "tick".</summary>
    [Alias("start")] Task Start(TimeSpan period, bool failing);

    /// <summary>Ends the timer; gives the number of ticks and whether two ever overlapped.</summary>
    [Alias("stop")] Task<(int Ticks, bool Overlapped)> Stop();

    /// <summary>Holds the grain's turn until the gate opens; gives the ticks meanwhile.</summary>
    [Alias("hold")] Task<int> Hold(string gate);
}

[GrainType("test-clock")]
public sealed class ClockGrain : Grain, IClockGrain
{
    private readonly Probe _probe;
    private IGrainTimer? _timer;
    private int _ticks;
    private int _inside;
    private bool _overlapped;

    public ClockGrain(IServiceProvider services) => _probe = services.GetRequiredService<Probe>();

    public Task Start(TimeSpan period, bool failing)
    {
        _timer = this.RegisterGrainTimer(
            async _ =>
            {
                _overlapped |= ++_inside > 1;
                // Longer than the period, so that overlapping would show.
                await Task.Delay(period * 3, CancellationToken.None);
                _inside--;
                _probe.Say($"{this.GetPrimaryKeyString()} tick {++_ticks}");
                if (failing)
                    throw new FormatException("A tick that fails.");
            },
            new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = period });
        return Task.CompletedTask;
    }

    public Task<(int Ticks, bool Overlapped)> Stop()
    {
        _timer!.Dispose();
        return Task.FromResult((_ticks, _overlapped));
    }

    public async Task<int> Hold(string gate)
    {
        var before = _ticks;
        _probe.Say($"{gate} held");
        await _probe.Pass(gate);
        return _ticks - before;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _probe.Say($"{this.GetPrimaryKeyString()} deactivated: {reason.ReasonCode}");
        return Task.CompletedTask;
    }
}

[Alias("test.producer")]
public interface IProducerGrain : IGrainWithStringKey
{
    [Alias("publish")] Task Publish(int from, int count);
}

[GrainType("test-producer")]
public sealed class ProducerGrain : Grain, IProducerGrain
{
    public async Task Publish(int from, int count)
    {
        var stream = this.GetStreamProvider(EngineHost.Streams).GetStream<int>(StreamId.Create("test", this.GetPrimaryKeyString()));
        for (var i = 0; i < count; i++)
            await stream.OnNextAsync(from + i);
    }
}
