using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LiveSupport.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<QueueView>))]
public enum QueueView
{
    [JsonStringEnumMemberName("all")] All = 0,
    [JsonStringEnumMemberName("inbox")] Inbox = 1,
    [JsonStringEnumMemberName("unassigned")] Unassigned = 2,
}

[JsonConverter(typeof(JsonStringEnumConverter<QueueFilter>))]
public enum QueueFilter
{
    [JsonStringEnumMemberName("all")] All = 0,
    [JsonStringEnumMemberName("active")] Active = 1,
    [JsonStringEnumMemberName("solved")] Solved = 2,
    [JsonStringEnumMemberName("mine")] Mine = 3,
    [JsonStringEnumMemberName("unassigned")] Unassigned = 4,
}

[JsonConverter(typeof(JsonStringEnumConverter<QueueSort>))]
public enum QueueSort
{
    [JsonStringEnumMemberName("newest")] Newest = 0,
    [JsonStringEnumMemberName("oldest")] Oldest = 1,

    /// <summary>By <see cref="QueueOrder.Urgency"/> (more than none unread first; the count is not ranked), then newest.</summary>
    [JsonStringEnumMemberName("unread")] Unread = 2,
}

/// <summary>
/// The queue of one workspace. Key: the workspace's id. Holds what is not solved in memory; what is solved comes
/// from the store. Reentrant, because it only changes memory between awaits and groups its writes.
/// </summary>
[Alias("ls.queue")]
public interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>Hears of rows that are stored already. Free of order and of repeats.</summary>
    [Alias("took-all")] Task Took(ImmutableArray<RowTaken> rows);

    /// <summary>Takes a row if its revision is newer, and answers when it is durable. Free of order and of repeats.</summary>
    [Alias("upsert")] Task Upsert(QueueRow row, ImmutableArray<IndexedEntry> texts);

    [Alias("page"), ReadOnly] Task<QueuePage> Page(QueueQuery query);

    /// <summary>The whole account, for an edge that starts or has lost an event.</summary>
    [Alias("tally"), ReadOnly] Task<QueueTally> Tally();

    [Alias("search"), ReadOnly] Task<SearchResult> Search(string text, string agentId, int limit);

    /// <summary>Conversations of one visitor, newest first.</summary>
    [Alias("by-visitor"), ReadOnly] Task<ImmutableArray<QueueRow>> ByVisitor(string visitorId, int limit);

    /// <summary>The row of one conversation as the queue has it; null when it has none.</summary>
    [Alias("row"), ReadOnly] Task<QueueRow?> Row(string conversationId);

    /// <summary>One page in the order of ids, in which no row ever moves.</summary>
    [Alias("list"), ReadOnly] Task<ImmutableArray<QueueRow>> List(RowFilter filter);

    /// <summary>Removes the texts of erased conversations from the search; done means durable.</summary>
    [Alias("forget")] Task Forget(ImmutableArray<string> conversationIds);

    /// <summary>A visitor came, is still there, or went; told to the screens if it is news. In memory only.</summary>
    [Alias("presence")] Task Presence(string visitorId, bool online);

    /// <summary>Wakes the queue: from then on it ticks and fires what is due.</summary>
    [Alias("touch")] Task Touch();

    /// <summary>Asks conversations for their rows and takes what is newer: all of them, or those changed since.</summary>
    [Alias("rebuild")] Task<int> Rebuild(DateTimeOffset? changedSince);
}

/// <summary>A row that a conversation has stored together with its record.</summary>
/// <param name="RevBefore">The revision that it replaced; 0: the conversation is new.</param>
/// <param name="SolvedBefore">The row that it replaced, if that was solved: the queue does not hold those.</param>
[GenerateSerializer, Immutable, Alias("ls.row-taken")]
public sealed record RowTaken(
    [property: Id(0)] QueueRow Row,
    [property: Id(1)] long RevBefore,
    [property: Id(2)] QueueRow? SolvedBefore);

/// <summary>Which rows a program asks for; null asks for any.</summary>
/// <param name="OwnerId">Whose; the empty text: nobody's.</param>
/// <param name="AfterId">The last row of the page before.</param>
/// <param name="NewestFirst">Ids go down instead of up.</param>
[GenerateSerializer, Immutable, Alias("ls.row-filter")]
public sealed record RowFilter(
    [property: Id(0)] int Limit,
    [property: Id(1)] Status? Status = null,
    [property: Id(2)] string? OwnerId = null,
    [property: Id(3)] string? VisitorId = null,
    [property: Id(4)] string? Email = null,
    [property: Id(5)] string? AfterId = null,
    [property: Id(6)] bool NewestFirst = false);

/// <summary>A text for the search index, written in the transaction that writes the row.</summary>
[GenerateSerializer, Immutable, Alias("ls.indexed-entry")]
public sealed record IndexedEntry([property: Id(0)] long Seq, [property: Id(1)] string Text, [property: Id(2)] DateTimeOffset At);

