using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;

namespace LiveSupport.Tests.Conversations;

public sealed class ViewersTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Only_who_comes_or_goes_is_news()
    {
        var viewers = new Viewers();

        Assert.True(viewers.Set(Talk.Mira, viewing: true, Start));
        Assert.False(viewers.Set(Talk.Mira, viewing: true, Start));
        Assert.False(viewers.Set(Talk.Jonas, viewing: false, Start));
        Assert.True(viewers.Set(Talk.Mira, viewing: false, Start));
        Assert.False(viewers.Any);
    }

    [Fact]
    public void A_lease_that_nobody_renews_runs_out()
    {
        var viewers = new Viewers();
        viewers.Set(Talk.Mira, viewing: true, Start);
        viewers.Set(Talk.Jonas, viewing: true, Start);
        viewers.Set(Talk.Mira, viewing: true, Start + TimeSpan.FromSeconds(20));

        var later = Start + Viewers.Lease;
        Assert.Equal([new Viewer("mira", "Mira")], viewers.At(later).AsEnumerable());
        Assert.True(viewers.Expire(later));
        Assert.False(viewers.Expire(later));
        Assert.True(viewers.Any);
    }
}
