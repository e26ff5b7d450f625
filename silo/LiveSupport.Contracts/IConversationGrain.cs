using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LiveSupport.Contracts;

/// <summary>
/// One conversation: the only writer of its state. Key: <see cref="Ids.Key"/>(workspace, conversation).
/// An accepted command is durable in the conversation's record and in the queue's row. Unknown, and not the
/// caller's, answer alike: <see cref="Codes.NotFound"/>.
/// </summary>
[Alias("ls.conversation")]
public interface IConversationGrain : IGrainWithStringKey
{
    /// <summary>Somebody watches a message go out, and sending it again under its client id is safe: so a silo that does
    /// not answer is given up sooner than for other calls.</summary>
    private const string Soon = "00:00:03";

    /// <summary>The visitor writes; the first message creates the conversation. Wakes, reopens, or is refused with
    /// <see cref="Codes.Ended"/> when the conversation is over for good.</summary>
    [Alias("post"), ResponseTimeout(Soon)] Task<Outcome<Posted>> Post(VisitorMessage message);

    /// <summary>An agent replies (joining if nobody owns it) or leaves a note. <see cref="Codes.Conflict"/> when
    /// <see cref="AgentMessage.BasedOnSeq"/> is given and a colleague has replied since.</summary>
    [Alias("reply"), ResponseTimeout(Soon)] Task<Outcome<Posted>> Reply(AgentMessage message);

    /// <summary>The bot answers. <see cref="Codes.Stale"/> when the epoch has moved on since its turn began.</summary>
    [Alias("bot-reply")] Task<Outcome<Posted>> BotReply(BotMessage message);

    /// <summary>Claims the conversation if nobody has it; exactly one caller wins.</summary>
    [Alias("join")] Task<Outcome<JoinResult>> Join(AgentRef agent);

    /// <summary>Takes the conversation whoever owns it.</summary>
    [Alias("take-over")] Task<Outcome<Done>> TakeOver(AgentRef agent);

    /// <summary>Takes a join back: mode and owner as they were before it. Only while nothing was sent since.</summary>
    [Alias("undo-join")] Task<Outcome<Done>> UndoJoin(AgentRef agent);

    [Alias("hand-to-bot")] Task<Outcome<Done>> HandToBot(AgentRef agent);

    /// <summary>The visitor asks for a person.</summary>
    [Alias("talk-to-human")] Task<Outcome<Done>> TalkToHuman(string visitorId);

    [Alias("solve")] Task<Outcome<Done>> Solve(AgentRef agent);
    [Alias("reopen")] Task<Outcome<Done>> Reopen(AgentRef agent);

    /// <summary>The visitor ends the conversation: solved, and the next message opens another one.</summary>
    [Alias("end")] Task<Outcome<Done>> End(string visitorId);
    [Alias("snooze")] Task<Outcome<Done>> Snooze(AgentRef agent, DateTimeOffset until);
    [Alias("assign")] Task<Outcome<Done>> Assign(AgentRef by, AgentRef? to);

    /// <param name="score">1 to 5.</param>
    [Alias("rate")] Task<Outcome<Done>> Rate(string visitorId, int score, string? comment);

    /// <summary>Moves the reader's cursor forward to <paramref name="seq"/>; going back is ignored, for it is a call that
    /// came late.</summary>
    [Alias("seen")] Task<Outcome<Done>> Seen(Reader reader, long seq);

    /// <summary>
    /// For this agent the visitor's messages from <paramref name="seq"/> on are unread again; null: from the newest on.
    /// Those that are unread already stay so, and what the visitor is told of as seen stays seen.
    /// </summary>
    [Alias("mark-unread")] Task<Outcome<Done>> MarkUnread(AgentRef agent, long? seq);

    /// <summary>The visitor's name, e-mail or standing changed.</summary>
    [Alias("contact")] Task<Outcome<Done>> SetContact(Contact visitor);

