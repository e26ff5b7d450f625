using LiveSupport.Contracts;
using LiveSupport.Silo.Workspaces;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Visitors;

/// <summary>Sees to it that an erasure which a crash cut off is finished, on whichever silo is left.</summary>
public sealed partial class ErasureWatch(IGrainFactory grains, TimeProvider clock, ILogger<ErasureWatch> logger)
    : Rounds(TimeSpan.FromSeconds(15), clock, logger)
{
    private readonly ILogger _logger = logger;

    protected override async Task Round(CancellationToken stoppingToken)
    {
        if (await grains.GetGrain<IErasuresGrain>(DefaultWorkspace.Id).Run() is > 0 and var finished)
            Finished(finished);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Finished {Count} erasures that had been cut off.")]
    private partial void Finished(int count);
}
