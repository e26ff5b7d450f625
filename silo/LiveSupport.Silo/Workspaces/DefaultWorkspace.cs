using LiveSupport.Contracts;
using LiveSupport.Silo.Bot;
using Microsoft.Extensions.Hosting;

namespace LiveSupport.Silo.Workspaces;

/// <summary>
/// A new installation begins with one workspace: the demo shop, with its help pages and first saved replies. Also wakes the queue, which
/// from then on ticks and fires what is due, whoever is connected.
/// </summary>
public sealed class DefaultWorkspace(IGrainFactory grains) : IHostedService
{
    public const string Id = "default";

    private static readonly WorkspaceSettings Settings = new()
    {
        Name = "Linnea",
        TeamName = "Linnea",
        SiteKeys = [Id],
    };

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await grains.GetGrain<IWorkspaceGrain>(Id).Create(Settings, DemoArticles.Knowledge.Articles);
        await grains.GetGrain<ISavedRepliesGrain>(Id).Begin(SavedReplyRules.First);
        await grains.GetGrain<IQueueGrain>(Id).Touch();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
