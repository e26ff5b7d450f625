using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>
/// The statement for one page. It is put together from fixed pieces only: what comes from outside is bound
/// (?1 workspace, ?2 agent, ?3 limit, ?4 and ?5 the last row before).
/// </summary>
internal static class PageSql
{
    /// <summary>Everybody's rows after ?4 and ?5, oldest first.</summary>
    public static readonly string ChangedSince =
        For(new RowQuery("", QueueView.All, QueueFilter.All, QueueSort.Oldest, OnlySolved: false, Limit: 0, new RowCursor()))!;

    private const string Rows = "SELECT row, last_at, id FROM conversation WHERE workspace = ?1 AND ";

    /// <summary>A page in the order of ids (?1 workspace, ?2 limit, ?3 the last id before, ?4 owner, ?5 visitor, ?6 e-mail).</summary>
    public static string For(RowFilter filter) =>
        "SELECT row FROM conversation WHERE workspace = ?1"
        // As literals, so that the planner knows its way to the few that are not solved.
        + filter.Status switch
        {
            Status.Active => " AND status <> 2 AND status = 0",
            Status.Snoozed => " AND status <> 2 AND status = 1",
            Status.Solved => " AND status = 2",
            _ => "",
        }
        + filter.OwnerId switch { null => "", "" => " AND owner IS NULL", _ => " AND owner = ?4" }
        + (filter.VisitorId is null ? "" : " AND visitor = ?5")
        + (filter.Email is null ? "" : " AND lower(email) = lower(?6)")
        + (filter.AfterId is null ? "" : filter.NewestFirst ? " AND id < ?3" : " AND id > ?3")
        + (filter.NewestFirst ? " ORDER BY id DESC LIMIT ?2" : " ORDER BY id LIMIT ?2");

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

        var order = query.Sort == QueueSort.Oldest ? "last_at, id" : "last_at DESC, id DESC";
        var rest = (unassigned ? " AND unassigned = 1" : "")
            + (mine ? " AND owner = ?2" : "")
            + (query.After is null ? "" : query.Sort == QueueSort.Oldest ? " AND (last_at, id) > (?4, ?5)" : " AND (last_at, id) < (?4, ?5)")
            + $" ORDER BY {order} LIMIT ?3";
        var solved = Rows + "status = 2" + rest;
        var open = Rows + "status <> 2" + (onlyActive ? " AND status = 0" : "") + rest;

        // Solved rows come in their index's order; the others are few and are sorted.
        return onlySolved ? solved
            : onlyActive ? open
            : $"SELECT row, last_at, id FROM (SELECT * FROM ({solved}) UNION ALL SELECT * FROM ({open})) ORDER BY {order} LIMIT ?3";
    }
}
