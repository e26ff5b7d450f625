using System.Collections.Immutable;
using System.ComponentModel;
using System.Text.Json.Serialization;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.V1;

// What programs send and get. These shapes are promised: members are added, none is renamed or removed.

/// <summary>One page; without <paramref name="Cursor"/> it is the last one.</summary>
internal sealed record Listing<T>(ImmutableArray<T> Items, string? Cursor = null);

internal sealed record ConversationItem
{
    public required string Id { get; init; }

    [Description("Grows with every change.")]
    public required long Rev { get; init; }

    [Description("Entries so far.")]
    public required long Seq { get; init; }
    public required Contact Visitor { get; init; }
    public required Mode Mode { get; init; }
    public required Status Status { get; init; }

    [Description("A person has, or had, to do with it.")]
    public required bool IsCase { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required AgentRef? Owner { get; init; }

    [Description("The beginning of the newest message.")]
    public required string Preview { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    [Description("When somebody last said something to the other side.")]
    public required DateTimeOffset LastAt { get; init; }

    [Description("Since when the visitor waits for a person.")]
    public DateTimeOffset? WaitingSince { get; init; }
    public DateTimeOffset? SnoozedUntil { get; init; }

    public static ConversationItem Of(QueueRow row) => new()
    {
        Id = row.Id,
        Rev = row.Rev,
        Seq = row.Seq,
        Visitor = row.Visitor,
        Mode = row.Mode,
        Status = row.Status,
        IsCase = row.IsCase,
        Owner = row.Owner,
        Preview = row.Preview,
        StartedAt = row.StartedAt,
        LastAt = row.LastAt,
        WaitingSince = row.WaitingSince,
        SnoozedUntil = row.Status == Status.Snoozed ? row.DueAt : null,
    };
}

internal sealed record VisitorItem
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public string? Email { get; init; }

    [Description("Your own site or program vouches for the identity.")]
    public required bool Verified { get; init; }
    public required bool Online { get; init; }
    public string? Locale { get; init; }
    public string? TimeZone { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }

    [Description("The conversation in which the next message would land.")]
    public string? ConversationId { get; init; }

    public static VisitorItem Of(VisitorProfile visitor) => new()
    {
        Id = visitor.Id,
        Name = visitor.Name,
        Email = visitor.Email,
        Verified = visitor.Verified,
        Online = visitor.Online,
        Locale = visitor.Locale,
        TimeZone = visitor.TimeZone,
        StartedAt = visitor.StartedAt,
        LastSeenAt = visitor.LastSeenAt,
        ConversationId = visitor.ConversationId,
    };
}

internal sealed record AgentItem(string Id, string Name, string Email, AgentRole Role, Availability Availability);

internal sealed record EntryListing(ImmutableArray<Entry> Entries, bool HasMore);

internal sealed record EntryAck(string ConversationId, long Seq, long Rev, DateTimeOffset At);

internal sealed record NewConversation(
    [property: Description("Whose conversation; made with POST /api/v1/visitors, or known from a webhook.")] string VisitorId,
    [property: Description("The visitor's message, up to 10,000 characters.")] string Text,
    [property: Description("Also ask for a person at once.")] bool TalkToHuman = false);

[JsonConverter(typeof(JsonStringEnumConverter<NewEntryKind>))]
internal enum NewEntryKind
{
    [JsonStringEnumMemberName("reply")] Reply,
    [JsonStringEnumMemberName("note")] Note,
    [JsonStringEnumMemberName("visitor")] Visitor,
}

internal sealed record NewEntry(
    [property: Description("`reply`: an agent answers; `note`: for agents only; `visitor`: the visitor says it.")] NewEntryKind Kind,
    string Text,
    [property: Description("Who replies or notes. A reply needs it; a note without it is the program's own.")] string? AgentId = null,
    [property: Description("For a reply: the newest entry that the author has read. Refused with `conflict` when a colleague replied since.")] long? BasedOnSeq = null);

internal sealed record Acting([property: Description("The agent in whose name it is done; none: the program itself.")] string? By = null);

internal sealed record AssignWish(
    [property: Description("The new owner; null takes the assignment back.")] string? AgentId,
    [property: Description("The agent in whose name it is done; none: the program itself.")] string? By = null);

internal sealed record SnoozeWish(
    [property: Description("When it wakes by itself, within a year."), JsonConverter(typeof(Rfc3339))] DateTimeOffset Until,
    [property: Description("The agent in whose name it is done; none: the program itself.")] string? By = null);

internal sealed record NewVisitor(
    [property: Description("Your own id of the user. The same user who signs in on your site is then this visitor.")] string? UserId = null,
    string? Name = null,
    string? Email = null,
    string? Locale = null,
    string? TimeZone = null);

internal sealed record VisitorPatch(string? Name = null, string? Email = null, string? Locale = null, string? TimeZone = null);

internal sealed record ArticleWish(string Title, string Markdown, string? Url = null);
