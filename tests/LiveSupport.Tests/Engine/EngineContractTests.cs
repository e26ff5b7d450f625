namespace LiveSupport.Tests.Engine;

/// <summary>
/// What the grains of this product lean on, proved on whichever engine is built: the embedded one and
/// Orleans pass the same tests.
/// </summary>
public sealed class EngineContractTests(EngineHost host) : IClassFixture<EngineHost>
{
    private readonly Probe _probe = host.Probe;
    private readonly string _key = Guid.NewGuid().ToString("N");

    private ITurnsGrain Turns => host.Client.GetGrain<ITurnsGrain>(_key);

    [Fact]
    public async Task A_second_call_begins_only_when_the_first_has_ended()
    {
        var first = Turns.Write($"{_key} 1", $"{_key} go");
        await _probe.Pass($"{_key} 1 begins");
        var second = Turns.Write($"{_key} 2", $"{_key} go");
        _probe.Open($"{_key} go");
        await Task.WhenAll(first, second);

        Assert.Equal(
            [$"{_key} 1 begins", $"{_key} 1 ends", $"{_key} 2 begins", $"{_key} 2 ends"],
            Happened("begins", "ends"));
    }

    [Fact]
    public async Task Calls_from_everywhere_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                await Turns.Add();
        })));

        Assert.Equal(800, await Turns.Total());
        Assert.Single(Happened("activated"));
    }

    [Fact]
    public async Task Readers_run_among_themselves()
    {
        var first = Turns.Read($"{_key} 1", $"{_key} 2 begins");
        await Turns.Read($"{_key} 2", $"{_key} 1 begins");
        await first;
    }

    [Fact]
    public async Task A_writer_waits_for_readers_and_readers_for_a_writer()
    {
        var reader = Turns.Read($"{_key} r", $"{_key} go");
        await _probe.Pass($"{_key} r begins");
        var writer = Turns.Write($"{_key} w", $"{_key} go");
        _probe.Open($"{_key} go");
        await Task.WhenAll(reader, writer);
        Assert.Equal([$"{_key} r begins", $"{_key} r ends", $"{_key} w begins", $"{_key} w ends"], Happened("begins", "ends"));

        var second = Turns.Write($"{_key} w2", $"{_key} go2");
        await _probe.Pass($"{_key} w2 begins");
        var after = Turns.Read($"{_key} r2", $"{_key} go2");
        _probe.Open($"{_key} go2");
        await Task.WhenAll(second, after);
        Assert.Equal([$"{_key} w2 begins", $"{_key} w2 ends", $"{_key} r2 begins", $"{_key} r2 ends"], Happened("begins", "ends")[4..]);
    }

    [Fact]
    public async Task A_reentrant_grain_takes_calls_between_awaits()
    {
        var grain = host.Client.GetGrain<IReentrantGrain>(_key);
        var waiting = grain.Pass(_key);
        await _probe.Pass($"{_key} awaited");
        await grain.Open(_key);
        await waiting;
    }

    [Fact]
    public async Task Between_two_awaits_even_a_reentrant_grain_is_alone()
    {
        var grain = host.Client.GetGrain<IReentrantGrain>(_key);
        var crowds = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => grain.Crowd(200))));
        Assert.All(crowds, most => Assert.Equal(1, most));
    }

    [Fact]
    public async Task State_is_read_before_the_first_call_and_outlives_the_activation()
    {
        var grain = host.Client.GetGrain<IStoredGrain>(_key);
        Assert.Equal((false, 0), await grain.FoundAtStart());
        Assert.Equal(1, await grain.Add());
        Assert.Equal(2, await grain.Add());
        var first = await grain.Who();
        await grain.Leave();

        Assert.Equal((true, 2), await grain.FoundAtStart());
        Assert.Equal(3, await grain.Add());
        Assert.NotEqual(first, await grain.Who());
        await grain.Clear();
        Assert.Equal(0, await grain.Count());
    }

    [Fact]
    public async Task A_write_conflict_that_escapes_ends_the_activation_and_the_next_reads_anew()
    {
        var grain = host.Client.GetGrain<IStoredGrain>(_key);
        var first = await grain.Who();
        await Assert.ThrowsAnyAsync<InconsistentStateException>(grain.Conflict);

        Assert.Equal(1000, await grain.Count());
        Assert.NotEqual(first, await grain.Who());
    }

    [Fact]
    public async Task A_write_conflict_that_the_grain_handles_changes_nothing()
    {
        var grain = host.Client.GetGrain<IStoredGrain>(_key);
        var first = await grain.Who();
        Assert.True(await grain.SurviveConflict());
        Assert.Equal(first, await grain.Who());
    }

    [Fact]
    public async Task What_the_caller_changes_later_does_not_reach_the_grain()
    {
        var grain = host.Client.GetGrain<IBoxGrain>(_key);
        var sent = new Box { Numbers = [1], Array = [7], Inner = { ["a"] = new Box { Numbers = [2] } } };
        sent.Next = sent;
        await grain.Put(sent);
        sent.Numbers.Add(9);
        sent.Array[0] = 9;
        sent.Inner["a"].Numbers.Add(9);
        sent.Inner["b"] = new Box();

        var held = await grain.Get();
        Assert.Equal([1], held.Numbers);
        Assert.Equal([7], held.Array);
        Assert.Equal([2], Assert.Single(held.Inner).Value.Numbers);
        Assert.Same(held, held.Next);
    }

    [Fact]
    public async Task What_the_caller_does_to_an_answer_does_not_reach_the_grain()
    {
        var grain = host.Client.GetGrain<IBoxGrain>(_key);
        await grain.Put(new Box { Numbers = [1] });
        (await grain.Get()).Numbers.Add(9);
        Assert.Equal([1], (await grain.Get()).Numbers);
    }

    [Fact]
    public async Task What_never_changes_is_shared()
    {
        var stamp = new Stamp(_key);
        Assert.Same(stamp, await host.Client.GetGrain<IBoxGrain>(_key).Echo(stamp));
    }

    [Fact]
    public async Task A_grain_that_fails_tells_its_caller_and_lives_on()
    {
        var first = await Turns.Who();
        var error = await Assert.ThrowsAsync<FormatException>(() => Turns.Fail("so it goes"));
        Assert.Equal("so it goes", error.Message);
        Assert.Equal(first, await Turns.Who());
    }

    [Fact]
    public async Task A_grain_that_cannot_be_activated_fails_the_call_and_the_next_call_tries_anew()
    {
        var grain = host.Client.GetGrain<IFragileGrain>(_key);
        await Assert.ThrowsAnyAsync<Exception>(grain.Hello);
        _probe.Open(_key);
        Assert.Equal("hello", await grain.Hello());
    }

    [Fact]
    public async Task A_grain_that_leaves_says_goodbye_and_the_next_call_meets_another()
    {
        var first = await Turns.Who();
        await Turns.Leave();
        Assert.NotEqual(first, await Turns.Who());
        Assert.Equal(
            [$"{_key} activated", $"{_key} deactivated: ApplicationRequested", $"{_key} activated"], Happened("activated", "deactivated"));
    }

    [Fact]
    public async Task Grains_are_named_by_their_own_type_and_key()
    {
        Assert.Equal($"test-turns/{_key}", Turns.GetGrainId().ToString());
        Assert.Equal(_key, Turns.GetPrimaryKeyString());
        Assert.Equal(await Turns.Who(), await host.Client.GetGrain<ITurnsGrain>(_key).Who());
        Assert.NotEqual(await Turns.Who(), await host.Client.GetGrain<ITurnsGrain>($"{_key}x").Who());
    }

    [Fact]
    public async Task A_timer_never_overlaps_itself()
    {
        var grain = host.Client.GetGrain<IClockGrain>(_key);
        await grain.Start(TimeSpan.FromMilliseconds(10), failing: false);
        await _probe.Pass($"{_key} tick 5");
        var (ticks, overlapped) = await grain.Stop();
        Assert.True(ticks >= 5);
        Assert.False(overlapped);
    }

    [Fact]
    public async Task A_timer_whose_tick_fails_goes_on()
    {
        var grain = host.Client.GetGrain<IClockGrain>(_key);
        await grain.Start(TimeSpan.FromMilliseconds(5), failing: true);
        await _probe.Pass($"{_key} tick 3");
        await grain.Stop();
    }

    [Fact]
    public async Task A_timer_waits_its_turn()
    {
        var grain = host.Client.GetGrain<IClockGrain>(_key);
        var other = host.Client.GetGrain<IClockGrain>($"{_key}x");
        await grain.Start(TimeSpan.FromMilliseconds(5), failing: false);
        var held = grain.Hold(_key);
        await _probe.Pass($"{_key} held");
        await other.Start(TimeSpan.FromMilliseconds(5), failing: false);
        await _probe.Pass($"{_key}x tick 5");
        _probe.Open(_key);
        Assert.Equal(0, await held);
        await grain.Stop();
        await other.Stop();
    }

    private string[] Happened(params string[] words) =>
        [.. _probe.Log.Where(line => line.StartsWith($"{_key} ", StringComparison.Ordinal) && words.Any(line.Contains))];
}
