using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>Rows, their texts and the search over them; pages are in <see cref="PageSql"/>.</summary>
internal sealed class SqliteConversationStore(SqliteDatabase database) : IConversationStore
{
    /// <summary>Of so many of a common word's newest hits the visitors are taken.</summary>
    private const int MostPersonHits = 1_000;

    /// <summary>Minutes after which no write of that minute is still on its way.</summary>
    private const int ChangesSettleAfter = 2;

    public async Task Upsert(string workspaceId, IReadOnlyList<RowWrite> writes)
    {
        // Serialised here, on as many threads as callers: the writer has only one.
        var rows = new byte[writes.Count][];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = StoredBytes.Array(writes[i].Row);
        await database.Writer.Write(connection =>
        {
            for (var i = 0; i < rows.Length; i++)
                RowWriter.Write(connection, workspaceId, writes[i], rows[i]);
            return rows.Length;
        });
        database.Texts.Grew(writes.Sum(write => write.Texts.Length));
    }

    public async Task ForgetTexts(string workspaceId, IReadOnlyCollection<string> conversationIds)
    {
        // The texts have no index of their own, so all of them are looked through; beside the writer, which meanwhile writes.
        var texts = await database.Readers.Read(connection =>
        {
            using var find = connection.Use("""
                SELECT n FROM text WHERE conversation IN (SELECT n FROM conversation WHERE workspace = ?1 AND id IN (SELECT value FROM json_each(?2)))
                """);
            find.Bind(1, workspaceId).Bind(2, JsonSerializer.Serialize(conversationIds));
            var found = new List<long>();
            while (find.Step())
                found.Add(find.Number(0));
            return found;
        });
        await database.Texts.Forget(texts);
    }

    public Task<IReadOnlyList<QueueRow>> Find(string workspaceId, IReadOnlyCollection<string> conversationIds) => database.Readers.Read(connection =>
    {
        var rows = new List<QueueRow>();
        foreach (var id in conversationIds)
        {
            using var find = connection.Use("SELECT row FROM conversation WHERE workspace = ?1 AND id = ?2");
            if (find.Bind(1, workspaceId).Bind(2, id).Step())
                rows.Add(Row(find));
        }

        return (IReadOnlyList<QueueRow>)rows;
    });

    public Task<QueueContents> Load(string workspaceId) => database.Readers.ReadOneMoment(connection =>
    {
        using var load = connection.Use("SELECT row FROM conversation WHERE workspace = ?1 AND status <> 2");
        var unsolved = Rows(load.Bind(1, workspaceId));
        using var count = connection.Use("SELECT coalesce(owner, ''), count(*) FROM conversation WHERE workspace = ?1 AND status = 2 GROUP BY 1");
        count.Bind(1, workspaceId);
        var solved = new Dictionary<string, int>();
        while (count.Step())
            solved[count.Text(0)] = (int)count.Number(1);
        return new QueueContents(unsolved, solved);
    });

    public Task<IReadOnlyList<QueueRow>> Page(string workspaceId, RowQuery query) => PageSql.For(query) is not { } sql
        ? Task.FromResult<IReadOnlyList<QueueRow>>([])
        : database.Readers.Read(connection =>
        {
            using var page = connection.Use(sql);
            page.Bind(1, workspaceId).Bind(2, query.AgentId).Bind(3, query.Limit);
            if (query.After is { } after)
                page.Bind(4, after.LastAt).Bind(5, after.Id);
            return Rows(page);
        });

    public Task<IReadOnlyList<QueueRow>> ByVisitor(string workspaceId, string visitorId, int limit) => database.Readers.Read(connection =>
    {
        using var find = connection.Use(
            "SELECT row FROM conversation WHERE workspace = ?1 AND visitor = ?2 ORDER BY last_at DESC, id DESC LIMIT ?3");
        return Rows(find.Bind(1, workspaceId).Bind(2, visitorId).Bind(3, limit));
    });

    public Task<IReadOnlyList<QueueRow>> ChangedSince(string workspaceId, DateTimeOffset since, string? afterId, int limit) =>
        database.Readers.Read(connection =>
        {
            using var find = connection.Use(PageSql.ChangedSince);
            return Rows(find.Bind(1, workspaceId).Bind(3, limit).Bind(4, since).Bind(5, afterId ?? ""));
        });

    public Task<IReadOnlyList<QueueRow>> List(string workspaceId, RowFilter filter) => database.Readers.Read(connection =>
    {
        using var list = connection.Use(PageSql.For(filter));
        list.Bind(1, workspaceId).Bind(2, filter.Limit);
        if (filter.AfterId is { } after)
            list.Bind(3, after);
        if (filter.OwnerId is { Length: > 0 } owner)
            list.Bind(4, owner);
        if (filter.VisitorId is { } visitor)
            list.Bind(5, visitor);
        if (filter.Email is { } email)
            list.Bind(6, email);
        return Rows(list);
    });

