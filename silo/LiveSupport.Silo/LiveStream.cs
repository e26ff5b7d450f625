using LiveSupport.Contracts;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo;

/// <summary>How a grain tells the edges what happened.</summary>
internal static partial class LiveStream
{
    /// <summary>
    /// Never fails: an event is only a hint, and who misses it sees the gap (in <c>rev</c>, in <c>version</c>, in the
    /// ticks) and asks for the truth.
    /// </summary>
    public static async Task Publish(this Grain grain, string workspaceId, WorkspaceEvent happened, ILogger logger)
    {
        try
        {
            await grain.GetStreamProvider(WorkspaceStream.Provider)
                .GetStream<WorkspaceEvent>(StreamId.Create(WorkspaceStream.Namespace, workspaceId))
                .OnNextAsync(happened);
        }
        catch (Exception error)
        {
            NotTaken(logger, error, workspaceId);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of {Workspace} did not take an event.")]
    private static partial void NotTaken(ILogger logger, Exception error, string workspace);
}
