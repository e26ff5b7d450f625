using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>
/// The statement for one page. It is put together from fixed pieces only: what comes from outside is bound
/// ($1 workspace, $2 agent, $3 limit, $4 and $5 the last row before).
/// </summary>
internal static class PostgresPageSql
{
    /// <summary>Everybody's rows after $4 and $5, oldest first.</summary>
    public static readonly string ChangedSince =
        For(new RowQuery("", QueueView.All, QueueFilter.All, QueueSort.Oldest, OnlySolved: false, Limit: 0, new RowCursor()))!;

    /// <summary>Null when no row can be on the page.</summary>
    public static string? For(RowQuery query)
    {
        // The same as QueueRules.Holds, which the contract suite checks; who is unassigned was decided when the row was written.
        var unassigned = query.View == QueueView.Unassigned || query.Filter == QueueFilter.Unassigned;
        var mine = query.View == QueueView.Inbox || query.Filter == QueueFilter.Mine;
        var onlyActive = unassigned || query.Filter == QueueFilter.Active;
        var onlySolved = query.OnlySolved || query.Filter == QueueFilter.Solved;
        if (onlyActive && onlySolved)
            return null;

        // Solved rows come in their index's order; the others are few and are sorted. The status stands as a literal,
        // so that the partial indexes are seen to fit.
        var solved = Part("status = 2", "solved_at");
        var open = Part("status <> 2" + (onlyActive ? " AND status = 0" : "") + (unassigned ? " AND unassigned" : ""), "last_at");
        return onlySolved ? solved
            : onlyActive ? open
            : $"SELECT row FROM (({solved}) UNION ALL ({open})) AS both_parts ORDER BY {Order("last_at")} LIMIT $3";

        string Part(string which, string time) =>
            $"SELECT row, last_at, id FROM conversation WHERE workspace = $1 AND {which}"
            + (mine ? " AND owner = $2" : "")
            + (query.After is null ? "" : query.Sort == QueueSort.Oldest ? $" AND ({time}, id) > ($4, $5)" : $" AND ({time}, id) < ($4, $5)")
            + $" ORDER BY {Order(time)} LIMIT $3";

        string Order(string time) => query.Sort == QueueSort.Oldest ? $"{time}, id" : $"{time} DESC, id DESC";
    }

    /// <summary>A page in the order of ids ($1 workspace, $2 limit, $3 the last id before, $4 owner, $5 visitor, $6 e-mail).</summary>
    public static string For(RowFilter filter) =>
        "SELECT row FROM conversation WHERE workspace = $1"
        + filter.Status switch
        {
            Status.Active => " AND status <> 2 AND status = 0",
            Status.Snoozed => " AND status <> 2 AND status = 1",
            Status.Solved => " AND status = 2",
            _ => "",
        }
        + filter.OwnerId switch { null => "", "" => " AND owner IS NULL", _ => " AND owner = $4" }
        + (filter.VisitorId is null ? "" : " AND visitor = $5")
        + (filter.Email is null ? "" : " AND lower(email) = lower($6)")
        + (filter.AfterId is null ? "" : filter.NewestFirst ? " AND id < $3" : " AND id > $3")
        + (filter.NewestFirst ? " ORDER BY id DESC LIMIT $2" : " ORDER BY id LIMIT $2");
}
