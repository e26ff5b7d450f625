using LiveSupport.Contracts;
using LiveSupport.Silo.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Attachments;

/// <summary>Sees to it that files which no message takes are deleted, also those of before a restart.</summary>
public sealed partial class UnsentFilesWatch(IGrainFactory grains, TimeProvider clock, ILogger<UnsentFilesWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            do
            {
                try
                {
                    while (await grains.GetGrain<IUnsentFilesGrain>(DefaultWorkspace.Id).Sweep() > 0 && !stoppingToken.IsCancellationRequested)
                    {
                    }
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Files that no message took could not be deleted; trying again.")]
    private partial void Failed(Exception error);
}
