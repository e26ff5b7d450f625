using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>A site says who somebody is that was nobody until now.</summary>
internal static class Recognition
{
    /// <summary>
    /// What the browser began as nobody goes on under the name. Each step may be done twice: the browser keeps its old
    /// token until this is answered, and comes again.
    /// </summary>
    /// <param name="earlier">What the browser can prove to have been; gives nothing when it is the same visitor.</param>
    /// <returns>The conversation in which the visitor's next message would land; null when there is none.</returns>
    public static async Task<string?> GoOn(this IGrainFactory grains, string workspaceId, VisitorProof earlier, VisitorProfile now) =>
        earlier.VisitorId != now.Id && await grains.Visitor(workspaceId, earlier.VisitorId).HandOver(earlier.SecretHash, now.Id) is { } conversation
            ? await grains.Visitor(workspaceId, now.Id).TakeOver(conversation, earlier.VisitorId)
            : now.ConversationId;
}
