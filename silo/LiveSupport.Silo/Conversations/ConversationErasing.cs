using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>
/// The person is erased. Files go first, while the record still names them; then the record and its row, in one commit;
/// then the pages, which from there on nobody reads. So whatever is cut off, the same call finishes.
/// </summary>
public sealed partial class ConversationGrain
{
    public async Task<Outcome<ErasedConversation>> Erase(string visitorId, AgentRef by, DateTimeOffset at)
    {
        if (_state.Exists && _state.Visitor.Id != visitorId)
            return NotFound;
        if (_state.Erased is null && await Forget(visitorId, by, at) is { } refusal)
            return refusal;
        var erased = _state.Erased!;
        await _pages.Delete(erased);
        return new ErasedConversation(erased.At, erased.UpTo, erased.Attachments);
    }

    private async Task<Refusal?> Forget(string visitorId, AgentRef by, DateTimeOffset at)
    {
        var files = await _pages.Files(_state);
        foreach (var file in files)
            await GrainFactory.GetGrain<IAttachmentGrain>(Ids.Key(_workspaceId, file)).Erase();
        if (_unstored is not null)
            _unstored = ImmutableArray<IndexedEntry>.Empty;
        return (await Commit(Conversation.Erase(_state, visitorId, by, files.Length, at, Now))).Refusal;
    }
}
