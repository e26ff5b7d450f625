using System.Data;
using System.Text.Json;
using LiveSupport.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>Rows, their texts and the search over them; pages are in <see cref="PostgresPageSql"/>.</summary>
internal sealed class PostgresConversationStore(PostgresDatabase database) : IConversationStore
{
    internal const string LoadUnsolved = "SELECT row FROM conversation WHERE workspace = $1 AND status <> 2";

    internal const string CountSolved =
        "SELECT coalesce(owner, ''), count(*)::int FROM conversation WHERE workspace = $1 AND status = 2 GROUP BY owner";

    internal const string OfVisitor =
        "SELECT row FROM conversation WHERE workspace = $1 AND visitor = $2 ORDER BY last_at DESC, id DESC LIMIT $3";

    internal const string Changes = """
        SELECT row, changed, id FROM conversation WHERE workspace = $1 AND (changed, id) > ($2, $3) ORDER BY changed, id LIMIT $4
        """;

    /// <summary>Conversations, newest first, by their people ($5 the same query for a visitor's words only) and, once for each
    /// visitor who is meant, that visitor's newest one.</summary>
    internal static string FindPeople(WordsOfPart words) => $"""
        {PostgresSearchSql.Hits(PostgresSearchSql.People, words)}
        SELECT row, CASE
            WHEN people @@ $5::tsquery AND row_number() OVER (PARTITION BY visitor, people @@ $5::tsquery ORDER BY id DESC) = 1 THEN (
                SELECT last.id FROM conversation AS last WHERE last.workspace = $1 AND last.visitor = conversation.visitor
                ORDER BY last_at DESC, id DESC LIMIT 1) END
        FROM hits JOIN conversation ON workspace = $1 AND id = key ORDER BY id DESC
        """;

    /// <summary>Of the newest $3 conversations before $7 each visitor's newest one ($5 as above), $6 of them.</summary>
    internal static string FindVisitors(WordsOfPart words) => $"""
        {PostgresSearchSql.Hits(PostgresSearchSql.People, words, below: "$7")}
        SELECT row, (
            SELECT last.id FROM conversation AS last WHERE last.workspace = $1 AND last.visitor = one.visitor ORDER BY last_at DESC, id DESC LIMIT 1)
        FROM (
            SELECT id, visitor, row, row_number() OVER (PARTITION BY visitor ORDER BY id DESC) AS place
            FROM hits JOIN conversation ON workspace = $1 AND id = key WHERE people @@ $5::tsquery) AS one
        WHERE place = 1 ORDER BY id DESC LIMIT $6
        """;

    internal static string FindMessages(WordsOfPart words) => $"""
        {PostgresSearchSql.Hits(PostgresSearchSql.Texts, words)}
        SELECT row, conversation, seq, text, at FROM hits JOIN text ON n = key
            JOIN conversation ON conversation.workspace = $1 AND id = conversation
        ORDER BY n DESC
        """;

    /// <summary>For each visitor who is wanted so many conversations are looked at; and so many if those were few visitors'.</summary>
    private const int PeopleHits = 2;

    private const int MostPeopleHits = 1_000;

    /// <summary>Minutes after which no write of that minute is still on its way.</summary>
    private const int ChangesSettleAfter = 2;

    public Task Upsert(string workspaceId, IReadOnlyList<RowWrite> writes) =>
        writes.Count == 0 ? Task.CompletedTask : database.Writer.Write(PostgresWrite.Of(workspaceId, writes));

    public Task ForgetTexts(string workspaceId, IReadOnlyCollection<string> conversationIds) => database.Read(async connection =>
    {
        using var forget = Command(
            "DELETE FROM text WHERE workspace = $1 AND conversation = ANY ($2)", workspaceId, conversationIds.Select(SafeText.Of).ToArray());
        forget.Connection = connection;
        forget.CommandTimeout = 60;
        return await forget.ExecuteNonQueryAsync();
    });

