using System.Net;
using System.Text.Json;
using LiveSupport.Load.Servers;
using LiveSupport.Load.Wire;

namespace LiveSupport.Load.Commands;

/// <summary>Visitors who only have a page open: what each costs in memory.</summary>
internal static class IdleCommand
{
    public static readonly Command Command = new("idle",
        "visitors who only have a page open [--connections 10000] [--target echo|livesupport|both] [--json FILE]", Run);

    /// <summary>The first connections pay for what all share; from here on each pays for itself.</summary>
    private const int From = 2_000;

    private const int PerAddress = 10_000;
    private const int OpenAtOnce = 32;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var connections = Connections(arguments);
        var target = arguments.Text("target") ?? "both";
        var json = arguments.Text("json");
        arguments.End();
        var report = new Report();
        if (target is "echo" or "both")
            await Echo(connections, report, stop);
        if (target is "livesupport" or "both")
            await Product(connections, report, stop);
        report.Compare();
        await report.Write(json);
        return 0;
    }

    /// <summary>Read before anything runs, so that a wrong number costs no time.</summary>
    public static int Connections(Arguments arguments) =>
        arguments.Number("connections", 10_000) is > From and var connections
            ? connections
            : throw new UsageException($"--connections must be more than {From}.");

    public static async Task Echo(int connections, Report report, CancellationToken stop)
    {
        await using var server = await ServerProcess.Echo(plain: false, stop);
        await Measure(new EchoTarget(server, plain: false), connections, report, stop);
    }

    public static async Task Product(int connections, Report report, CancellationToken stop)
    {
        await using var server = await ServerProcess.Api(stop);
        using var target = await ApiTarget.For(server, 1, stop);
        await Measure(target, connections, report, stop);
    }

    private static async Task Measure(ITarget target, int connections, Report report, CancellationToken stop)
    {
        var sockets = new LoadSocket?[connections];
        await using var pings = new Timer(_ => Ping(sockets), null, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(8));
        try
        {
            await Open(target, sockets, 0, From, stop);
            await Task.Delay(Settle, stop);
            var first = target.Server.Memory;
            await Open(target, sockets, From, connections, stop);
            await Task.Delay(Settle, stop);
            var (last, cpu) = (target.Server.Memory, target.Server.Cpu);
            await Task.Delay(Settle, stop);
            report.Add("idle", target.Name, new IdleMeasured(
                connections,
                (last - first) / 1024.0 / (connections - From),
                last / 1048576.0,
                (target.Server.Cpu - cpu) / Settle * 100));
        }
        finally
        {
            foreach (var socket in sockets)
                socket?.Dispose();
        }
    }

    private static Task Open(ITarget target, LoadSocket?[] sockets, int from, int to, CancellationToken stop) =>
        Parallel.ForEachAsync(Enumerable.Range(from, to - from), new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = stop },
            async (i, each) => sockets[i] = await target.Visitor(i, new Nobody(), new IPAddress([127, 0, 0, (byte)(2 + i / PerAddress)]), each));

    private static void Ping(LoadSocket?[] sockets)
    {
        foreach (var socket in sockets)
            socket?.Ping();
    }

    private sealed class Nobody : LoadSocket.IListener
    {
        public void Acked(int number, long seq, string? error)
        {
        }

        public void Event(ref Utf8JsonReader reader)
        {
        }

        public void Closed(string why) => Console.Error.WriteLine($"  An idle socket closed: {why}");
    }
}
