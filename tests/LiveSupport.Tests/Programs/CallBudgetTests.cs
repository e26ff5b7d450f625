using LiveSupport.Silo.Programs;

namespace LiveSupport.Tests.Programs;

/// <summary>So many calls at once, and from then on so many a minute.</summary>
public sealed class CallBudgetTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_spent_and_comes_back_evenly()
    {
        var budget = CallBudget.Whole(60, Noon);
        for (var i = 0; i < 60; i++)
        {
            (budget, var granted) = budget.Take(Noon);
            Assert.True(granted);
        }
        (budget, var refused) = budget.Take(Noon);
        Assert.False(refused);
        Assert.Equal((0, 60, 1), (budget.Remaining, budget.ResetSeconds, budget.RetrySeconds));

        (budget, var again) = budget.Take(Noon.AddSeconds(1));
        Assert.True(again);
        (budget, again) = budget.Take(Noon.AddSeconds(1.5));
        Assert.False(again);
        Assert.Equal(59, budget.Take(Noon.AddHours(1)).After.Remaining);
    }

    [Fact]
    public void A_clock_that_goes_back_neither_gives_nor_takes()
    {
        var (budget, _) = CallBudget.Whole(10, Noon).Take(Noon);
        Assert.Equal(8, budget.Take(Noon.AddHours(-1)).After.Remaining);
    }
}
