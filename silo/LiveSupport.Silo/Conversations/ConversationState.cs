using System.Collections.Immutable;
using System.Text.Json.Serialization;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>
/// Everything that a conversation knows, but its older entries (<see cref="Pages"/>). Immutable: a command makes the
/// next one (<see cref="Conversation"/>). It is the record that is written at every change, so it stays small.
/// </summary>
public sealed record ConversationState
{
    public required string Id { get; init; }

    /// <summary>Committed changes so far; 0: nobody has written yet.</summary>
    public long Rev { get; init; }

    /// <summary>Entries so far.</summary>
    public long Seq { get; init; }

    /// <summary>The newest entry that the visitor may see.</summary>
    public long VisibleSeq { get; init; }

    /// <summary>+1 with every change of mode, owner or status: what was begun before is stale.</summary>
    public long Epoch { get; init; }
    public required Contact Visitor { get; init; }
    public Mode Mode { get; init; }
    public Status Status { get; init; }

    /// <summary>Handed off or joined once.</summary>
    public bool IsCase { get; init; }

    /// <summary>Who has it. An owned conversation is never the bot's.</summary>
    public AgentRef? Owner { get; init; }
    public string Preview { get; init; } = "";
    public Author? PreviewBy { get; init; }
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When somebody last said something to the other side.</summary>
    public DateTimeOffset LastAt { get; init; }
    public DateTimeOffset? WaitingSince { get; init; }
    public DateTimeOffset? SnoozedUntil { get; init; }
    public DateTimeOffset? SolvedAt { get; init; }

    /// <summary>The visitor has ended it: over for good.</summary>
    public bool Ended { get; init; }

    /// <summary>Messages that the visitor wrote so far.</summary>
    public int VisitorEntries { get; init; }
    public long VisitorSeenSeq { get; init; }

    /// <summary>Agent id → how far that agent has seen it.</summary>
    public ImmutableDictionary<string, ReadMark> Reads { get; init; } = ImmutableDictionary<string, ReadMark>.Empty;

    /// <summary>The bot's own context begins after this entry.</summary>
    public long BotContextFrom { get; init; }

    /// <summary>The visitor's entries that the bot has yet to answer.</summary>
    public ImmutableArray<long> Owed { get; init; } = [];

    /// <summary>Since when the oldest of <see cref="Owed"/> waits, or when the bot was last asked again.</summary>
    public DateTimeOffset? OwedSince { get; init; }

    /// <summary>What <see cref="Conversation.UndoJoin"/> goes back to, while it can.</summary>
    public JoinUndo? Undo { get; init; }

    /// <summary>The newest reply of any agent.</summary>
    public AgentReply? LastReply { get; init; }

    /// <summary>The newest reply of any agent but the one of <see cref="LastReply"/>.</summary>
    public AgentReply? LastReplyByAnother { get; init; }
    public Rating? Rating { get; init; }

    /// <summary>The visitor was erased. Null, and then not stored, in all but a few.</summary>
    public ErasedMark? Erased { get; init; }

    /// <summary>The newest entries: those that stand in no page yet. Written by <see cref="ConversationHead"/>.</summary>
    [JsonIgnore] public ImmutableArray<Entry> Tail { get; init; } = [];

    /// <summary>
    /// The newest events that added no entry (those that did are told by their entry). Written by <see cref="ConversationHead"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public ImmutableArray<ConversationEvent> Others { get; init; } = [];

    /// <summary>Of events up to this revision <see cref="Others"/> may lack some.</summary>
    public long OthersFrom { get; init; }

    [JsonIgnore] public bool Exists => Rev > 0;
    [JsonIgnore] public long AgentSeenSeq => Reads.IsEmpty ? 0 : Reads.Values.Max(mark => mark.Seq);

    /// <summary>The first entry of <see cref="Tail"/>, or the next one to come.</summary>
    [JsonIgnore] public long TailFrom => Seq - Tail.Length + 1;

    public static ConversationState Unknown(string id) => new() { Id = id, Visitor = new Contact("") };

    /// <summary>When the queue must wake it.</summary>
    [JsonIgnore]
    public DateTimeOffset? DueAt => (Status, Mode) switch
    {
        (Status.Snoozed, _) => SnoozedUntil,
        (Status.Active, Mode.Bot) when OwedSince is { } since => since + Conversation.BotAnswersWithin,
        (Status.Active, Mode.Bot) => LastAt + Conversation.BotIdleAfter,
        _ => null,
    };

    public QueueRow Row() => new()
    {
        Id = Id,
        Rev = Rev,
        Seq = Seq,
        Visitor = Visitor,
        Mode = Mode,
        Status = Status,
        IsCase = IsCase,
        Owner = Owner,
        Preview = Preview,
        PreviewBy = PreviewBy,
        StartedAt = StartedAt,
        LastAt = LastAt,
        WaitingSince = WaitingSince,
        DueAt = DueAt,
        VisitorEntries = VisitorEntries,
        Reads = Reads.IsEmpty ? ImmutableDictionary<string, int>.Empty : Reads.ToImmutableDictionary(read => read.Key, read => read.Value.VisitorEntries),
    };

    /// <summary>What that reader shows, with the newest page as it may see it.</summary>
    /// <param name="newest">The newest entries, masked already.</param>
    public ConversationSnapshot Snapshot(Reader reader, EntryPage newest, ImmutableArray<Viewer> viewers)
    {
        var summary = Masking.For(reader.Role, ConversationSummary.Of(Row(), reader.Id, online: false));
        var snapshot = new ConversationSnapshot
        {
            Summary = summary,
            Epoch = Epoch,
            Entries = newest.Entries,
            HasMore = newest.HasMore,
            Viewers = viewers,
            SnoozedUntil = SnoozedUntil,
            VisitorSeenSeq = VisitorSeenSeq,
            AgentSeenSeq = AgentSeenSeq,
            VisitorEntries = VisitorEntries,
        };
        return reader.Role != AuthorType.Visitor ? snapshot : snapshot with
        {
            Summary = summary with { Seq = VisibleSeq },
            SnoozedUntil = null,
            Viewers = [],
        };
    }
}

/// <param name="Seq">As far as the agent ever came.</param>
/// <param name="VisitorEntries">The visitor's messages that are read: those up to <paramref name="Seq"/>, or fewer when
/// the agent has marked some unread since.</param>
public sealed record ReadMark(long Seq, int VisitorEntries);

/// <param name="Owed">The questions that the bot owed an answer to when the agent joined.</param>
public sealed record JoinUndo(string AgentId, Mode Mode, ImmutableArray<long> Owed, long BotContextFrom);

public sealed record AgentReply(AgentRef Agent, long Seq, DateTimeOffset At);

public sealed record Rating(int Score, string? Comment);

/// <param name="UpTo">The last entry that is gone; there are none before it.</param>
/// <param name="Attachments">Files that were deleted.</param>
/// <param name="At">The erasure.</param>
public sealed record ErasedMark(long UpTo, int Attachments, DateTimeOffset At);
