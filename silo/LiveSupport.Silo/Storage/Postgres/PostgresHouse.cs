using System.Data;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage.Moving;
using Npgsql;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>What the PostgreSQL database holds, for a move.</summary>
internal sealed class PostgresHouse(string connectionString) : IHouse
{
    /// <summary>Things that are sent together.</summary>
    private const int Together = 500;

    public T Carry<T>(Func<IEnumerable<Belonging>, T> outOf) => With(connection =>
    {
        using var moment = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        return outOf(All(connection));
    });

    public Task MoveIn(IEnumerable<Belonging> belongings, Action<IEnumerable<Belonging>> check) => With(connection =>
    {
        using (var transaction = connection.BeginTransaction())
        {
            Run(connection, "LOCK TABLE grain, conversation, text IN SHARE ROW EXCLUSIVE MODE");
            if (All(connection).Any())
                throw new StoreCannotOpenException("The database is not empty: name another one.");
            var some = new List<Belonging>();
            foreach (var one in belongings)
            {
                if (some.Count == Together || (some.Count > 0 && some[0].GetType() != one.GetType()))
                    Add(connection, some);
                some.Add(one);
            }

            Add(connection, some);
            check(All(connection));
            transaction.Commit();
        }

        Run(connection, "ANALYZE grain, conversation, text");
        return Task.CompletedTask;
    });

    private T With<T>(Func<NpgsqlConnection, T> work)
    {
        try
        {
            using var database = PostgresDatabase.Open(connectionString, TimeProvider.System);
            using var connection = database.ConnectNow();
            return work(connection);
        }
        catch (NpgsqlException error)
        {
            throw new StoreCannotOpenException(PostgresError.Sentence(error), error);
        }
    }

    private static IEnumerable<Belonging> All(NpgsqlConnection connection) =>
        Read(connection, "SELECT type, key, name, payload FROM grain ORDER BY type, key, name",
            one => new MovedRecord(one.GetString(0), one.GetString(1), one.GetString(2), one.GetFieldValue<byte[]>(3)))
        .Concat(Read(connection, "SELECT workspace, row FROM conversation ORDER BY workspace, id",
            one => new MovedRow(one.GetString(0), one.GetFieldValue<byte[]>(1))))
        .Concat(Read(connection, "SELECT workspace, conversation, seq, at, text FROM text ORDER BY n",
            one => new MovedText(one.GetString(0), one.GetString(1), one.GetInt64(2), one.GetInt64(3), one.GetString(4))));

    private static IEnumerable<Belonging> Read(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, Belonging> one)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return one(rows);
    }

    private static void Add(NpgsqlConnection connection, List<Belonging> some)
    {
        switch (some.FirstOrDefault())
        {
            case MovedRecord:
                var records = some.ConvertAll(one => (MovedRecord)one);
                Run(connection,
                    "INSERT INTO grain (type, key, name, etag, payload) SELECT * FROM unnest($1, $2, $3, $4, $5)",
                    Column(records, one => one.Type), Column(records, one => one.Key), Column(records, one => one.Name),
                    Column(records, _ => Random.Shared.NextInt64(1, 1L << 40)), Column(records, one => one.State));
                break;
            case MovedRow:
                var rows = some.ConvertAll(one => Row((MovedRow)one));
                Run(connection,
                    """
                    INSERT INTO conversation (workspace, id, rev, status, unassigned, owner, visitor, name, email, last_at, row, people, changed)
                    SELECT workspace, id, rev, status, unassigned, owner, visitor, name, email, last_at, row, people::tsvector,
                        floor(extract(epoch FROM now()) / 60)
                    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                        AS given (workspace, id, rev, status, unassigned, owner, visitor, name, email, last_at, row, people)
                    """,
                    Column(rows, one => one.Workspace), Column(rows, one => one.Id), Column(rows, one => one.Row.Rev),
                    Column(rows, one => (short)one.Row.Status), Column(rows, one => QueueRules.IsUnassigned(one.Row)),
                    Column(rows, one => SafeText.OrNull(one.Row.Owner?.Id)), Column(rows, one => SafeText.Of(one.Row.Visitor.Id)),
                    Column(rows, one => SafeText.OrNull(one.Row.Visitor.Name)), Column(rows, one => SafeText.OrNull(one.Row.Visitor.Email)),
                    Column(rows, one => one.Row.LastAt.UtcTicks), Column(rows, one => one.Json), Column(rows, one => one.People));
                break;
            case MovedText:
                var texts = some.ConvertAll(one => (MovedText)one);
                Run(connection,
                    """
                    INSERT INTO text (workspace, conversation, seq, at, text, words)
                    SELECT workspace, conversation, seq, at, text, words::tsvector
                    FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS given (workspace, conversation, seq, at, text, words, nth)
                    ORDER BY nth
                    """,
                    Column(texts, one => one.Workspace), Column(texts, one => one.Conversation), Column(texts, one => one.Seq),
                    Column(texts, one => one.At), Column(texts, one => one.Text), Column(texts, one => SearchText.Vector(one.Text)));
                break;
        }

        some.Clear();
    }

    private static RowChange Row(MovedRow moved) =>
        new(moved.Workspace, new RowWrite(JsonSerializer.Deserialize<QueueRow>(moved.Row, StateJson.Options)!, []), moved.Row);

    private static NpgsqlParameter Column<TFrom, T>(List<TFrom> from, Func<TFrom, T> column) => new NpgsqlParameter<T[]> { TypedValue = [.. from.Select(column)] };

    private static void Run(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        command.ExecuteNonQuery();
    }
}