    public Task<ChangedRows> Changed(string workspaceId, ChangePoint from, int limit) => database.Readers.Read(connection =>
    {
        long now;
        using (var clock = connection.Use("SELECT unixepoch() / 60"))
        {
            clock.Step();
            now = clock.Number(0);
        }

        using var find = connection.Use("""
            SELECT row, changed, id FROM conversation WHERE workspace = ?1 AND (changed, id) > (?2, ?3) ORDER BY changed, id LIMIT ?4
            """);
        find.Bind(1, workspaceId).Bind(2, from.Minute).Bind(3, from.Id ?? "").Bind(4, limit);
        var rows = new List<QueueRow>();
        var last = from;
        while (find.Step())
        {
            rows.Add(Row(find));
            last = new ChangePoint(find.Number(1), find.Text(2));
        }

        // A row that is being written carries the minute in which its write began.
        return rows.Count == limit
            ? new ChangedRows(rows, last, More: true)
            : new ChangedRows(rows, new ChangePoint(now - ChangesSettleAfter, null), More: false);
    });

    public async Task<StoreHits> Search(string workspaceId, string text, int limit)
    {
        if (FtsQuery.Of(text) is not { } query)
            return new StoreHits([], [], []);
        await database.Texts.CatchUp();
        return await database.Readers.Read(connection => new StoreHits(
            Conversations(connection, workspaceId, query, limit),
            Visitors(connection, workspaceId, query, limit),
            Messages(connection, workspaceId, query, limit)));
    }

    private static IReadOnlyList<QueueRow> Conversations(Connection connection, string workspaceId, string query, int limit)
    {
        // The order of the index (first contact) finds the newest without sorting every hit of a common name.
        using var find = connection.Use("""
            SELECT c.row FROM person_search JOIN conversation c ON c.n = person_search.rowid
            WHERE person_search MATCH ?2 AND c.workspace = ?1
            ORDER BY person_search.rowid DESC LIMIT ?3
            """);
        return [.. Rows(find.Bind(1, workspaceId).Bind(2, query).Bind(3, limit)).OrderByDescending(row => row.LastAt)];
    }

    private static List<FoundVisitor> Visitors(Connection connection, string workspaceId, string query, int limit)
    {
        using var find = connection.Use("""
            SELECT c.visitor, c.name, c.email,
                (SELECT l.id FROM conversation l WHERE l.workspace = ?1 AND l.visitor = c.visitor ORDER BY l.last_at DESC, l.id DESC LIMIT 1)
            FROM person_search JOIN conversation c ON c.n = person_search.rowid
            WHERE person_search MATCH ?2 AND c.workspace = ?1
            ORDER BY person_search.rowid DESC LIMIT ?3
            """);
        find.Bind(1, workspaceId).Bind(2, $"{{name email visitor}} : ({query})").Bind(3, MostPersonHits);
        var visitors = new List<FoundVisitor>();
        var known = new HashSet<string>();
        while (visitors.Count < limit && find.Step())
        {
            var id = find.Text(0);
            if (known.Add(id))
                visitors.Add(new FoundVisitor(id, find.TextOrNull(1), find.TextOrNull(2), find.Text(3)));
        }

        return visitors;
    }

    private static List<FoundMessage> Messages(Connection connection, string workspaceId, string query, int limit)
    {
        // U+E000 and U+E001 stand round each hit.
        using var find = connection.Use("""
            SELECT c.row, c.id, t.seq, t.at, snippet(text_search, 0, char(0xE000), char(0xE001), '…', 24)
            FROM text_search JOIN text t ON t.n = text_search.rowid JOIN conversation c ON c.n = t.conversation
            WHERE text_search MATCH ?2 AND c.workspace = ?1
            ORDER BY text_search.rowid DESC LIMIT ?3
            """);
        find.Bind(1, workspaceId).Bind(2, query).Bind(3, limit);
        var messages = new List<FoundMessage>();
        while (find.Step())
            messages.Add(new FoundMessage(find.Text(1), find.Number(2), find.Text(4), find.Time(3), Row(find).Visitor));
        return messages;
    }

    private static IReadOnlyList<QueueRow> Rows(Statement statement)
    {
        var rows = new List<QueueRow>();
        while (statement.Step())
            rows.Add(Row(statement));
        return rows;
    }

    private static QueueRow Row(Statement statement) => JsonSerializer.Deserialize<QueueRow>(statement.Bytes(0), StateJson.Options)!;
}
