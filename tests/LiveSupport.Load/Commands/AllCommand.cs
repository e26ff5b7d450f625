namespace LiveSupport.Load.Commands;

/// <summary>The whole picture in one table: both echoes and the product, one after the other, on the same machine.</summary>
internal static class AllCommand
{
    public static readonly Command Command = new("all",
        "closed loop, 500/s, 2000/s and idle, each beside the echo [--visitors 200] [--agents 10] [--connections 10000] [--warm-up 5] [--seconds 10] [--json FILE]", Run);

    private static readonly int[] Rates = [0, 500, 2_000];

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var plan = MessagesCommand.Plan.Of(arguments, 0);
        var connections = IdleCommand.Connections(arguments);
        var json = arguments.Text("json");
        arguments.End();
        var report = new Report();
        foreach (var rate in Rates)
        {
            await MessagesCommand.Echo(plan with { Rate = rate }, report, stop, plain: true);
            await MessagesCommand.Echo(plan with { Rate = rate }, report, stop);
            await MessagesCommand.Product(plan with { Rate = rate }, report, stop);
        }
        await IdleCommand.Echo(connections, report, stop);
        await IdleCommand.Product(connections, report, stop);
        report.Compare();
        await report.Write(json);
        return report.AllHold ? 0 : 1;
    }
}
