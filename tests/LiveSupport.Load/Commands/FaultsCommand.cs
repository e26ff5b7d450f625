using System.Diagnostics;
using LiveSupport.Load.Faults;

namespace LiveSupport.Load.Commands;

/// <summary>Breaks a running cluster in every way that it must survive, while people write, and holds the outcome against the promise.</summary>
internal static class FaultsCommand
{
    public static readonly Command Command = new("faults",
        "breaks a local cluster under load [--cluster deploy/local-cluster/cluster] [--only kill-silo,restart,…] [--visitors 200] [--agents 20] [--every-ms 1000] [--pause 60] [--seed N]", Run);

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RightWithin = TimeSpan.FromSeconds(10);

    /// <param name="Break">Does it, and is done when every process is ready again; false: this machine cannot.</param>
    /// <param name="ReconnectWithin">For those of whom it is promised: the 95th percentile, in ms.</param>
    private sealed record Fault(string Name, Func<LocalCluster, CancellationToken, Task<bool>> Break, double? ReconnectWithin = null);

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        using var cluster = await LocalCluster.Of(arguments.Text("cluster") ?? "deploy/local-cluster/cluster", stop);
        var only = arguments.Text("only")?.Split(',');
        var (visitors, agents) = (arguments.Number("visitors", 200), arguments.Number("agents", 20));
        var every = TimeSpan.FromMilliseconds(arguments.Number("every-ms", 1_000));
        var pause = arguments.Seconds("pause", 60);
        var random = new Random(arguments.Number("seed", Random.Shared.Next(1_000_000)));
        arguments.End();
        var faults = Faults(random, pause);
        if (only?.FirstOrDefault(name => faults.All(fault => fault.Name != name)) is { } unknown)
            throw new UsageException($"There is no fault '{unknown}'; there are: {string.Join(", ", faults.Select(fault => fault.Name))}.");

        Console.WriteLine($"{cluster.Silos.Count} silos, {cluster.Edges.Count} edges; {visitors} visitors and {agents} agents, each with a message every {every.TotalMilliseconds:0} ms");
        await using var crowd = await Crowd.Gather([.. cluster.Edges.Select(cluster.Url)], visitors, agents, every, stop);
        Console.WriteLine($"{"fault",-14} {"acked",7}  {"ack p50 / p99 / max ms",-24} {"try again",9}  {"reconnects",10} {"p95 ms",7}  {"screens right",13}  outcome");
        var held = true;
        foreach (var fault in faults.Where(fault => only?.Contains(fault.Name) != false))
            held &= await Try(fault, cluster, crowd, stop);
        Console.WriteLine(held ? "Everything held." : "NOT everything held.");
        return held ? 0 : 1;
    }

    private static async Task<bool> Try(Fault fault, LocalCluster cluster, Crowd crowd, CancellationToken stop)
    {
        crowd.Book.TakeTimes();
        var before = crowd.Book.Acknowledged;
        await Task.Delay(Calm, stop);
        if (!await fault.Break(cluster, stop))
        {
            Console.WriteLine($"{fault.Name,-14} NOT RUN: this machine cannot.");
            return true;
        }
        // Every process is back: from here on everybody has ten seconds.
        var recovered = Stopwatch.StartNew();
        string outcome;
        var holds = false;
        var right = TimeSpan.Zero;
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(2), stop);
            await crowd.Quiet(stop);
            var (_, difference, findings) = await crowd.Judge(RightWithin, stop);
            right = recovered.Elapsed;
            holds = findings.AllHold && difference is null && right < RightWithin;
            outcome = $"{findings}{(difference is null ? "" : $"; {difference}")}";
        }
        catch (TimeoutException never)
        {
            outcome = never.Message;
        }
        var times = crowd.Book.TakeTimes();
        if (fault.ReconnectWithin is { } limit && times.ReconnectP95 > limit)
            (holds, outcome) = (false, $"{outcome}; reconnects took longer than {limit:0} ms");
        crowd.GoOn();
        Console.WriteLine(FormattableString.Invariant(
            $"{fault.Name,-14} {crowd.Book.Acknowledged - before,7}  {$"{times.Ack.P50:0} / {times.Ack.P99:0} / {times.Ack.Max:0}",-24} {times.Refused,9}  {times.Reconnects,10} {times.ReconnectP95,7:0}  {right.TotalSeconds,11:0.0} s  {(holds ? "" : "FAILED: ")}{outcome}"));
        return holds;
    }

    private static Fault[] Faults(Random random, TimeSpan pause) =>
    [
        new("none", (_, _) => Task.FromResult(true)),
        new("kill-silo", async (cluster, stop) =>
        {
            var silo = Any(random, cluster.Silos);
            await cluster.Kill(silo, "KILL", stop);
            await Task.Delay(TimeSpan.FromSeconds(10), stop);
            await cluster.Start(silo, stop);
            return true;
        }),
        new("kill-edge", async (cluster, stop) =>
        {
            var edge = Any(random, cluster.Edges);
            await cluster.Kill(edge, "KILL", stop);
            await Task.Delay(TimeSpan.FromSeconds(10), stop);
            await cluster.Start(edge, stop);
            return true;
        }),
        new("restart-silos", async (cluster, stop) =>
        {
            foreach (var silo in cluster.Silos)
                await Restart(cluster, silo, stop);
            return true;
        }, ReconnectWithin: 2_000),
        new("restart-edges", async (cluster, stop) =>
        {
            foreach (var edge in cluster.Edges)
                await Restart(cluster, edge, stop);
            return true;
        }, ReconnectWithin: 2_000),
        new("pause-silo", async (cluster, stop) =>
        {
            var silo = Any(random, cluster.Silos);
            await cluster.Kill(silo, "STOP", stop);
            await Task.Delay(pause, stop);
            await cluster.Kill(silo, "CONT", stop);
            // It was declared dead meanwhile, finds out, and must end rather than write.
            await Task.Delay(TimeSpan.FromSeconds(3), stop);
            await cluster.Recover(silo, stop);
            return true;
        }),
        new("cut-silo", async (cluster, stop) =>
        {
            var silo = Any(random, cluster.Silos);
            if (!await cluster.TryCut(silo, stop))
                return false;
            await Task.Delay(TimeSpan.FromSeconds(30), stop);
            await cluster.Mend(silo, stop);
            await Task.Delay(TimeSpan.FromSeconds(3), stop);
            foreach (var each in cluster.Silos)
                await cluster.Recover(each, stop);
            return true;
        }),
        new("database", async (cluster, stop) =>
        {
            await cluster.Kill("postgres", "QUIT", stop);
            await Task.Delay(TimeSpan.FromSeconds(15), stop);
            await cluster.Start("postgres", stop);
            foreach (var name in cluster.Silos.Concat(cluster.Edges))
                await cluster.Recover(name, stop);
            return true;
        }),
        new("kill-all", async (cluster, stop) =>
        {
            foreach (var name in cluster.Silos.Concat(cluster.Edges))
                await cluster.Kill(name, "KILL", stop);
            await Task.WhenAll(cluster.Silos.Concat(cluster.Edges).Select(name => cluster.Start(name, stop)));
            return true;
        }),
    ];

    private static string Any(Random random, IReadOnlyList<string> names) => names[random.Next(names.Count)];

    private static async Task Restart(LocalCluster cluster, string name, CancellationToken stop)
    {
        await cluster.Stop(name, stop);
        await cluster.Start(name, stop);
        await Task.Delay(TimeSpan.FromSeconds(2), stop);
    }
}
