namespace LiveSupport.Tests.Engine;

/// <summary>What the engine does by the clock, and at its end. Each test runs an engine of its own, with shorter times.</summary>
public sealed class EngineTimeTests
{
    private static readonly EngineTimes Impatient = new() { CallTimeout = TimeSpan.FromSeconds(3) };
    private static readonly EngineTimes Forgetful = new() { CollectionAge = TimeSpan.FromSeconds(2) };

    [Fact]
    public async Task A_call_without_an_answer_fails_and_the_grain_goes_on()
    {
        var host = await EngineHost.Start(Impatient);
        var grain = host.Client.GetGrain<ITurnsGrain>("slow");
        var running = grain.Write("running", "go");
        await host.Probe.Pass("running begins");
        var waiting = grain.Write("waiting", "go");

        await Assert.ThrowsAsync<TimeoutException>(() => running);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        host.Probe.Open("go");
        await Eventually(() => grain.Who());
        Assert.True(host.Probe.IsOpen("running ends"));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Grains_that_wait_for_each_other_are_freed_by_the_clock()
    {
        var host = await EngineHost.Start(Impatient);
        var grain = host.Client.GetGrain<ITurnsGrain>("a");
        await Assert.ThrowsAsync<TimeoutException>(() => grain.CallOther("b", back: true));
        // The cycle's inner call ends a moment after its outer one.
        await Eventually(() => grain.Who());
        await Eventually(() => host.Client.GetGrain<ITurnsGrain>("b").Who());
        await host.DisposeAsync();
    }

    [Fact]
    public async Task An_idle_grain_is_collected_but_never_a_busy_one()
    {
        var host = await EngineHost.Start(Forgetful);
        var busy = host.Client.GetGrain<ITurnsGrain>("busy");
        var call = busy.Write("work", "go");
        await host.Probe.Pass("work begins");
        await host.Client.GetGrain<ITurnsGrain>("idle").Who();

        await host.Probe.Pass("idle deactivated: ActivationIdle");
        Assert.False(host.Probe.IsOpen("busy deactivated: ActivationIdle"));
        host.Probe.Open("go");
        await call;
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_grain_that_is_to_be_kept_is_not_collected()
    {
        var host = await EngineHost.Start(Forgetful);
        await host.Client.GetGrain<IKeptGrain>("kept").Who();
        foreach (var key in new[] { "idle", "idle later" })
        {
            await host.Client.GetGrain<ITurnsGrain>(key).Who();
            await host.Probe.Pass($"{key} deactivated: ActivationIdle");
        }

        Assert.False(host.Probe.IsOpen("kept deactivated: ActivationIdle"));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_timer_keeps_nobody_alive()
    {
        var host = await EngineHost.Start(Forgetful);
        var grain = host.Client.GetGrain<IClockGrain>("ticking");
        // A grain is not collected in the middle of a tick. On a starved machine a tick that waits for its turn takes longer
        // than a short period, and the look for idle grains would always find it busy.
        await grain.Start(Forgetful.CollectionAge / 5, failing: false);
        await host.Probe.Pass("ticking deactivated: ActivationIdle");
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Stopping_lets_every_grain_say_goodbye()
    {
        var host = await EngineHost.Start(new EngineTimes());
        foreach (var key in new[] { "a", "b", "c" })
            await host.Client.GetGrain<ITurnsGrain>(key).Who();
        await host.Stop();

        Assert.Equal(3, host.Probe.Log.Count(line => line.EndsWith("deactivated: ShuttingDown", StringComparison.Ordinal)));
        await Assert.ThrowsAnyAsync<Exception>(() => host.Client.GetGrain<ITurnsGrain>("d").Who());
        await host.DisposeAsync();
    }

    private static async Task Eventually(Func<Task> attempt)
    {
        using var patience = new CancellationTokenSource(Probe.Patience);
        while (true)
        {
            try
            {
                await attempt();
                return;
            }
            catch (TimeoutException) when (!patience.IsCancellationRequested)
            {
            }
        }
    }
}
