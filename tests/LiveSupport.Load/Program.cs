using LiveSupport.Load.Commands;
using LiveSupport.Load.Servers;

namespace LiveSupport.Load;

/// <summary>Measures LiveSupport from outside, and breaks it on purpose. One file per command in Commands/.</summary>
internal static class Program
{
    private static readonly Command[] Commands =
    [
        EngineCommand.Command,
        StoreCommand.Command,
        PagesCommand.Command,
        PanelCommand.Command,
        MessagesCommand.Command,
        IdleCommand.Command,
        AllCommand.Command,
        FaultsCommand.Command,
        StormCommand.Command,
        EchoServer.Command,
    ];

    private static async Task<int> Main(string[] args)
    {
        var command = Commands.FirstOrDefault(command => command.Name == args.FirstOrDefault());
        if (command is null)
        {
            Console.Error.WriteLine("dotnet run -c Release --project tests/LiveSupport.Load -- COMMAND [--option value]…");
            foreach (var known in Commands)
                Console.Error.WriteLine($"  {known.Name,-12} {known.Does}");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        try
        {
            return await command.Run(new Arguments(args[1..]), stop.Token);
        }
        catch (UsageException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 2;
        }
    }
}
