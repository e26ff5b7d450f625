using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Engine;

/// <summary>What only the embedded engine can be asked: its own refusals, limits and figures.</summary>
public sealed class EmbeddedEngineTests : IAsyncLifetime
{
    private readonly EngineHost _host = new();

    public Task InitializeAsync()
    {
        _host.Probe.Open("open");
        return _host.InitializeAsync();
    }

    public Task DisposeAsync() => _host.DisposeAsync();

    public interface INobodyGrain : IGrainWithStringKey
    {
        Task Call();
    }

    public interface IOddGrain : IGrainWithStringKey
    {
        int Now();
    }

    [GrainType("test-odd")]
    public sealed class OddGrain : Grain, IOddGrain
    {
        public int Now() => 0;
    }

    public interface IStoreless : IGrainWithStringKey
    {
        Task Call();
    }

    [GrainType("test-storeless")]
    public sealed class StorelessGrain([PersistentState("x", "no-such-storage")] IPersistentState<Tally> state) : Grain, IStoreless
    {
        public Task Call() => state.WriteStateAsync();
    }

    public interface ICarelessGrain : IGrainWithStringKey
    {
        Task Fire();

        Task<string> Hello();

        Task<int> Changing(string gate);
    }

    [GrainType("test-careless"), Reentrant]
    public sealed class CarelessGrain(IServiceProvider services) : Grain, ICarelessGrain
    {
        private int _inside;
        private int _most;

        public Task Fire()
        {
            Forgotten();
            return Task.CompletedTask;
        }

        public Task<string> Hello() => Task.FromResult("hello");

        public async Task<int> Changing(string gate)
        {
            var probe = services.GetRequiredService<Probe>();
            IGrainTimer? timer = null;
            var ticks = 0;
            timer = this.RegisterGrainTimer(
                async _ =>
                {
                    _most = Math.Max(_most, ++_inside);
                    timer!.Change(TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
                    await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
                    _inside--;
                    if (++ticks == 3)
                        probe.Open(gate);
                },
                new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = Timeout.InfiniteTimeSpan });
            await probe.Pass(gate);
            timer.Dispose();
            return _most;
        }

        private static async void Forgotten()
        {
            await Task.Yield();
            throw new FormatException("Nobody waits for this.");
        }
    }

