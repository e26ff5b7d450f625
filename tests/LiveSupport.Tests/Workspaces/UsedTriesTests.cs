using LiveSupport.Contracts;
using LiveSupport.Silo.Agents;

namespace LiveSupport.Tests.Workspaces;

/// <summary>So many tries at once, and from then on so many a second.</summary>
public sealed class UsedTriesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TryBudget Here = new("from here", Burst: 5, PerSecond: 1.0 / 300);
    private static readonly TryBudget Everywhere = new("email", Burst: 10, PerSecond: 1.0 / 90);

    [Fact]
    public void Five_are_taken_at_once_and_the_next_when_its_time_has_come()
    {
        var used = Take(UsedTries.None, 5, Noon, Here);
        Assert.Equal(300, used.Take([Here], Noon).Wait!.Value.TotalSeconds, 0.001);
        Assert.Equal(100, used.Take([Here], Noon.AddSeconds(200)).Wait!.Value.TotalSeconds, 0.001);
        used = Take(used, 1, Noon.AddSeconds(301), Here);
        Assert.Equal(299, used.Take([Here], Noon.AddSeconds(301)).Wait!.Value.TotalSeconds, 0.001);
        Take(used, 5, Noon.AddHours(1), Here);
    }

    [Fact]
    public void One_of_each_is_taken_or_of_none_and_the_longest_wait_is_said()
    {
        var used = Take(UsedTries.None, 5, Noon, Here, Everywhere);
        Assert.NotNull(used.Take([Here, Everywhere], Noon).Wait);
        used = Take(used.Take([Here, Everywhere], Noon).After, 5, Noon, Everywhere);
        Assert.Equal(90, used.Take([Everywhere], Noon).Wait!.Value.TotalSeconds, 0.001);
        Assert.Equal(300, used.Take([Everywhere, Here], Noon).Wait!.Value.TotalSeconds, 0.001);
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_and_no_more_than_that()
    {
        var used = Take(UsedTries.None, 5, Noon, Here).GiveBack([Here], Noon);
        used = Take(used, 1, Noon, Here);
        Assert.NotNull(used.Take([Here], Noon).Wait);
        used = UsedTries.None.GiveBack([Here], Noon);
        Assert.NotNull(Take(used, 5, Noon, Here).Take([Here], Noon).Wait);
    }

    [Fact]
    public void A_clock_that_goes_back_gives_nothing()
    {
        var used = Take(UsedTries.None, 5, Noon, Here);
        Assert.Equal(300, used.Take([Here], Noon.AddHours(-1)).Wait!.Value.TotalSeconds, 0.001);
    }

    [Fact]
    public void What_never_comes_back_is_a_day_s_wait()
    {
        var never = Here with { PerSecond = 0 };
        var used = Take(UsedTries.None, 5, Noon, never);
        Assert.Equal(TimeSpan.FromDays(1), used.Take([never], Noon.AddDays(9)).Wait);
    }

    [Fact]
    public void Names_that_somebody_makes_up_are_forgotten_before_an_account_under_attack_is()
    {
        var used = Take(UsedTries.None, 10, Noon, Everywhere);
        var names = Enumerable.Range(0, UsedTries.Most).Select(n => Everywhere with { Of = $"email {n}" }).ToArray();
        foreach (var name in names)
            used = Take(used, 1, Noon.AddSeconds(1), name);

        Assert.Equal(89, used.Take([Everywhere], Noon.AddSeconds(1)).Wait!.Value.TotalSeconds, 0.001);
        var whole = names.Count(name => Tries(used, name, Noon.AddSeconds(1)) == 10);
        Assert.InRange(whole, UsedTries.Most / 2, UsedTries.Most);
    }

    private static int Tries(UsedTries used, TryBudget budget, DateTimeOffset now)
    {
        for (var n = 0; ; n++)
        {
            (used, var wait) = used.Take([budget], now);
            if (wait is not null)
                return n;
        }
    }

    private static UsedTries Take(UsedTries used, int times, DateTimeOffset now, params TryBudget[] budgets)
    {
        for (var n = 0; n < times; n++)
        {
            (used, var wait) = used.Take([.. budgets], now);
            Assert.Null(wait);
        }
        return used;
    }
}