    public Task<IReadOnlyList<QueueRow>> Find(string workspaceId, IReadOnlyCollection<string> conversationIds) => database.Read(async connection =>
    {
        using var find = Command("SELECT row FROM conversation WHERE workspace = $1 AND id = ANY ($2)", workspaceId);
        find.Connection = connection;
        find.Parameters.Add(new NpgsqlParameter { Value = conversationIds.Select(SafeText.Of).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await find.PrepareAsync();
        return await Rows(find);
    });

    public Task<QueueContents> Load(string workspaceId) => database.Read(async connection =>
    {
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        using var load = Command(LoadUnsolved, workspaceId);
        load.Connection = connection;
        load.CommandTimeout = 60;
        var unsolved = await Rows(load);
        using var count = Command(CountSolved, workspaceId);
        count.Connection = connection;
        count.CommandTimeout = 60;
        var solved = new Dictionary<string, int>();
        await using (var counts = await count.ExecuteReaderAsync())
        {
            while (await counts.ReadAsync())
                solved[counts.GetString(0)] = counts.GetInt32(1);
        }

        await moment.CommitAsync();
        return new QueueContents(unsolved, solved);
    });

    public Task<IReadOnlyList<QueueRow>> Page(string workspaceId, RowQuery query) => PostgresPageSql.For(query) is not { } sql
        ? Task.FromResult<IReadOnlyList<QueueRow>>([])
        : Rows(sql, workspaceId, query.AgentId, query.Limit, query.After?.LastAt.UtcTicks ?? 0L, query.After?.Id ?? "");

    public Task<IReadOnlyList<QueueRow>> ByVisitor(string workspaceId, string visitorId, int limit) =>
        Rows(OfVisitor, workspaceId, visitorId, limit);

    public Task<IReadOnlyList<QueueRow>> ChangedSince(string workspaceId, DateTimeOffset since, string? afterId, int limit) =>
        Rows(PostgresPageSql.ChangedSince, workspaceId, "", limit, since.UtcTicks, afterId ?? "");

    public Task<IReadOnlyList<QueueRow>> List(string workspaceId, RowFilter filter) => Rows(
        PostgresPageSql.For(filter), workspaceId, filter.Limit, filter.AfterId ?? "", filter.OwnerId ?? "", filter.VisitorId ?? "", filter.Email ?? "");

    public Task<ChangedRows> Changed(string workspaceId, ChangePoint from, int limit) => database.Read(async connection =>
    {
        long now;
        using (var clock = new NpgsqlCommand("SELECT floor(extract(epoch FROM now()) / 60)::bigint", connection))
            now = (long)(await clock.ExecuteScalarAsync())!;

        using var find = Command(Changes, workspaceId, from.Minute, from.Id ?? "", limit);
        find.Connection = connection;
        await using var found = await find.ExecuteReaderAsync();
        var rows = new List<QueueRow>();
        var last = from;
        while (await found.ReadAsync())
        {
            rows.Add(Row(found));
            last = new ChangePoint(found.GetInt64(1), found.GetString(2));
        }

        // A row that is being written carries the minute in which its write began.
        return rows.Count == limit
            ? new ChangedRows(rows, last, More: true)
            : new ChangedRows(rows, new ChangePoint(now - ChangesSettleAfter, null), More: false);
    });

    public async Task<StoreHits> Search(string workspaceId, string text, int limit)
    {
        if (SearchText.Query(text) is not { } query)
            return new StoreHits([], [], []);
        var common = await database.CommonWords.Now();
        // Two questions at once, each on a connection of its own.
        var messages = database.Read(connection => Messages(connection, workspaceId, text, query, SearchText.WordsOfPart(text, common.Texts), limit));

        // More conversations than asked for, because some are of one visitor.
        var words = SearchText.WordsOfPart(text, common.People);
        var people = await People(FindPeople(words), PeopleHits * limit);
        var visitors = Visitors(people);
        // None at all: what was written begins conversations' ids, and looking at more of them finds no visitor either.
        if (visitors.Count > 0 && visitors.Count < limit && people.Count == PeopleHits * limit)
            visitors = Visitors([.. people, .. await People(FindVisitors(words), MostPeopleHits, limit, people[^1].Row.Id)]);
        return new StoreHits(
            [.. people.Take(limit).Select(one => one.Row).OrderByDescending(row => row.LastAt)], [.. visitors.Take(limit)], await messages);

        Task<List<(QueueRow Row, string? NewestOfVisitor)>> People(string sql, int most, params object[] more) => database.Read(async connection =>
        {
            using var find = Command(
                sql, [workspaceId, new TextQuery(query), most, words.LookedUp, new TextQuery(SearchText.Query(text, weight: 'A')!), .. more]);
            find.Connection = connection;
            await find.PrepareAsync();
            await using var found = await find.ExecuteReaderAsync();
            var people = new List<(QueueRow, string?)>();
            while (await found.ReadAsync())
                people.Add((Row(found), TextOrNull(found, 1)));
            return people;
        });

        static List<FoundVisitor> Visitors(List<(QueueRow Row, string? NewestOfVisitor)> people) =>
        [
            .. people.Where(one => one.NewestOfVisitor is not null).DistinctBy(one => one.Row.Visitor.Id)
                .Select(one => new FoundVisitor(one.Row.Visitor.Id, one.Row.Visitor.Name, one.Row.Visitor.Email, one.NewestOfVisitor!)),
        ];
    }

    private static async Task<List<FoundMessage>> Messages(
        NpgsqlConnection connection, string workspaceId, string text, string query, WordsOfPart words, int limit)
    {
        using var find = Command(FindMessages(words), workspaceId, new TextQuery(query), limit, words.LookedUp);
        find.Connection = connection;
        await find.PrepareAsync();
        await using var found = await find.ExecuteReaderAsync();
        var messages = new List<FoundMessage>();
        while (await found.ReadAsync())
        {
            messages.Add(new FoundMessage(
                found.GetString(1), found.GetInt64(2), SearchText.Snippet(found.GetString(3), text),
                new DateTimeOffset(found.GetInt64(4), TimeSpan.Zero), Row(found).Visitor));
        }

        return messages;
    }

    private Task<IReadOnlyList<QueueRow>> Rows(string sql, params object[] values) => database.Read(async connection =>
    {
        using var command = Command(sql, values);
        command.Connection = connection;
        return await Rows(command);
    });

    private static NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql);
        command.Parameters.AddRange(Parameters(values));
        return command;
    }

