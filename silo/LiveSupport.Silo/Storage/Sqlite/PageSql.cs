using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>
/// The statement for one page. It is put together from fixed pieces only: what comes from outside is bound
/// (?1 workspace, ?2 agent, ?3 limit, ?4 and ?5 the last row before).
/// </summary>
internal static class PageSql
{
    public static string For(RowQuery query)
    {
        var order = query.Sort == QueueSort.Oldest ? "last_at, id" : "last_at DESC, id DESC";
        var beyond = query.After is null ? "" : query.Sort == QueueSort.Oldest ? " AND (last_at, id) > (?4, ?5)" : " AND (last_at, id) < (?4, ?5)";
        var which = Conditions(query.View, query.Filter) + beyond;
        var solved = $"SELECT row, last_at, id FROM conversation WHERE workspace = ?1 AND status = 2{which} ORDER BY {order} LIMIT ?3";
        if (query.OnlySolved)
            return solved;

        // Solved rows come in their index's order; the others are few and are sorted.
        var unsolved = $"SELECT row, last_at, id FROM conversation WHERE workspace = ?1 AND status <> 2{which} ORDER BY {order} LIMIT ?3";
        return $"SELECT row, last_at, id FROM (SELECT * FROM ({solved}) UNION ALL SELECT * FROM ({unsolved})) ORDER BY {order} LIMIT ?3";
    }

    // The same as QueueRules.Holds, which the contract suite checks.
    private static string Conditions(QueueView view, QueueFilter filter)
    {
        const string Mine = " AND owner = ?2";
        const string Unassigned = " AND is_case = 1 AND owner IS NULL AND status = 0";
        return view switch
        {
            QueueView.Inbox => Mine,
            QueueView.Unassigned => Unassigned,
            _ => "",
        }
        + filter switch
        {
            QueueFilter.Active => " AND status = 0",
            QueueFilter.Solved => " AND status = 2",
            QueueFilter.Mine => Mine,
            QueueFilter.Unassigned => Unassigned,
            _ => "",
        };
    }
}
