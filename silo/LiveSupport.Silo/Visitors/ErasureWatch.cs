using LiveSupport.Contracts;
using LiveSupport.Silo.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Visitors;

/// <summary>Sees to it that an erasure which a crash cut off is finished, on whichever silo is left.</summary>
public sealed partial class ErasureWatch(IGrainFactory grains, TimeProvider clock, ILogger<ErasureWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            do
            {
                try
                {
                    if (await grains.GetGrain<IErasuresGrain>(DefaultWorkspace.Id).Run() is > 0 and var finished)
                        Finished(finished);
                }
                catch (Exception error) when (!stoppingToken.IsCancellationRequested)
                {
                    Failed(error);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Finished {Count} erasures that had been cut off.")]
    private partial void Finished(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An erasure could not be finished; trying again.")]
    private partial void Failed(Exception error);
}
