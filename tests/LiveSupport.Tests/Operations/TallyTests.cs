using LiveSupport.Api.Operations;
using LiveSupport.Contracts;

namespace LiveSupport.Tests.Operations;

public sealed class TallyTests
{
    private static readonly double[] Bounds = [1, 2, 4];

    [Fact]
    public void A_quantile_is_guessed_within_its_bucket()
    {
        var tally = new Tally();
        tally.Add(100, 0, Bounds, [50, 40, 10, 0]);
        Assert.Equal(1, tally.Quantile(0.5)!.Value, 3);
        Assert.Equal(1.5, tally.Quantile(0.7)!.Value, 3);
        Assert.Equal(3.8, tally.Quantile(0.99)!.Value, 3);
    }

    [Fact]
    public void What_lies_beyond_the_last_bound_is_said_to_be_at_it()
    {
        var tally = new Tally();
        tally.Add(1, 9, Bounds, [0, 0, 0, 1]);
        Assert.Equal(4, tally.Quantile(0.5));
    }

    [Fact]
    public void Nothing_has_no_quantile_and_nothing_added_changes_nothing()
    {
        var tally = new Tally();
        Assert.Null(tally.Quantile(0.5));
        tally.Add(2, 3, Bounds, [1, 1, 0, 0]);
        tally.Add(new Tally());
        Assert.Equal(new Timing(1, 1, 1.98), tally.Over(2));
    }

    [Fact]
    public void Processes_are_added_up_and_the_slowest_counts()
    {
        var grain = new GrainReport { Grain = "queue", Calls = new Timing(30, 0.001, 0.002), Errors = 1, Methods = [new MethodReport("Page", new Timing(30, 0.001, 0.002), 1)] };
        var other = new GrainReport { Grain = "queue", Calls = new Timing(10, 0.005, 0.1), Errors = 2, Methods = [] };
        var views = OperationsEndpoints.Grains([grain, other], [new GrainCount("queue", 1), new GrainCount("site", 3)]);
        Assert.Equal(("queue", 1, 40d, 3L), (views[0].Grain, views[0].Activations, views[0].CallsPerSecond, views[0].Errors));
        Assert.Equal(0.002, views[0].P50!.Value, 6);
        Assert.Equal(0.1, views[0].P99);
        Assert.Equal(("site", 3, 0d), (views[1].Grain, views[1].Activations, views[1].CallsPerSecond));
    }
}
