using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo;

/// <summary>Work that every silo looks after from its start on, again and again; a round that fails is made up for by the next.</summary>
public abstract partial class Rounds(TimeSpan every, TimeProvider clock, ILogger logger) : BackgroundService
{
    protected abstract Task Round(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, clock);
        try
        {
            do
            {
                try
                {
                    await Round(stoppingToken);
                }
                catch (Exception error) when (!stoppingToken.IsCancellationRequested)
                {
                    Failed(logger, error, GetType().Name);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A round of {Rounds} failed; trying again.")]
    private static partial void Failed(ILogger logger, Exception error, string rounds);
}
