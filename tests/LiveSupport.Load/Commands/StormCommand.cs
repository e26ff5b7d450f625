using System.Diagnostics;
using LiveSupport.Load.Faults;
using LiveSupport.Load.Servers;
using LiveSupport.Load.Storm;
using LiveSupport.Load.Traffic;

namespace LiveSupport.Load.Commands;

/// <summary>
/// Thousands come back in the same moment: to a server of its own whose clients' network was gone, or to the other edges
/// of a local cluster when one of them is killed.
/// </summary>
internal static class StormCommand
{
    public static readonly Command Command = new("storm",
        "thousands of visitors come back at once [--connections 5000] [--senders 50] [--talking 20 (% with a conversation)] [--within 30] [--cluster deploy/local-cluster/cluster]", Run);

    private const int OpenAtOnce = 32;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(8);

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var (connections, senders, talking) = (arguments.Number("connections", 5_000), arguments.Number("senders", 50), arguments.Number("talking", 20));
        var within = arguments.Seconds("within", 30);
        var script = arguments.Text("cluster");
        arguments.End();
        var crowd = new Crowd(connections, talking, within);
        if (script is null)
        {
            await using var server = await ServerProcess.Api(stop);
            return await crowd.Storm([server.Address], senders, comers => Parallel.ForEach(comers, comer => comer.Cut()), () => Task.FromResult(server.Memory), stop);
        }
        using var cluster = await LocalCluster.Of(script, stop);
        var (lost, left) = (cluster.Edges[0], cluster.Edges.Skip(1).ToList());
        if (left.Count == 0)
            throw new UsageException("One edge is killed, so there must be another one.");
        try
        {
            return await crowd.Storm(
                [.. left.Append(lost).Select(cluster.Url)], senders, _ => cluster.Kill(lost, "KILL", stop).Wait(stop), () => cluster.Memory(left[0], stop), stop);
        }
        finally
        {
            await cluster.Start(lost, CancellationToken.None);
        }
    }

    private sealed record Crowd(int Connections, int Talking, TimeSpan Within)
    {
        /// <param name="edges">The first one stays.</param>
        /// <param name="strike">Ends the connections of some.</param>
        /// <param name="memory">Of the server that they come back to.</param>
        public async Task<int> Storm(IReadOnlyList<Uri> edges, int senderCount, Action<IReadOnlyList<Comer>> strike, Func<Task<long>> memory, CancellationToken stop)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 512 });
            using var target = await ApiTarget.For(ServerProcess.At(edges[0]), 1, stop);
            var arrivals = new Arrivals();
            Comer[] comers = [.. Enumerable.Range(0, Connections).Select(i => new Comer(arrivals, http, edges, i, talks: i * 100L / Connections < Talking, over.Token))];
            await using var pings = new Timer(_ => Array.ForEach(comers, comer => comer.Ping()), null, PingEvery, PingEvery);
            try
            {
                await Parallel.ForEachAsync(comers, new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = stop }, async (comer, _) => await comer.Begin());
                await using var senders = await Senders.Begin(target, senderCount, stop);
                await Task.Delay(Calm, stop);
                var (calm, before) = (senders.TakeAcks(), await memory());

                var peak = before;
                var clock = Stopwatch.StartNew();
                strike(comers);
                var struck = clock.Elapsed;
                do
                {
                    await Task.Delay(Look, stop);
                    peak = Math.Max(peak, await memory());
                }
                while ((arrivals.Away > 0 || arrivals.Took.IsEmpty) && clock.Elapsed < Within);
                var (took, during) = (clock.Elapsed, senders.TakeAcks());
                await Task.Delay(Calm, stop);
                var back = Latency.Of(arrivals.Took);
                Console.WriteLine(FormattableString.Invariant($"""
                    lost and back    {arrivals.Took.Count} connections, each after {back} ms; all after {took.TotalSeconds:0.0} s (the cut took {struck.TotalSeconds:0.0} s); never back: {arrivals.Away}
                    at the door      {arrivals.Attempts} attempts, {arrivals.Refused} of them turned away with 503
                    others' acks     calm {calm}, meanwhile {during}, afterwards {senders.TakeAcks()} ms; not acknowledged: {senders.Refused}
                    server's memory  {before >> 20} MB before, {peak >> 20} MB at most, {await memory() >> 20} MB afterwards
                    """));
                return arrivals.Away == 0 && senders.Refused == 0 ? 0 : 1;
            }
            finally
            {
                await over.CancelAsync();
                Array.ForEach(comers, comer => comer.Dispose());
            }
        }
    }
}