[GenerateSerializer, Immutable, Alias("ls.queue-query")]
public sealed record QueueQuery(
    [property: Id(0)] string AgentId,
    [property: Id(1)] QueueView View,
    [property: Id(2)] QueueFilter Filter,
    [property: Id(3)] QueueSort Sort,
    [property: Id(4)] int Limit,
    [property: Id(5)] string? Cursor = null);

[GenerateSerializer, Immutable, Alias("ls.queue-page")]
public sealed record QueuePage(
    [property: Id(0)] ImmutableArray<ConversationSummary> Rows,
    [property: Id(1)] QueueCounts Counts,
    [property: Id(2)] string? Cursor,
    [property: Id(3)] long Version);

/// <summary>
/// How many conversations each view holds, and each filter within the view asked for. Exact.
/// <see cref="Active"/> is what the tabs show: the views' active conversations.
/// </summary>
[GenerateSerializer, Immutable, Alias("ls.queue-counts")]
public sealed record QueueCounts(
    [property: Id(0)] ViewCounts Views,
    [property: Id(1)] FilterCounts Filters,
    [property: Id(2)] ViewCounts Active);

[GenerateSerializer, Immutable, Alias("ls.view-counts")]
public sealed record ViewCounts([property: Id(0)] int All, [property: Id(1)] int Inbox, [property: Id(2)] int Unassigned);

[GenerateSerializer, Immutable, Alias("ls.filter-counts")]
public sealed record FilterCounts(
    [property: Id(0)] int All,
    [property: Id(1)] int Active,
    [property: Id(2)] int Solved,
    [property: Id(3)] int Mine,
    [property: Id(4)] int Unassigned);

/// <summary>Conversations by status, for a workspace or for one owner.</summary>
[GenerateSerializer, Immutable, Alias("ls.status-tally")]
public sealed record StatusTally([property: Id(0)] int Active, [property: Id(1)] int Snoozed, [property: Id(2)] int Solved)
{
    public static readonly StatusTally None = new(0, 0, 0);
    public int All => Active + Snoozed + Solved;
}

/// <summary>Everything that any agent's counts are computed from.</summary>
[GenerateSerializer, Immutable, Alias("ls.queue-tally")]
public sealed record QueueTally(
    [property: Id(0)] long Version,
    [property: Id(1)] StatusTally Total,
    [property: Id(2)] int Unassigned,
    [property: Id(3)] ImmutableDictionary<string, StatusTally> Owners)
{
    /// <summary>The counts that one agent sees beside one view.</summary>
    public QueueCounts For(string agentId, QueueView view)
    {
        var mine = Owners.GetValueOrDefault(agentId, StatusTally.None);
        return new QueueCounts(
            new ViewCounts(Total.All, mine.All, Unassigned),
            view switch
            {
                QueueView.Inbox => new FilterCounts(mine.All, mine.Active, mine.Solved, mine.All, 0),
                QueueView.Unassigned => new FilterCounts(Unassigned, Unassigned, 0, 0, Unassigned),
                _ => new FilterCounts(Total.All, Total.Active, Total.Solved, mine.All, Unassigned),
            },
            new ViewCounts(Total.Active, mine.Active, Unassigned));
    }
}

[GenerateSerializer, Immutable, Alias("ls.search-result")]
public sealed record SearchResult(
    [property: Id(0)] ImmutableArray<ConversationSummary> Conversations,
    [property: Id(1)] ImmutableArray<FoundVisitor> Visitors,
    [property: Id(2)] ImmutableArray<FoundMessage> Messages);

[GenerateSerializer, Immutable, Alias("ls.found-visitor")]
public sealed record FoundVisitor(
    [property: Id(0)] string Id,
    [property: Id(1)] string? Name,
    [property: Id(2)] string? Email,
    [property: Id(3)] string LastConversationId);

/// <param name="Snippet">The text around the hit; hits stand between U+E000 and U+E001 (private use, so no text can forge them unseen).</param>
[GenerateSerializer, Immutable, Alias("ls.found-message")]
public sealed record FoundMessage(
    [property: Id(0)] string ConversationId,
    [property: Id(1)] long Seq,
    [property: Id(2)] string Snippet,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] Contact Visitor);

/// <summary>The one definition of what a view and a filter hold.</summary>
public static class QueueRules
{
    /// <summary>A case that waits for somebody to take it; one that was handed back to the bot does not wait.</summary>
    public static bool IsUnassigned(QueueRow row) =>
        row is { IsCase: true, Owner: null, Status: Status.Active, Mode: Mode.HumanInteraction };

    public static bool Holds(QueueRow row, string agentId, QueueView view, QueueFilter filter) =>
        view switch
        {
            QueueView.Inbox => row.Owner?.Id == agentId,
            QueueView.Unassigned => IsUnassigned(row),
            _ => true,
        }
        && filter switch
        {
            QueueFilter.Active => row.Status == Status.Active,
            QueueFilter.Solved => row.Status == Status.Solved,
            QueueFilter.Mine => row.Owner?.Id == agentId,
            QueueFilter.Unassigned => IsUnassigned(row),
            _ => true,
        };
}
