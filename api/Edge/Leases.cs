using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>Tells grains who is here: visitors with a conversation, and agents who have one open. Renewed, never stored.</summary>
internal sealed class Leases(Relays relays, IGrainFactory grains, ILogger<Leases> log)
{
    private const int AtOnce = 16;

    /// <summary>The visitor's sockets or page changed.</summary>
    public Task Attach(string workspaceId, VisitorHere visitor)
    {
        if (!visitor.NeedsLease)
            return Task.CompletedTask;
        visitor.HasLease = true;
        return Try(() => grains.Visitor(workspaceId, visitor.Id).Attach(relays.EdgeId, visitor.Connections.Count, visitor.Page));
    }

    public Task View(string workspaceId, string conversationId, AgentRef agent, bool viewing) =>
        Try(() => grains.Conversation(workspaceId, conversationId).View(agent, viewing));

    public async Task Renew()
    {
        foreach (var relay in relays.All.Select(watch => watch.Relay))
        {
            await InParallel(relay.VisitorsWithLease(), visitor => Attach(relay.WorkspaceId, visitor));
            await InParallel(relay.Viewing(), viewing => View(relay.WorkspaceId, viewing.ConversationId, viewing.Agent, viewing: true));
        }
    }

    private static Task InParallel<T>(IEnumerable<T> items, Func<T, Task> act) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (item, _) => await act(item));

    /// <summary>A lease that could not be renewed runs out, or is renewed the next time: nobody waits for it.</summary>
    private async Task Try(Func<Task> lease)
    {
        try
        {
            await lease();
        }
        catch (Exception broken)
        {
            log.LogDebug(broken, "A lease could not be renewed.");
        }
    }
}
