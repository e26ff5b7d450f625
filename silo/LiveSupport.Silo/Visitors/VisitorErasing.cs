using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Visitors;

/// <summary>
/// The person is erased. The record says so first and is emptied last, so that in between nobody is this visitor and
/// whatever was cut off can be done again: every step finds nothing to do where it was done.
/// </summary>
public sealed partial class VisitorGrain
{
    private const int RowsAtOnce = 100;

    private static readonly Refusal NoSuchVisitor = new(Codes.NotFound, "There is no such visitor.");
    private static readonly Refusal BeingErased = new(Codes.Unavailable, "This visitor is being erased. Try again in a moment.");

    public async Task<Outcome<Erasure>> Erase(AgentRef by)
    {
        if (!stored.RecordExists)
            return NoSuchVisitor;
        if (stored.State.Erased is { } done)
            return done;
        if (stored.State.ErasingSince is null)
            await Write(stored.State with { Secrets = [], ErasingSince = clock.GetUtcNow() });
        var (state, at) = (stored.State, stored.State.ErasingSince!.Value);
        Publish(new VisitorErased(VisitorId));
        await Leave();

        var caches = await GrainFactory.GetGrain<ICustomerGrain>(this.GetPrimaryKeyString()).Forget();
        var erased = await EraseConversations(by, at);
        await GrainFactory.GetGrain<IQueueGrain>(WorkspaceId).Forget([.. erased.Keys]);
        foreach (var file in state.Uploads)
            await GrainFactory.GetGrain<IAttachmentGrain>(Ids.Key(WorkspaceId, file)).Erase();
        if (state.Email is { } email)
            await GrainFactory.GetGrain<IEmailGrain>(Ids.EmailKey(WorkspaceId, email)).Forget(VisitorId);
        await GrainFactory.GetGrain<IWebhooksGrain>(WorkspaceId).Forget([.. erased.Keys]);
        await ForgetAnswers([VisitorId, .. erased.Keys]);
        var former = new List<Erasure>();
        foreach (var id in state.Formerly)
        {
            if ((await GrainFactory.GetGrain<IVisitorGrain>(Ids.Key(WorkspaceId, id)).Erase(by)).Value is { } same)
                former.Add(same);
        }

        var receipt = new Erasure
        {
            VisitorId = VisitorId,
            At = at,
            Conversations = erased.Count + former.Sum(same => same.Conversations),
            Entries = erased.Values.Sum(one => one.Entries) + former.Sum(same => same.Entries),
            Attachments = erased.Values.Sum(one => one.Attachments) + former.Sum(same => same.Attachments),
            Caches = [.. former.SelectMany(same => same.Caches).Concat(caches).Distinct().Order()],
        };
        await Write(new VisitorState { Erased = receipt });
        return receipt;
    }

    /// <summary>What programs were answered is kept for their repeats.</summary>
    private async Task ForgetAnswers(ImmutableArray<string> about)
    {
        foreach (var key in await GrainFactory.GetGrain<IApiKeysGrain>(WorkspaceId).List())
        {
            await Task.WhenAll(Enumerable.Range(0, IdempotencyParts.Count).Select(part =>
                GrainFactory.GetGrain<IIdempotencyGrain>(IdempotencyParts.Key(WorkspaceId, key.Id, part)).Erase(about)));
        }
    }

    /// <summary>Nobody is there any more, on no page.</summary>
    private async Task Leave()
    {
        _look?.Dispose();
        (_presence, _shownOnline, _look) = (new Presence(), null, null);
        await GrainFactory.GetGrain<IQueueGrain>(WorkspaceId).Presence(VisitorId, online: false);
        Publish(new PresenceChanged(VisitorId, false));
    }

    private async Task<Dictionary<string, ErasedConversation>> EraseConversations(AgentRef by, DateTimeOffset at)
    {
        var erased = new Dictionary<string, ErasedConversation>();
        // Its row may not be there: a message may be on its way to it.
        if (stored.State.ConversationId is { } open)
            await EraseOne(open);
        var queue = GrainFactory.GetGrain<IQueueGrain>(WorkspaceId);
        string? after = null;
        while (await queue.List(new RowFilter(RowsAtOnce, VisitorId: VisitorId, AfterId: after)) is { IsEmpty: false } rows)
        {
            foreach (var row in rows)
                await EraseOne(row.Id);
            after = rows[^1].Id;
        }
        return erased;

        async Task EraseOne(string id)
        {
            if (erased.ContainsKey(id))
                return;
            var answer = await GrainFactory.GetGrain<IConversationGrain>(Ids.Key(WorkspaceId, id)).Erase(VisitorId, by, at);
            if (answer.Refusal is { Code: not Codes.NotFound } refusal)
                throw new StoreUnavailableException(refusal.Sentence);
            // What an earlier erasure has removed, before the person came back, stands on that receipt.
            if (answer.Value is { } one && one.At == at)
                erased[id] = one;
        }
    }
}