    /// <summary>The anonymous visitor whose it is was recognised: from now on it is the verified one's. Again: does nothing.</summary>
    [Alias("adopt")] Task<Outcome<Done>> Adopt(string fromVisitorId, Contact visitor);

    /// <summary>
    /// Removes what anybody said in it, and whose it was; what is left is one line that says so, and nothing can be added.
    /// Again: makes sure that nothing was left behind, and answers the same.
    /// </summary>
    /// <param name="visitorId">Whose it must be, even if nobody has written in it yet.</param>
    /// <param name="at">The erasure of which it is a part.</param>
    [Alias("erase")] Task<Outcome<ErasedConversation>> Erase(string visitorId, AgentRef by, DateTimeOffset at);

    /// <summary>A lease: the agent has it open (renewed every 20 s, dead after 45 s), or no longer. Never stored.</summary>
    [Alias("view")] Task View(AgentRef agent, bool viewing);

    /// <summary>The queue says that <see cref="QueueRow.DueAt"/> has come. Doing it twice does nothing.</summary>
    [Alias("due")] Task Due();

    [Alias("snapshot"), ReadOnly] Task<Outcome<ConversationSnapshot>> Snapshot(Reader reader);

    /// <summary>What happened after <paramref name="rev"/>: the events, or a snapshot when they are gone.</summary>
    [Alias("sync"), ReadOnly] Task<Outcome<CatchUp>> Sync(Reader reader, long rev);

    /// <summary>Entries before <paramref name="before"/> (all when null), the newest of them, oldest first.</summary>
    [Alias("entries"), ReadOnly] Task<Outcome<EntryPage>> Entries(Reader reader, long? before, int limit);

    /// <summary>The client ids of all that this visitor wrote in it, in no order; none when it is not this visitor's.</summary>
    [Alias("said"), ReadOnly] Task<ImmutableArray<string>> Said(string visitorId);

    /// <summary>What the bot needs for one turn, or null when it is not its turn (any more).</summary>
    [Alias("bot-turn"), ReadOnly] Task<BotTurn?> BotTurn(long epoch, long seq);

    /// <summary>The row as it should stand in the queue; null when the conversation never began.</summary>
    [Alias("row"), ReadOnly] Task<QueueRow?> Row();

    /// <summary>Everything that is known of it, unmasked, with its newest entries; null when it never began. For operators.</summary>
    [Alias("inspect"), ReadOnly] Task<ConversationInspection?> Inspect(int limit);
}

/// <param name="At">The erasure that did it.</param>
/// <param name="Entries">How many lines there were.</param>
[GenerateSerializer, Immutable, Alias("ls.erased-conversation")]
public sealed record ErasedConversation(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] long Entries,
    [property: Id(2)] int Attachments);

/// <summary>A conversation as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("ls.inspection")]
public sealed record ConversationInspection
{
    /// <summary>The row as it should stand in the queue.</summary>
    [Id(0)] public required QueueRow Row { get; init; }

    /// <summary>Of the stored record.</summary>
    [Id(1)] public string? ETag { get; init; }
    [Id(2)] public required long Epoch { get; init; }
    [Id(3)] public DateTimeOffset? SnoozedUntil { get; init; }
    [Id(4)] public DateTimeOffset? SolvedAt { get; init; }
    [Id(5)] public required bool Ended { get; init; }
    [Id(6)] public required long VisitorSeenSeq { get; init; }

    /// <summary>Agent id → how far that agent has seen it.</summary>
    [Id(7)] public required ImmutableDictionary<string, long> Reads { get; init; }

    /// <summary>Entries that the bot has yet to answer.</summary>
    [Id(8)] public required ImmutableArray<long> BotOwes { get; init; }

    /// <summary>Entries in pages that are never written again; the others are in the record itself.</summary>
    [Id(9)] public required long SealedEntries { get; init; }
    [Id(10)] public required ImmutableArray<Viewer> Viewers { get; init; }

