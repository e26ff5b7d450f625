using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>What an event does to the state. What screens show follows <see cref="SnapshotReducer"/>; a test holds both to the same.</summary>
public static partial class Conversation
{
    /// <summary>Events besides entries that are stored for <c>Sync</c>; older ones only memory has (<see cref="LetGo"/>).</summary>
    private const int KeptOthers = 32;

    /// <summary>Questions that the bot can owe at once; of a flood only the newest are asked again.</summary>
    private const int MostOwed = 16;

    /// <summary>The state after one more event.</summary>
    public static ConversationState Apply(ConversationState state, ConversationEvent change)
    {
        if (change is EntryAdded { Entry: var entry })
            return AddEntry(state, entry);
        return Keep(change switch
        {
            ModeChanged { Mode: var mode } moved => state with
            {
                Rev = change.Rev,
                Mode = mode,
                Epoch = moved.Epoch,
                IsCase = state.IsCase || mode == Mode.HumanInteraction,
                WaitingSince = SnapshotReducer.WaitingAfter(moved, state.Status, state.PreviewBy, state.WaitingSince),
                BotContextFrom = mode == Mode.Bot ? state.Seq : state.BotContextFrom,
                Owed = [],
                OwedSince = null,
                Undo = null,
            },
            StatusChanged { Status: var status } moved => state with
            {
                Rev = change.Rev,
                Status = status,
                Epoch = moved.Epoch,
                SnoozedUntil = moved.Until,
                SolvedAt = status == Status.Solved ? change.At : null,
                WaitingSince = status == Status.Solved ? null : state.WaitingSince,
                BotContextFrom = state.Status == Status.Solved ? state.Seq : state.BotContextFrom,
                Owed = status == Status.Solved ? [] : state.Owed,
                OwedSince = status == Status.Solved ? null : state.OwedSince,
                Undo = null,
            },
            OwnerChanged moved => state with { Rev = change.Rev, Owner = moved.Owner, Epoch = moved.Epoch, Undo = null },
            ReadMoved { By.Type: AuthorType.Visitor } read => state with { Rev = change.Rev, VisitorSeenSeq = read.Seq },
            ReadMoved { By.Type: AuthorType.Bot } => state with { Rev = change.Rev, OwedSince = change.At },
            ReadMoved { By.Id: var agent } read => state with
            {
                Rev = change.Rev,
                Reads = state.Reads.SetItem(
                    agent ?? "",
                    new ReadMark(Math.Max(read.Seq, state.Reads.GetValueOrDefault(agent ?? "")?.Seq ?? 0), read.VisitorEntriesRead)),
            },
            ContactChanged contact => state with { Rev = change.Rev, Visitor = contact.Visitor },
            _ => state with { Rev = change.Rev },
        }, change);
    }

    private static ConversationState Keep(ConversationState state, ConversationEvent change)
    {
        var others = state.Others.Add(change);
        return others.Length <= KeptOthers
            ? state with { Others = others }
            : state with { Others = others.RemoveAt(0), OthersFrom = others[0].Rev };
    }

    private static ConversationState AddEntry(ConversationState state, Entry entry)
    {
        if (entry.Code == SystemCodes.Erased)
            return Forget(state, entry);
        var next = state with
        {
            Rev = entry.Rev,
            Seq = entry.Seq,
            VisibleSeq = Masking.IsInternal(entry) ? state.VisibleSeq : entry.Seq,
            Ended = state.Ended || entry.Code == SystemCodes.Ended,
            Tail = state.Tail.Add(entry),
        };
        if (!SnapshotReducer.IsMessage(entry))
            return SnapshotReducer.AsksForPerson(entry) ? next with { WaitingSince = next.WaitingSince ?? entry.At } : next;
        next = next with
        {
            Preview = SnapshotReducer.PreviewOf(entry),
            PreviewBy = entry.Author,
            LastAt = entry.At,
            Undo = null,
        };
        return entry.Author.Type switch
        {
            AuthorType.Visitor => AddVisitorEntry(next, entry),
            AuthorType.Agent => AddReply(next, entry),
            AuthorType.Bot => Answered(next, entry),
            _ => next,
        };
    }

    /// <summary>All that was said is gone, and every event that told of it: whoever is behind gets a snapshot.</summary>
    private static ConversationState Forget(ConversationState state, Entry entry) => state with
    {
        Rev = entry.Rev,
        Seq = entry.Seq,
        VisibleSeq = entry.Seq,
        Ended = true,
        Tail = [entry],
        Others = [],
        OthersFrom = entry.Rev,
        Preview = SnapshotReducer.PreviewOf(entry),
        PreviewBy = entry.Author,
        VisitorEntries = 0,
        Reads = state.Reads.ToImmutableDictionary(read => read.Key, read => read.Value with { VisitorEntries = 0 }),
        Owed = [],
        OwedSince = null,
        Undo = null,
        Rating = state.Rating is { } rating ? rating with { Comment = null } : null,
    };

    private static ConversationState AddVisitorEntry(ConversationState state, Entry entry)
    {
        if (state.Mode == Mode.HumanInteraction)
            return state with { VisitorEntries = state.VisitorEntries + 1, WaitingSince = state.WaitingSince ?? entry.At };
        var owed = state.Owed.Add(entry.Seq);
        return state with
        {
            VisitorEntries = state.VisitorEntries + 1,
            Owed = owed.Length <= MostOwed ? owed : owed.RemoveAt(0),
            OwedSince = state.OwedSince ?? entry.At,
        };
    }

    private static ConversationState AddReply(ConversationState state, Entry entry)
    {
        var reply = new AgentReply(new AgentRef(entry.Author.Id ?? "", entry.Author.Name ?? ""), entry.Seq, entry.At);
        return state with
        {
            WaitingSince = null,
            LastReply = reply,
            LastReplyByAnother = state.LastReply?.Agent.Id == reply.Agent.Id ? state.LastReplyByAnother : state.LastReply,
        };
    }

    private static ConversationState Answered(ConversationState state, Entry entry)
    {
        var owed = state.Owed.RemoveAll(seq => entry.Id == BotEntryId(seq));
        return state with { Owed = owed, OwedSince = owed.IsEmpty ? null : state.OwedSince };
    }
}
