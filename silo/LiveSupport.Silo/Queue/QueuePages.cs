using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Queue;

/// <summary>One list out of two places: what is not solved stands in memory, what is solved in the store.</summary>
public static class QueuePages
{
    /// <summary>The questions to the store, in the order of the list: none when it holds nothing solved, and in "unread first"
    /// one for each of the two classes in which solved rows stand.</summary>
    public static IEnumerable<RowQuery> ForStore(QueueQuery query, QueueCursor? after)
    {
        if (query.View == QueueView.Unassigned || query.Filter is QueueFilter.Active or QueueFilter.Unassigned)
            return [];
        var solved = new RowQuery(query.AgentId, query.View, query.Filter, query.Sort, OnlySolved: true, query.Limit + 1);
        return query.Sort == QueueSort.Unread
            ? new[] { solved with { Unread = true }, solved with { Unread = false } }
                .Where(question => after is not { } from || from.Urgency <= ClassOf(question))
                .Select(question => after is { } from && from.Urgency == ClassOf(question) ? question with { After = Row(from) } : question)
            : [after is { } last ? solved with { After = Row(last) } : solved];
    }

    /// <summary>Whether the page can reach as far as that question's rows: it is not full of those that come before them.</summary>
    public static bool Reaches(QueueQuery query, RowQuery question, IEnumerable<QueueRow> memory, IReadOnlyList<QueueRow> stored) =>
        question.Unread is null
        || stored.Count + memory.TakeWhile(row => QueueOrder.PlaceOf(row, query.Sort, query.AgentId).Urgency < ClassOf(question))
            .Take(query.Limit + 1).Count() <= query.Limit;

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

    private static int ClassOf(RowQuery question) => question.Unread == true ? QueueOrder.UnreadSolved : QueueOrder.ReadSolved;

    private static RowCursor Row(QueueCursor cursor) => new(cursor.LastAt, cursor.Id);
}
