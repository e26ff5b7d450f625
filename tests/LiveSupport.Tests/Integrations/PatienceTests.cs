using LiveSupport.Contracts;
using LiveSupport.Silo.Integrations;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Integrations;

/// <summary>How often a provider is asked: as seldom as will do, and never beyond what it lets us.</summary>
public sealed class PatienceTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DemoDesk _desk = new();

    public Task InitializeAsync() => _desk.InitializeAsync();

    public Task DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task What_is_known_is_fresh_for_a_minute_shown_for_a_quarter_of_an_hour_and_then_gone()
    {
        var visitor = await _desk.NewVisitor(DemoDesk.Anna);
        await _desk.Settled(visitor);
        var calls = _desk.Calls(Providers.Card);
        _desk.Server.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal("fresh", DemoDesk.State(await _desk.Card(visitor, Providers.Card)));
        Assert.Equal(calls, _desk.Calls(Providers.Card));

        _desk.Server.Clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal("stale", DemoDesk.State(await _desk.Card(visitor, Providers.Card)));
        await _desk.Card(visitor, Providers.Card, card => DemoDesk.State(card) == "fresh");
        Assert.Equal(calls + 1, _desk.Calls(Providers.Card));

        _desk.Fakes.Modes[Providers.Card] = "5xx";
        _desk.Server.Clock.Advance(TimeSpan.FromMinutes(14));
        var stale = await _desk.Card(visitor, Providers.Card, card => DemoDesk.State(card) == "stale" && DemoDesk.Error(card) is not null);
        Assert.InRange(_desk.Server.Clock.GetUtcNow() - stale.GetProperty("at").GetDateTimeOffset(), TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));

        _desk.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        var gone = await _desk.Card(visitor, Providers.Card, card => DemoDesk.State(card) == "error");
        Assert.False(gone.TryGetProperty("data", out var data) && data.ValueKind == System.Text.Json.JsonValueKind.Object);
    }

    [Fact]
    public async Task That_nobody_is_known_is_remembered_for_five_minutes()
    {
        var visitor = await _desk.NewVisitor("nobody@example.com");
        await _desk.Settled(visitor);
        var calls = _desk.Calls(Providers.Card);
        _desk.Server.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("not-found", DemoDesk.State(await _desk.Card(visitor, Providers.Card)));
        Assert.Equal(calls, _desk.Calls(Providers.Card));

        _desk.Server.Clock.Advance(TimeSpan.FromMinutes(1.1));
        await _desk.Cards(visitor);
        await TestServer.Eventually(() => Task.FromResult(_desk.Calls(Providers.Card) == calls + 1));
    }

    [Fact]
    public async Task A_provider_that_fails_on_and_on_is_left_alone()
    {
        _desk.Fakes.Modes[Providers.Card] = "5xx";
        // Each asks three times; the circuit opens at ten.
        for (var i = 0; i < 4; i++)
            await _desk.Settled(await _desk.NewVisitor(DemoDesk.Anna));
        var calls = _desk.Calls(Providers.Card);
        Assert.InRange(calls, 10, 12);
        for (var i = 0; i < 4; i++)
            Assert.Equal(Codes.Unavailable, DemoDesk.Error((await _desk.Settled(await _desk.NewVisitor(DemoDesk.Anna))).GetProperty(Providers.Card)));
        // Not twelve more; one or two may be tries whether it is back.
        Assert.InRange(_desk.Calls(Providers.Card) - calls, 0, 3);

        _desk.Fakes.Modes.Clear();
        _desk.Server.Clock.Advance(TimeSpan.FromSeconds(16));
        var visitor = await _desk.NewVisitor(DemoDesk.Anna);
        await _desk.Card(visitor, Providers.Card, card => DemoDesk.State(card) == "fresh");
    }

    [Theory]
    [InlineData(Providers.Calendly, 500)]
    [InlineData(Providers.Zendesk, 400)]
    public async Task What_a_provider_has_left_is_shown_and_not_overdrawn(string provider, int limit)
    {
        _desk.Fakes.Left[provider] = 1;
        await _desk.Card(await _desk.NewVisitor(DemoDesk.Anna), provider, card => DemoDesk.State(card) == "fresh");
        var quota = (await _desk.Integration(provider)).GetProperty("quota");
        Assert.Equal((1, limit), (quota.GetProperty("remaining").GetInt32(), quota.GetProperty("limit").GetInt32()));
        var calls = _desk.Calls(provider);

        var later = await _desk.NewVisitor(DemoDesk.Anna);
        await _desk.Refresh(later);
        await TestServer.Eventually(async () => (await _desk.Integration(provider)).TryGetProperty("lastError", out var error) && error.ValueKind == System.Text.Json.JsonValueKind.Object);
        Assert.Equal(("loading", null), (DemoDesk.State(await _desk.Card(later, provider)), DemoDesk.Error(await _desk.Card(later, provider))));
        Assert.Equal(calls, _desk.Calls(provider));

        _desk.Fakes.Left.Clear();
        _desk.Server.Clock.Advance(TimeSpan.FromSeconds(41));
        await _desk.Card(later, provider, card => DemoDesk.State(card) == "fresh");
    }

    [Fact]
    public async Task Shopifys_points_are_shown_and_waited_for_a_moment()
    {
        _desk.Fakes.Left[Providers.Shopify] = 20;
        await _desk.Card(await _desk.NewVisitor(DemoDesk.Anna), Providers.Shopify, card => DemoDesk.State(card) == "fresh");
        Assert.Equal(2000, (await _desk.Integration(Providers.Shopify)).GetProperty("quota").GetProperty("limit").GetInt32());

        // 40 points are missing, and 100 come back a second.
        await _desk.Card(await _desk.NewVisitor(DemoDesk.Anna), Providers.Shopify, card => DemoDesk.State(card) == "fresh");
        Assert.False((await _desk.Integration(Providers.Shopify)).TryGetProperty("lastError", out var error) && error.ValueKind == System.Text.Json.JsonValueKind.Object);
    }

    [Fact]
    public void A_bucket_fills_and_those_who_wait_queue_up()
    {
        var bucket = new ProviderBudget(100, 1000, Now, RestoresPerSecond: 50);
        Assert.Equal(TimeSpan.Zero, bucket.Wait(60, Now));
        bucket = bucket.Spend(60, Now);
        Assert.Equal(TimeSpan.FromSeconds(0.4), bucket.Wait(60, Now));
        bucket = bucket.Spend(60, Now);
        Assert.Equal(TimeSpan.FromSeconds(1.6), bucket.Wait(60, Now));
        Assert.Equal(0, bucket.View(Now).Remaining);
        Assert.Equal(TimeSpan.Zero, bucket.Wait(60, Now.AddSeconds(1.6)));
        Assert.Equal(1000, bucket.View(Now.AddHours(1)).Remaining);
    }

    [Fact]
    public void Calls_of_a_minute_are_all_there_again_when_it_ends()
    {
        var minute = new ProviderBudget(3, 50, Now, ResetsAt: Now.AddSeconds(40)).Spend(2, Now);
        Assert.Equal((1, Now.AddSeconds(40)), (minute.View(Now).Remaining, minute.View(Now).ResetsAt));
        Assert.Equal(TimeSpan.FromSeconds(30), minute.Wait(2, Now.AddSeconds(10)));
        Assert.Equal(TimeSpan.Zero, minute.Wait(2, Now.AddSeconds(40)));
        Assert.Equal(48, minute.Spend(2, Now.AddSeconds(40)).View(Now.AddSeconds(50)).Remaining);
        // Who does not say when it resets is asked, and says so.
        Assert.Equal(TimeSpan.Zero, new ProviderBudget(0, 50, Now).Wait(2, Now));
    }
}