    /// <summary>False: the queue has not heard of the newest change yet.</summary>
    [Id(11)] public required bool QueueIsTold { get; init; }

    /// <summary>In the order of revisions. Of changes that added no entry only the newest are kept, so there are gaps.</summary>
    [Id(12)] public required ImmutableArray<ConversationEvent> Events { get; init; }

    /// <summary>There are older entries.</summary>
    [Id(13)] public required bool HasMore { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.posted")]
public sealed record Posted(
    [property: Id(0)] string ConversationId,
    [property: Id(1)] long Seq,
    [property: Id(2)] long Rev,
    [property: Id(3)] DateTimeOffset At);

[GenerateSerializer, Immutable, Alias("ls.visitor-message")]
public sealed record VisitorMessage
{
    [Id(0)] public required string ClientId { get; init; }
    [Id(1)] public required string Text { get; init; }
    [Id(2)] public required Contact Visitor { get; init; }
    [Id(3)] public ImmutableArray<Attachment>? Attachments { get; init; }

    /// <summary>Also asks for a person, in the same commit: the bot is not asked.</summary>
    [Id(4)] public bool WantsPerson { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.agent-message")]
public sealed record AgentMessage
{
    [Id(0)] public required string ClientId { get; init; }
    [Id(1)] public required string Text { get; init; }
    [Id(2)] public required AgentRef Agent { get; init; }
    [Id(3)] public required bool IsNote { get; init; }

    /// <summary>The newest entry that the agent had on screen.</summary>
    [Id(4)] public long? BasedOnSeq { get; init; }
    [Id(5)] public ImmutableArray<Attachment>? Attachments { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.bot-message")]
public sealed record BotMessage
{
    /// <summary>The epoch in which the turn began.</summary>
    [Id(0)] public required long Epoch { get; init; }

    /// <summary>The visitor's entry that it answers; one answer each.</summary>
    [Id(1)] public required long InReplyTo { get; init; }
    [Id(2)] public required string Text { get; init; }
    [Id(3)] public ImmutableArray<Source>? Sources { get; init; }
    [Id(4)] public bool OffersPerson { get; init; }

    /// <summary>Hand over to people after this answer, and why.</summary>
    [Id(5)] public string? HandOffReason { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<JoinOutcome>))]
public enum JoinOutcome
{
    [JsonStringEnumMemberName("joined")] Joined = 0,
    [JsonStringEnumMemberName("already-mine")] AlreadyMine = 1,
    [JsonStringEnumMemberName("claimed-by-other")] ClaimedByOther = 2,
}

[GenerateSerializer, Immutable, Alias("ls.join-result")]
public sealed record JoinResult([property: Id(0)] JoinOutcome Outcome, [property: Id(1)] AgentRef? By = null);

/// <summary>Either the events after a revision, in order and without a gap, or a snapshot.</summary>
[GenerateSerializer, Immutable, Alias("ls.catch-up")]
public sealed record CatchUp(
    [property: Id(0)] ImmutableArray<ConversationEvent>? Events,
    [property: Id(1)] ConversationSnapshot? Snapshot);

[GenerateSerializer, Immutable, Alias("ls.entry-page")]
public sealed record EntryPage([property: Id(0)] ImmutableArray<Entry> Entries, [property: Id(1)] bool HasMore);

/// <summary>What the bot sees: its own context begins at the last handover to it, not at the first message.</summary>
[GenerateSerializer, Immutable, Alias("ls.bot-turn")]
public sealed record BotTurn
{
    [Id(0)] public required long Epoch { get; init; }
    [Id(1)] public required long Seq { get; init; }
    [Id(2)] public required Contact Visitor { get; init; }

    /// <summary>Visitor's and bot's entries of this context, oldest first; the last one is the question.</summary>
    [Id(3)] public required ImmutableArray<Entry> Context { get; init; }
}
