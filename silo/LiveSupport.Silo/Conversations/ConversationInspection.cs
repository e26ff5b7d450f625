using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>The conversation laid open, for operators: what is stored, and all that is still known of how it came about.</summary>
public sealed partial class ConversationGrain
{
    public async Task<ConversationInspection?> Inspect(int limit)
    {
        var state = _state;
        if (!state.Exists)
            return null;
        var entries = await _pages.Newest(state, long.MaxValue, Math.Clamp(limit, 1, Limits.Page), _ => true);
        var from = entries.HasMore ? entries.Entries[0].Rev : 0;
        return new ConversationInspection
        {
            Row = state.Row(),
            ETag = head.Etag,
            Epoch = state.Epoch,
            SnoozedUntil = state.SnoozedUntil,
            SolvedAt = state.SolvedAt,
            Ended = state.Ended,
            VisitorSeenSeq = state.VisitorSeenSeq,
            Reads = state.Reads.ToImmutableDictionary(read => read.Key, read => read.Value.Seq),
            BotOwes = state.Owed,
            SealedEntries = state.TailFrom - 1,
            Viewers = _viewers.At(Now),
            QueueIsTold = !_untold,
            Events =
            [
                .. entries.Entries.Select(ConversationEvent (entry) => new EntryAdded { Rev = entry.Rev, At = entry.At, Entry = entry })
                    .Concat(state.Others.Where(other => other.Rev >= from)).OrderBy(change => change.Rev),
            ],
            HasMore = entries.HasMore,
        };
    }
}