    // Each says its type, because a statement need not use all of them.
    private static NpgsqlParameter[] Parameters(params object[] values) =>
    [
        .. values.Select(value => value switch
        {
            string text => new NpgsqlParameter { Value = SafeText.Of(text), NpgsqlDbType = NpgsqlDbType.Text },
            // PostgreSQL reads it once, as what the statement takes it for: a tsquery.
            TextQuery query => new NpgsqlParameter { Value = SafeText.Of(query.Text), NpgsqlDbType = NpgsqlDbType.Unknown },
            string[] texts => new NpgsqlParameter { Value = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            int number => new NpgsqlParameter { Value = number, NpgsqlDbType = NpgsqlDbType.Integer },
            _ => new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Bigint },
        }),
    ];

    private static async Task<IReadOnlyList<QueueRow>> Rows(NpgsqlCommand command)
    {
        await using var found = await command.ExecuteReaderAsync();
        return await Rows(found);
    }

    private static async Task<IReadOnlyList<QueueRow>> Rows(NpgsqlDataReader found)
    {
        var rows = new List<QueueRow>();
        while (await found.ReadAsync())
            rows.Add(Row(found));
        return rows;
    }

    private static QueueRow Row(NpgsqlDataReader found) => JsonSerializer.Deserialize<QueueRow>(found.GetFieldValue<byte[]>(0), StateJson.Options)!;

    private static string? TextOrNull(NpgsqlDataReader found, int column) => found.IsDBNull(column) ? null : found.GetString(column);

    /// <summary>What is searched, as PostgreSQL writes a tsquery.</summary>
    private readonly record struct TextQuery(string Text);
}
