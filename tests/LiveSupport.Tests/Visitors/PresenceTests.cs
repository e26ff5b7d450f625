using LiveSupport.Contracts;
using LiveSupport.Silo.Visitors;

namespace LiveSupport.Tests.Visitors;

public sealed class PresenceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Presence _presence = new();

    [Fact]
    public void Nothing_is_known_before_the_first_report()
    {
        _presence.Look(Start.AddHours(1));
        Assert.Null(_presence.Online);
        Assert.Null(_presence.NextLook);
    }

    [Fact]
    public void A_reload_does_not_blink()
    {
        _presence.Report("edge", 1, null, Start);
        _presence.Report("edge", 0, null, Start.AddSeconds(1));
        Assert.True(_presence.Online);
        _presence.Report("edge", 1, null, Start.AddSeconds(3));
        _presence.Look(Start.AddSeconds(30));
        Assert.True(_presence.Online);
    }

    [Fact]
    public void Gone_is_shown_after_the_grace_and_not_before()
    {
        _presence.Report("edge", 1, null, Start);
        _presence.Report("edge", 0, null, Start);
        Assert.Equal(Start + Presence.Grace, _presence.NextLook);
        _presence.Look(Start + Presence.Grace - TimeSpan.FromTicks(1));
        Assert.True(_presence.Online);
        _presence.Look(Start + Presence.Grace);
        Assert.False(_presence.Online);
        Assert.Null(_presence.NextLook);
    }

    [Fact]
    public void An_edge_that_died_lets_its_lease_run_out()
    {
        _presence.Report("edge", 2, null, Start);
        Assert.Equal(Start + Presence.Lease, _presence.NextLook);
        _presence.Look(Start + Presence.Lease);
        Assert.True(_presence.Online);
        _presence.Look(Start + Presence.Lease + Presence.Grace);
        Assert.False(_presence.Online);
    }

    [Fact]
    public void One_of_two_edges_is_enough()
    {
        _presence.Report("a", 1, null, Start);
        _presence.Report("b", 1, null, Start);
        _presence.Report("a", 0, null, Start);
        _presence.Look(Start.AddSeconds(20));
        Assert.True(_presence.Online);
    }

    [Fact]
    public void A_report_without_a_page_keeps_the_last_one()
    {
        var page = new PageView("https://shop/x", "X");
        _presence.Report("edge", 1, page, Start);
        _presence.Report("edge", 1, null, Start);
        Assert.Equal(page, _presence.Page);
    }
}
