using LiveSupport.Load.Servers;
using LiveSupport.Load.Traffic;

namespace LiveSupport.Load.Commands;

/// <summary>Visitors write, agents look on: how fast, how late, at what cost, and whether everything is there once and in order.</summary>
internal static class MessagesCommand
{
    public static readonly Command Command = new("messages",
        "visitors write, agents look on [--rate N (0: closed loop)] [--visitors 200] [--agents 10] [--warm-up 5] [--seconds 10] [--target echo|echo-as-is|livesupport|both] [--bot yes] [--urls VISITORS-EDGE,AGENTS-EDGE of a running system] [--json FILE]", Run);

    private const int MostPerSecond = 100_000;

    /// <param name="Rate">Messages a second; 0: a closed loop.</param>
    public sealed record Plan(int Visitors, int Agents, int Rate, TimeSpan WarmUp, TimeSpan Measure, bool Join)
    {
        public string Name => Rate == 0 ? "closed" : $"open {Rate}/s";

        public static Plan Of(Arguments arguments, int rate) => new(
            arguments.Number("visitors", 200), arguments.Number("agents", 10), rate,
            arguments.Seconds("warm-up", 5), arguments.Seconds("seconds", 10), Join: arguments.Text("bot") != "yes");
    }

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var plan = Plan.Of(arguments, arguments.Number("rate", 0));
        var target = arguments.Text("target") ?? "both";
        var json = arguments.Text("json");
        var urls = arguments.Text("urls")?.Split(',');
        arguments.End();
        var report = new Report();
        if (urls is not null)
        {
            await Running(plan, new Uri(urls[0]), new Uri(urls[^1]), report, stop);
            await report.Write(json);
            return report.AllHold ? 0 : 1;
        }
        if (target is "echo" or "both")
            await Echo(plan, report, stop);
        if (target is "echo-as-is")
            await Echo(plan, report, stop, plain: true);
        if (target is "livesupport" or "both")
            await Product(plan, report, stop);
        report.Compare();
        await report.Write(json);
        return report.AllHold ? 0 : 1;
    }

    public static async Task Echo(Plan plan, Report report, CancellationToken stop, bool plain = false)
    {
        await using var server = await ServerProcess.Echo(plain, stop);
        await Measure(new EchoTarget(server, plain), plan, report, stop);
    }

    public static async Task Product(Plan plan, Report report, CancellationToken stop)
    {
        await using var server = await ServerProcess.Api(stop);
        using var target = await ApiTarget.For(server, plan.Agents, stop);
        await Measure(target, plan, report, stop);
    }

    /// <summary>What others have started, such as a cluster: visitors on one edge, agents on another.</summary>
    private static async Task Running(Plan plan, Uri visitors, Uri agents, Report report, CancellationToken stop)
    {
        await using var server = ServerProcess.At(visitors);
        using var target = await ApiTarget.For(server, plan.Agents, stop, agents);
        await Measure(target, plan, report, stop);
    }

    private static async Task Measure(ITarget target, Plan plan, Report report, CancellationToken stop)
    {
        var capacity = ((int)(plan.WarmUp + plan.Measure).TotalSeconds + 3) * MostPerSecond;
        using var all = await Conversations.Open(target, plan.Visitors, plan.Agents, capacity, plan.Join, stop);
        var measured = plan.Rate == 0
            ? await all.Closed(plan.WarmUp, plan.Measure, stop)
            : await all.Open(plan.Rate, plan.WarmUp, plan.Measure, stop);
        report.Add(plan.Name, target.Name, measured, await all.Judge(stop));
    }
}
