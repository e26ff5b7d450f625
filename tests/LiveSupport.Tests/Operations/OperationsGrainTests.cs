using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Operations;

/// <summary>Who is alive, who is silent, and that even the end of the silo that keeps the list is seen.</summary>
public sealed class OperationsGrainTests
{
    [Fact]
    public async Task A_process_that_died_with_everything_is_still_looked_for()
    {
        var silo = await SiloHost.Start();
        await silo.Grains.GetGrain<IOperationsGrain>(IOperationsGrain.Key).Report(Report("dead", "running"));
        await silo.Grains.GetGrain<IOperationsGrain>(IOperationsGrain.Key).Report(Report("left", "running"));
        await silo.Grains.GetGrain<IOperationsGrain>(IOperationsGrain.Key).Report(Report("left", "stopping"));

        await using var next = await silo.Restart();
        var operations = next.Grains.GetGrain<IOperationsGrain>(IOperationsGrain.Key);
        await operations.Report(Report("new", "running"));

        Assert.Equal(["dead", "new"], (await operations.Processes()).Select(known => known.Report.Id).Order());
    }

    [Fact]
    public async Task The_newest_report_counts()
    {
        await using var silo = await SiloHost.Start();
        var operations = silo.Grains.GetGrain<IOperationsGrain>(IOperationsGrain.Key);
        await operations.Report(Report("one", "running"));
        await operations.Report(Report("one", "running") with { Memory = 7 });
        Assert.Equal(7, Assert.Single(await operations.Processes()).Report.Memory);
    }

    private static ProcessReport Report(string id, string state) => new()
    {
        Id = id,
        Name = id,
        Role = "silo",
        Version = "1",
        StartedAt = DateTimeOffset.UnixEpoch,
        State = state,
        Cpu = 0,
        Memory = 1,
        MessagesPerSecond = 0,
        Commit = new Timing(0, null, null),
        Grains = [],
        Trend = [],
    };
}
