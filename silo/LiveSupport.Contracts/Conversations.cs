using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LiveSupport.Contracts;

/// <summary>Who answers: the bot, or people.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Mode>))]
public enum Mode
{
    [JsonStringEnumMemberName("bot")] Bot = 0,
    [JsonStringEnumMemberName("human_interaction")] HumanInteraction = 1,
}

[JsonConverter(typeof(JsonStringEnumConverter<Status>))]
public enum Status
{
    [JsonStringEnumMemberName("active")] Active = 0,
    [JsonStringEnumMemberName("snoozed")] Snoozed = 1,
    [JsonStringEnumMemberName("solved")] Solved = 2,
}

[JsonConverter(typeof(JsonStringEnumConverter<EntryKind>))]
public enum EntryKind
{
    [JsonStringEnumMemberName("text")] Text = 0,
    [JsonStringEnumMemberName("attachment")] Attachment = 1,
    [JsonStringEnumMemberName("note")] Note = 2,
    [JsonStringEnumMemberName("system")] System = 3,
}

[JsonConverter(typeof(JsonStringEnumConverter<AuthorType>))]
public enum AuthorType
{
    [JsonStringEnumMemberName("visitor")] Visitor = 0,
    [JsonStringEnumMemberName("bot")] Bot = 1,
    [JsonStringEnumMemberName("agent")] Agent = 2,
    [JsonStringEnumMemberName("system")] System = 3,
}

/// <summary>An agent as others see them.</summary>
[GenerateSerializer, Immutable, Alias("ls.agent-ref")]
public sealed record AgentRef([property: Id(0)] string Id, [property: Id(1)] string Name);

[GenerateSerializer, Immutable, Alias("ls.author")]
public sealed record Author(
    [property: Id(0)] AuthorType Type,
    [property: Id(1)] string? Id = null,
    [property: Id(2)] string? Name = null);

/// <summary>Where the bot's answer comes from.</summary>
[GenerateSerializer, Immutable, Alias("ls.source")]
public sealed record Source([property: Id(0)] string Title, [property: Id(1)] string? Url);

/// <summary>A file beside an entry. The server makes the record; a client only ever names its id.</summary>
[GenerateSerializer, Immutable, Alias("ls.attachment")]
public sealed record Attachment(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string ContentType,
    [property: Id(3)] long Size);

/// <summary>One line of the transcript. Immutable once committed.</summary>
[GenerateSerializer, Immutable, Alias("ls.entry")]
public sealed record Entry
{
    /// <summary>Its place: 1, 2, 3 … without a gap. Order is this number, never the clock.</summary>
    [Id(0)] public required long Seq { get; init; }

    /// <summary>The revision of the conversation that added it.</summary>
    [Id(1)] public required long Rev { get; init; }

    /// <summary>The sender's own id of the message, so that a retry finds it.</summary>
    [Id(2)] public required string Id { get; init; }
    [Id(3)] public required EntryKind Kind { get; init; }
    [Id(4)] public required Author Author { get; init; }

    /// <summary>As sent. Always shown as text, never as HTML.</summary>
    [Id(5)] public required string Text { get; init; }
    [Id(6)] public required DateTimeOffset At { get; init; }
    [Id(7)] public ImmutableArray<Attachment>? Attachments { get; init; }

    /// <summary>The bot's sources.</summary>
    [Id(8)] public ImmutableArray<Source>? Sources { get; init; }

    /// <summary>For <see cref="EntryKind.System"/>: what happened, one of <see cref="SystemCodes"/>.</summary>
    [Id(9)] public string? Code { get; init; }

    /// <summary>The bot does not know and offers a person: the widget shows "Talk to a person" beside it.</summary>
    [Id(10)] public bool OffersPerson { get; init; }
}

/// <summary>What a system entry says, for a screen that words it itself.</summary>
public static class SystemCodes
{
    public const string Joined = "joined";
    public const string Left = "left";
    public const string TookOver = "took-over";
    public const string HandedToBot = "handed-to-bot";
    public const string AskedForPerson = "asked-for-person";
    public const string BotHandedOff = "bot-handed-off";
    public const string Solved = "solved";
    public const string Ended = "ended";
    public const string Reopened = "reopened";
    public const string Snoozed = "snoozed";
    public const string Woke = "woke";
    public const string Assigned = "assigned";
    public const string Unassigned = "unassigned";
    public const string Rated = "rated";

    /// <summary>The visitor was erased: this line stands for all that was said before it.</summary>
    public const string Erased = "erased";
}

