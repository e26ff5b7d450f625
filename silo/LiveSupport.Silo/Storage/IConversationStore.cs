using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage;

/// <summary>
/// The queue's durable side: one row for each conversation, its searchable texts, and pages over them. A row is
/// replaced only by a newer revision. Every implementation passes the same contract suite.
/// </summary>
/// <exception cref="StoreUnavailableException">Any call: the store cannot do it now (busy, full disk, gone).
/// Nothing of the call is stored, and trying again later is safe.</exception>
public interface IConversationStore
{
    /// <summary>Writes rows and texts in one transaction; done means durable. Older rows are passed over silently,
    /// and a text that is indexed already is not indexed twice.</summary>
    Task Upsert(string workspaceId, IReadOnlyList<RowWrite> writes);

    /// <summary>Removes the texts of conversations to which no more are written from the search, and from wherever they are
    /// kept for it; done means durable. May take seconds, in which others read and write.</summary>
    Task ForgetTexts(string workspaceId, IReadOnlyCollection<string> conversationIds);

    /// <summary>Those of the rows that there are, in no order.</summary>
    Task<IReadOnlyList<QueueRow>> Find(string workspaceId, IReadOnlyCollection<string> conversationIds);

    async Task<QueueRow?> Find(string workspaceId, string conversationId) =>
        await Find(workspaceId, [conversationId]) is [var row] ? row : null;

    /// <summary>What the queue keeps in memory, as of one moment.</summary>
    Task<QueueContents> Load(string workspaceId);

    /// <summary>One page by keyset: stable while rows move.</summary>
    Task<IReadOnlyList<QueueRow>> Page(string workspaceId, RowQuery query);

    Task<IReadOnlyList<QueueRow>> ByVisitor(string workspaceId, string visitorId, int limit);

    /// <summary>Rows whose <see cref="QueueRow.LastAt"/> is <paramref name="since"/> or later, by that time and then by id,
    /// for a rebuild; with <paramref name="afterId"/>, of those at exactly <paramref name="since"/> only the ids after it.</summary>
    Task<IReadOnlyList<QueueRow>> ChangedSince(string workspaceId, DateTimeOffset since, string? afterId, int limit);

    /// <summary>One page in the order of ids, in which no row ever moves: who follows the pages to the end misses none.</summary>
    Task<IReadOnlyList<QueueRow>> List(string workspaceId, RowFilter filter);

    /// <summary>Rows that changed since that point, in the order of changes. Who goes on from <see cref="ChangedRows.Next"/>
    /// misses none; what changed within the last minutes may come again.</summary>
    Task<ChangedRows> Changed(string workspaceId, ChangePoint from, int limit);

    /// <summary>Full text over messages, names, e-mails and ids; every word must occur, the last one as a prefix.
    /// Any input is a legal query.</summary>
    Task<StoreHits> Search(string workspaceId, string text, int limit);
}

/// <param name="Unsolved">Every row that is not solved.</param>
/// <param name="Solved">How many are solved, by owner ("" for nobody's).</param>
public sealed record QueueContents(IReadOnlyList<QueueRow> Unsolved, IReadOnlyDictionary<string, int> Solved);

public sealed record RowWrite(QueueRow Row, ImmutableArray<IndexedEntry> Texts);

/// <summary>A view and filter, in the order of <see cref="Sort"/>; <see cref="QueueSort.Unread"/> is ordered as newest here:
/// solved rows are one class there (<see cref="QueueOrder"/>), and the others stand in the queue's memory.</summary>
/// <param name="OnlySolved">Only solved rows (the others come from memory).</param>
/// <param name="After">The last row of the page before.</param>
public sealed record RowQuery(
    string AgentId,
    QueueView View,
    QueueFilter Filter,
    QueueSort Sort,
    bool OnlySolved,
    int Limit,
    RowCursor? After = null);

/// <summary>Where a reader of changes stands: the store's own clock, in whole minutes, and an id. The default is the beginning.</summary>
public readonly record struct ChangePoint(long Minute, string? Id);

/// <param name="Next">Where to go on.</param>
/// <param name="More">There is more now.</param>
public sealed record ChangedRows(IReadOnlyList<QueueRow> Rows, ChangePoint Next, bool More);

public readonly record struct RowCursor(DateTimeOffset LastAt, string Id);

public sealed record StoreHits(
    IReadOnlyList<QueueRow> Conversations,
    IReadOnlyList<FoundVisitor> Visitors,
    IReadOnlyList<FoundMessage> Messages);

/// <summary>The store cannot do it now. Maps to the code <see cref="Codes.Unavailable"/>.</summary>
[GenerateSerializer, Alias("ls.store-unavailable")]
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>None: a store that is away refuses every call, and a stack for each would bury the log and fill its disk.</summary>
    public override string? StackTrace => null;

    /// <summary>One line, which says it all.</summary>
    public override string ToString() => $"{nameof(StoreUnavailableException)}: {Message}";
}