    [Fact]
    public void An_interface_without_a_grain_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => _host.Client.GetGrain<INobodyGrain>("a"));
        Assert.Contains(nameof(INobodyGrain), error.Message);
    }

    [Fact]
    public void A_method_that_cannot_be_called_from_afar_is_refused_by_name()
    {
        var error = Assert.Throws<NotSupportedException>(() => _host.Client.GetGrain<IOddGrain>("a"));
        Assert.Contains(nameof(IOddGrain.Now), error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    public void A_key_is_not_blank(string? key) => Assert.ThrowsAny<ArgumentException>(() => _host.Client.GetGrain<ITurnsGrain>(key!));

    [Fact]
    public async Task What_a_call_brought_is_let_go_of_with_its_answer()
    {
        var grain = _host.Client.GetGrain<ITurnsGrain>("a");
        var brought = await Bring(grain);

        GC.Collect();
        Assert.DoesNotContain(brought, one => one.IsAlive);

        // Nothing of it stays on this method's stack.
        static async Task<WeakReference[]> Bring(ITurnsGrain grain)
        {
            string[] names = [.. Enumerable.Range(0, 20).Select(n => $"call {n}")];
            await Task.WhenAll(names.Select(name => grain.Write(name, "open")));
            return [.. names.Select(name => new WeakReference(name))];
        }
    }

    [Fact]
    public async Task A_missing_storage_fails_the_call_and_names_itself()
    {
        var error = await Assert.ThrowsAsync<BadProviderConfigException>(() => _host.Client.GetGrain<IStoreless>("a").Call());
        Assert.Contains("no-such-storage", error.Message);
    }

    [Fact]
    public async Task An_error_that_nobody_waits_for_does_not_end_the_process()
    {
        var grain = _host.Client.GetGrain<ICarelessGrain>("a");
        await grain.Fire();
        Assert.Equal("hello", await grain.Hello());
    }

    [Fact]
    public async Task A_timer_that_changes_itself_does_not_overlap_itself_either() =>
        Assert.Equal(1, await _host.Client.GetGrain<ICarelessGrain>("b").Changing("b"));

    [Fact]
    public async Task Grains_answer_only_between_start_and_stop()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(new Probe());
        TestEngine.Add(builder, new EngineTimes());
        using var host = builder.Build();
        var grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<ITurnsGrain>("a");

        await Assert.ThrowsAsync<SiloUnavailableException>(grain.Who);
        await host.StartAsync();
        await grain.Who();
        await host.StopAsync();
        await Assert.ThrowsAsync<SiloUnavailableException>(grain.Who);
    }

    [Fact]
    public async Task A_slow_subscriber_loses_its_oldest_items_and_keeps_the_order()
    {
        var producer = _host.Client.GetGrain<IProducerGrain>("many");
        var stuck = new TaskCompletionSource();
        var heard = new List<int>();
        var end = new TaskCompletionSource();
        await _host.Stream<int>("many").SubscribeAsync(async (item, _) =>
        {
            await stuck.Task;
            heard.Add(item);
            if (item == 29_999)
                end.SetResult();
        });
        await producer.Publish(0, 30_000);
        stuck.SetResult();
        await end.Task.WaitAsync(Probe.Patience);

        Assert.InRange(heard.Count, 1, 10_001);
        Assert.Equal(heard.Order(), heard);
    }

    [Fact]
    public async Task Grains_that_come_and_go_under_load_are_never_two_and_lose_no_call()
    {
        const int Workers = 8;
        const int Rounds = 300;
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < Rounds; i++)
            {
                var grain = _host.Client.GetGrain<ITurnsGrain>($"busy{random.Next(3)}");
                await (random.Next(4) switch { 0 => grain.Leave(), 1 => grain.Add(), 2 => grain.Read("r", "open"), _ => grain.Who() });
                Interlocked.Increment(ref answered);
            }
        }))).WaitAsync(Probe.Patience);

        Assert.Equal(Workers * Rounds, answered);
        for (var key = 0; key < 3; key++)
        {
            var life = _host.Probe.Log.Where(line => line.StartsWith($"busy{key} ", StringComparison.Ordinal)).ToArray();
            Assert.True(life.Length > 10);
            for (var i = 0; i < life.Length; i++)
                Assert.Contains(i % 2 == 0 ? " activated" : " deactivated", life[i]);
        }
    }

    [Fact]
    public async Task Deep_chains_of_calls_do_not_exhaust_the_stack()
    {
        // Each grain calls the next from within its own call, on the same thread while the stack lasts.
        await _host.Client.GetGrain<IChainGrain>("0").Down(5_000);
    }

    public interface IChainGrain : IGrainWithStringKey
    {
        Task Down(int left);
    }

    [GrainType("test-chain")]
    public sealed class ChainGrain : Grain, IChainGrain
    {
        public Task Down(int left) => left == 0 ? Task.CompletedTask : GrainFactory.GetGrain<IChainGrain>($"{left}").Down(left - 1);
    }

    [Fact]
    public async Task Counts_calls_failures_and_grains()
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == "LiveSupport.Grains")
                    own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            if (tags.Length == 3 && tags[0].Value is "test-metered")
                seen.AddOrUpdate($"{tags[1].Value} {tags[2].Value}", 1, (_, before) => before + 1);
        });
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            if (tags.Length > 0 && tags[0].Value is "test-metered")
                seen.AddOrUpdate(instrument.Name, value, (_, before) => before + value);
        });
        listener.Start();

        var grain = _host.Client.GetGrain<IMeteredGrain>("a");
        await grain.Succeed();
        await Assert.ThrowsAsync<FormatException>(grain.Fail);
        listener.RecordObservableInstruments();

        Assert.Equal(1, seen["Succeed ok"]);
        Assert.Equal(1, seen["Fail failed"]);
        Assert.Equal(1, seen["livesupport.grain.activations"]);
    }

    public interface IMeteredGrain : IGrainWithStringKey
    {
        Task Succeed();

        Task Fail();
    }

    [GrainType("test-metered")]
    public sealed class MeteredGrain : Grain, IMeteredGrain
    {
        public Task Succeed() => Task.CompletedTask;

        public Task Fail() => throw new FormatException();
    }
}
