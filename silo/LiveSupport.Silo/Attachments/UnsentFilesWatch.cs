using LiveSupport.Contracts;
using LiveSupport.Silo.Workspaces;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Attachments;

/// <summary>Sees to it that files which no message takes are deleted, also those of before a restart.</summary>
public sealed class UnsentFilesWatch(IGrainFactory grains, TimeProvider clock, ILogger<UnsentFilesWatch> logger)
    : Rounds(TimeSpan.FromMinutes(5), clock, logger)
{
    protected override async Task Round(CancellationToken stoppingToken)
    {
        while (await grains.GetGrain<IUnsentFilesGrain>(DefaultWorkspace.Id).Sweep() > 0 && !stoppingToken.IsCancellationRequested)
        {
        }
    }
}
