using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Queue;

/// <summary>One list out of two places: what is not solved stands in memory, what is solved in the store.</summary>
public static class QueuePages
{
    /// <summary>The question to the store, or null when the list holds nothing solved.</summary>
    public static RowQuery? ForStore(QueueQuery query, QueueCursor? after)
    {
        if (query.View == QueueView.Unassigned || query.Filter is QueueFilter.Active or QueueFilter.Unassigned)
            return null;
        // Solved rows are the last class of "unread first": a cursor before that class is before all of them.
        var cursor = after is { } c && (query.Sort != QueueSort.Unread || c.Urgency == QueueOrder.Solved) ? after : null;
        return new RowQuery(query.AgentId, query.View, query.Filter, query.Sort, OnlySolved: true, query.Limit + 1,
            cursor is { } from ? new RowCursor(from.LastAt, from.Id) : null);
    }

    /// <summary>The page, and where the next one begins.</summary>
    /// <param name="query">What was asked for.</param>
    /// <param name="memory">Rows in memory, in order.</param>
    /// <param name="stored">Solved rows, in order; one that was reopened meanwhile stands in memory too, and counts there.</param>
    public static (ImmutableArray<QueueRow> Rows, QueueCursor? Next) Merge(
        QueueQuery query, IEnumerable<QueueRow> memory, IReadOnlyList<QueueRow> stored)
    {
        var active = memory.Take(query.Limit + 1).ToList();
        var seen = active.Select(row => row.Id).ToHashSet();
        var rows = active.Concat(stored.Where(row => seen.Add(row.Id)))
            .OrderBy(row => QueueOrder.PlaceOf(row, query.Sort, query.AgentId), Comparer<QueueCursor>.Create((a, b) => QueueOrder.Compare(query.Sort, a, b)))
            .Take(query.Limit + 1)
            .ToList();
        if (rows.Count <= query.Limit)
            return ([.. rows], null);
        rows.RemoveAt(query.Limit);
        return ([.. rows], QueueOrder.PlaceOf(rows[^1], query.Sort, query.AgentId));
    }
}
