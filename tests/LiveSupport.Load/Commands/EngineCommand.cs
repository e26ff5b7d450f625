using System.Diagnostics;
using LiveSupport.Contracts;
using LiveSupport.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Load.Commands;

/// <summary>How many grain calls a second the built engine makes, with nothing but the engine in the way.</summary>
internal static class EngineCommand
{
    private const string Grain = "default";

    public static readonly Command Command = new("engine", "grain calls per second [--seconds 3] [--callers 64]", Run);

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var time = arguments.Seconds("seconds", 3);
        var callers = arguments.Number("callers", 64);
        arguments.End();

        var started = Stopwatch.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("livesupport-load-");
        try
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Logging.SetMinimumLevel(LogLevel.None);
            builder.AddLiveSupportSilo(new SiloOptions { DataFolder = folder.FullName });
            using var host = builder.Build();
            await host.StartAsync(stop);
            var grains = host.Services.GetRequiredService<IGrainFactory>();
            await grains.GetGrain<ISiteGrain>(Grain).Workspace();
            Console.WriteLine($"engine: {grains.GetType().Assembly.GetName().Name}");
            Show("milliseconds to the first answer", Stopwatch.GetElapsedTime(started).TotalMilliseconds);

            await Measure(grains, 1, TimeSpan.FromSeconds(1), sameGrain: true, stop);
            Show("calls/s, one at a time", await Measure(grains, 1, time, sameGrain: true, stop));
            Show($"calls/s, {callers} callers on {callers} grains", await Measure(grains, callers, time, sameGrain: false, stop));
            Show($"calls/s, {callers} callers on one grain", await Measure(grains, callers, time, sameGrain: true, stop));
            await host.StopAsync(stop);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static void Show(string what, double number) => Console.WriteLine($"{number,12:N0} {what}");

    private static async Task<double> Measure(IGrainFactory grains, int callers, TimeSpan time, bool sameGrain, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(
            async () =>
            {
                var grain = grains.GetGrain<ISiteGrain>(sameGrain ? Grain : $"{Grain}-{caller}");
                long calls = 0;
                while (Stopwatch.GetElapsedTime(started) < time)
                {
                    stop.ThrowIfCancellationRequested();
                    for (var i = 0; i < 100; i++)
                        await grain.Workspace();
                    calls += 100;
                }

                return calls;
            },
            stop)));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