/// <summary>The part of a visitor that a conversation and the queue show.</summary>
[GenerateSerializer, Immutable, Alias("ls.contact")]
public sealed record Contact(
    [property: Id(0)] string Id,
    [property: Id(1)] string? Name = null,
    [property: Id(2)] string? Email = null,
    [property: Id(3)] bool Verified = false);

/// <summary>
/// A committed change of one conversation. Each takes one <see cref="Rev"/>, so a command that changes three
/// things makes three events; a reader that holds rev n applies n+1, drops up to n, and asks for the rest beyond.
/// </summary>
[GenerateSerializer, Immutable, Alias("ls.event")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(EntryAdded), "entry")]
[JsonDerivedType(typeof(ModeChanged), "mode")]
[JsonDerivedType(typeof(StatusChanged), "status")]
[JsonDerivedType(typeof(OwnerChanged), "owner")]
[JsonDerivedType(typeof(ReadMoved), "read")]
[JsonDerivedType(typeof(ContactChanged), "contact")]
[JsonDerivedType(typeof(Hidden), "hidden")]
public abstract record ConversationEvent
{
    [Id(0)] public required long Rev { get; init; }
    [Id(1)] public required DateTimeOffset At { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.event.entry")]
public sealed record EntryAdded : ConversationEvent
{
    [Id(0)] public required Entry Entry { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.event.mode")]
public sealed record ModeChanged : ConversationEvent
{
    [Id(0)] public required Mode Mode { get; init; }
    [Id(1)] public required long Epoch { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.event.status")]
public sealed record StatusChanged : ConversationEvent
{
    [Id(0)] public required Status Status { get; init; }
    [Id(1)] public required long Epoch { get; init; }

    /// <summary>When a snooze ends.</summary>
    [Id(2)] public DateTimeOffset? Until { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.event.owner")]
public sealed record OwnerChanged : ConversationEvent
{
    /// <summary>Null: nobody. Written as null on the wire, for "nobody" is news.</summary>
    [Id(0), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public AgentRef? Owner { get; init; }
    [Id(1)] public required long Epoch { get; init; }
}

/// <summary>Somebody has seen the transcript up to and including <see cref="Seq"/>; an agent who marks it unread goes back.</summary>
[GenerateSerializer, Immutable, Alias("ls.event.read")]
public sealed record ReadMoved : ConversationEvent
{
    [Id(0)] public required Author By { get; init; }
    [Id(1)] public required long Seq { get; init; }

    /// <summary>The visitor's entries up to <see cref="Seq"/>: unread = the visitor's entries − this.</summary>
    [Id(2)] public required int VisitorEntriesRead { get; init; }
}

/// <summary>The visitor gave a name or an e-mail, or was recognised.</summary>
[GenerateSerializer, Immutable, Alias("ls.event.contact")]
public sealed record ContactChanged : ConversationEvent
{
    [Id(0)] public required Contact Visitor { get; init; }
}

/// <summary>A change that this reader must not see (<see cref="Masking"/>). It only keeps the revisions dense.</summary>
[GenerateSerializer, Immutable, Alias("ls.event.hidden")]
public sealed record Hidden : ConversationEvent;

/// <summary>Who asks: decides what is shown (a visitor never sees notes) and whose unread count is given.</summary>
[GenerateSerializer, Immutable, Alias("ls.reader")]
public sealed record Reader([property: Id(0)] AuthorType Role, [property: Id(1)] string Id);

/// <summary>
/// One conversation as the queue shows it, and as its row is stored. It says everything that the queue needs
/// for any agent, so that no screen asks a conversation for its place in a list.
/// </summary>
[GenerateSerializer, Immutable, Alias("ls.row"), Stored(1)]
public sealed record QueueRow
{
    [Id(0)] public required string Id { get; init; }

    /// <summary>A row replaces another only when this is greater.</summary>
    [Id(1)] public required long Rev { get; init; }
    [Id(2)] public required long Seq { get; init; }
    [Id(3)] public required Contact Visitor { get; init; }
    [Id(4)] public required Mode Mode { get; init; }
    [Id(5)] public required Status Status { get; init; }
    [Id(6)] public required bool IsCase { get; init; }
    [Id(7)] public AgentRef? Owner { get; init; }
    [Id(8)] public required string Preview { get; init; }

    /// <summary>Whose words <see cref="Preview"/> are.</summary>
    [Id(9)] public Author? PreviewBy { get; init; }
    [Id(10)] public required DateTimeOffset StartedAt { get; init; }
    [Id(11)] public required DateTimeOffset LastAt { get; init; }

    /// <summary>Since when the visitor waits for a person; null when nobody waits.</summary>
    [Id(12)] public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>When the queue must wake the conversation (a snooze ends, a bot's answer is overdue, auto-solve).</summary>
    [Id(13)] public DateTimeOffset? DueAt { get; init; }

    /// <summary>Entries that the visitor wrote so far.</summary>
    [Id(14)] public required int VisitorEntries { get; init; }

    /// <summary>Agent id → how many of the visitor's entries that agent has seen.</summary>
    [Id(15)] public required ImmutableDictionary<string, int> Reads { get; init; }

    public int UnreadFor(string agentId) => Reads.IsEmpty ? VisitorEntries : VisitorEntries - Reads.GetValueOrDefault(agentId);
}

/// <summary>What a client shows of one conversation: a page of entries and the state that events change.</summary>
[GenerateSerializer, Immutable, Alias("ls.snapshot")]
public sealed record ConversationSnapshot
{
    [Id(0)] public required ConversationSummary Summary { get; init; }
    [Id(1)] public required long Epoch { get; init; }

    /// <summary>The newest entries, oldest first.</summary>
    [Id(2)] public required ImmutableArray<Entry> Entries { get; init; }

    /// <summary>Older entries exist.</summary>
    [Id(3)] public required bool HasMore { get; init; }
    [Id(4)] public required ImmutableArray<Viewer> Viewers { get; init; }

    /// <summary>When a snooze ends.</summary>
    [Id(5)] public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>How far the visitor has seen the transcript.</summary>
    [Id(6)] public long VisitorSeenSeq { get; init; }

    /// <summary>How far agents have seen it, whoever came furthest: the visitor's "Seen".</summary>
    [Id(7)] public long AgentSeenSeq { get; init; }

    /// <summary>The visitor's entries so far; with a <see cref="ReadMoved"/> it gives the unread count.</summary>
    [Id(8)] public int VisitorEntries { get; init; }
}

/// <summary>An agent who has the conversation open.</summary>
[GenerateSerializer, Immutable, Alias("ls.viewer")]
public sealed record Viewer([property: Id(0)] string Id, [property: Id(1)] string Name);

/// <summary>A <see cref="QueueRow"/> as one agent sees it.</summary>
[GenerateSerializer, Immutable, Alias("ls.summary")]
public sealed record ConversationSummary
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public required long Rev { get; init; }
    [Id(2)] public required long Seq { get; init; }
    [Id(3)] public required SummaryVisitor Visitor { get; init; }
    [Id(4)] public required Mode Mode { get; init; }
    [Id(5)] public required Status Status { get; init; }
    [Id(6)] public required bool IsCase { get; init; }
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public AgentRef? Owner { get; init; }
    [Id(8)] public required string Preview { get; init; }
    [Id(9)] public Author? PreviewBy { get; init; }
    [Id(10)] public required DateTimeOffset StartedAt { get; init; }
    [Id(11)] public required DateTimeOffset LastAt { get; init; }
    [Id(12)] public DateTimeOffset? WaitingSince { get; init; }
    [Id(13)] public required int Unread { get; init; }

    /// <summary>When a snooze ends; null when it is not snoozed.</summary>
    [Id(14)] public DateTimeOffset? SnoozedUntil { get; init; }

    public static ConversationSummary Of(QueueRow row, string agentId, bool online) => new()
    {
        Id = row.Id,
        Rev = row.Rev,
        Seq = row.Seq,
        Visitor = new SummaryVisitor(row.Visitor.Id, row.Visitor.Name, row.Visitor.Email, online),
        Mode = row.Mode,
        Status = row.Status,
        IsCase = row.IsCase,
        Owner = row.Owner,
        Preview = row.Preview,
        PreviewBy = row.PreviewBy,
        StartedAt = row.StartedAt,
        LastAt = row.LastAt,
        WaitingSince = row.WaitingSince,
        SnoozedUntil = row.Status == Status.Snoozed ? row.DueAt : null,
        Unread = row.UnreadFor(agentId),
    };
}

[GenerateSerializer, Immutable, Alias("ls.summary-visitor")]
public sealed record SummaryVisitor(
    [property: Id(0)] string Id,
    [property: Id(1)] string? Name,
    [property: Id(2)] string? Email,
    [property: Id(3)] bool Online);
