using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Workspaces;

[GenerateSerializer, Immutable, Alias("ls.saved-replies-state"), Stored(1)]
public sealed record SavedRepliesState
{
    /// <summary>By their shortcut.</summary>
    [Id(0)] public ImmutableArray<SavedReply> Replies { get; init; } = [];
}

[GrainType("saved-replies")]
public sealed class SavedRepliesGrain(
    [PersistentState("saved-replies", StorageNames.Grains)] IPersistentState<SavedRepliesState> stored) : Grain, ISavedRepliesGrain
{
    public Task Begin(ImmutableArray<SavedReply> replies) => stored.RecordExists ? Task.CompletedTask : Write(replies);

    public Task<ImmutableArray<SavedReply>> List() => Task.FromResult(stored.State.Replies);

    public async Task<Outcome<Done>> Put(SavedReply reply)
    {
        var next = SavedReplyRules.With(stored.State.Replies, reply);
        if (next.Refusal is { } refusal)
            return refusal;
        await Write(next.Value);
        return Done.It;
    }

    public async Task<Outcome<Done>> Remove(string id)
    {
        if (stored.State.Replies.FirstOrDefault(reply => reply.Id == id) is not { } known)
            return new Refusal(Codes.NotFound, "There is no such reply.");
        await Write(stored.State.Replies.Remove(known));
        return Done.It;
    }

    private Task Write(ImmutableArray<SavedReply> replies) => stored.Write(stored.State with { Replies = replies }, DeactivateOnIdle);
}
