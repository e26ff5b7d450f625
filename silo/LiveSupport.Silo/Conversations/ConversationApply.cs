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
        // One copy of the state and not one for each step: this is done with every message.
        var isMessage = SnapshotReducer.IsMessage(entry);
        var by = isMessage ? entry.Author.Type : AuthorType.System;
        var owed = OwedAfter(state, entry, by);
        var reply = by == AuthorType.Agent
            ? new AgentReply(new AgentRef(entry.Author.Id ?? "", entry.Author.Name ?? ""), entry.Seq, entry.At)
            : null;
        return state with
        {
            Rev = entry.Rev,
            Seq = entry.Seq,
            VisibleSeq = Masking.IsInternal(entry) ? state.VisibleSeq : entry.Seq,
            Ended = state.Ended || entry.Code == SystemCodes.Ended,
            Tail = state.Tail.Add(entry),
            Preview = isMessage ? SnapshotReducer.PreviewOf(entry) : state.Preview,
            PreviewBy = isMessage ? entry.Author : state.PreviewBy,
            LastAt = isMessage ? entry.At : state.LastAt,
            Undo = isMessage ? null : state.Undo,
            VisitorEntries = by == AuthorType.Visitor ? state.VisitorEntries + 1 : state.VisitorEntries,
            WaitingSince = SnapshotReducer.WaitingAfter(entry, state.Mode, state.WaitingSince),
            Owed = owed,
            OwedSince = owed.IsEmpty ? null : state.OwedSince ?? entry.At,
            LastReply = reply ?? state.LastReply,
            LastReplyByAnother = reply is null || state.LastReply?.Agent.Id == reply.Agent.Id ? state.LastReplyByAnother : state.LastReply,
        };
    }

    /// <param name="by">Who said it to the other side.</param>
    private static ImmutableArray<long> OwedAfter(ConversationState state, Entry entry, AuthorType by)
    {
        switch (by)
        {
            case AuthorType.Visitor when state.Mode == Mode.Bot:
                var owed = state.Owed.Add(entry.Seq);
                return owed.Length <= MostOwed ? owed : owed.RemoveAt(0);
            case AuthorType.Bot:
                return state.Owed.RemoveAll(seq => entry.Id == BotEntryId(seq));
            default:
                return state.Owed;
        }
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
}
