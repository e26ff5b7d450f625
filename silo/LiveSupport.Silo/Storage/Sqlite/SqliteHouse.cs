using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage.Moving;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>What the data folder's database holds, for a move.</summary>
internal sealed class SqliteHouse(string dataFolder) : IHouse
{
    public T Carry<T>(Func<IEnumerable<Belonging>, T> outOf)
    {
        var file = Path.Combine(dataFolder, SqliteDatabase.FileName);
        if (!File.Exists(file))
            throw new StoreCannotOpenException($"There is no {SqliteDatabase.FileName} in '{dataFolder}'.");
        try
        {
            // Beside the process that has the folder, and as of one moment.
            using var connection = Connection.ForReading(file);
            connection.Execute("BEGIN");
            return outOf(All(connection));
        }
        catch (SqliteError error)
        {
            throw new StoreCannotOpenException(error.AsUnavailable().Message, error);
        }
    }

    public async Task MoveIn(IEnumerable<Belonging> belongings, Action<IEnumerable<Belonging>> check)
    {
        using var database = SqliteDatabase.Open(dataFolder, TimeProvider.System);
        try
        {
            // The writer's transaction: what is thrown in it takes everything back.
            await database.Writer.Write(connection =>
            {
                if (All(connection).Any())
                    throw new StoreCannotOpenException($"{SqliteDatabase.FileName} in '{dataFolder}' is not empty: name another data folder.");
                foreach (var one in belongings)
                    Add(connection, one);
                TextIndex.Rebuild(connection);
                check(All(connection));
                return 0;
            });
        }
        catch (StoreUnavailableException error)
        {
            throw new StoreCannotOpenException(error.Message, error);
        }
    }

    private static IEnumerable<Belonging> All(Connection connection)
    {
        using (var records = connection.Use("SELECT type, key, name, payload FROM grain ORDER BY type, key, name"))
        {
            while (records.Step())
                yield return new MovedRecord(records.Text(0), records.Text(1), records.Text(2), records.Bytes(3).ToArray());
        }

        using (var rows = connection.Use("SELECT workspace, row FROM conversation ORDER BY workspace, id"))
        {
            while (rows.Step())
                yield return new MovedRow(rows.Text(0), rows.Bytes(1).ToArray());
        }

        using var texts = connection.Use(
            "SELECT c.workspace, c.id, t.seq, t.at, t.text FROM text t JOIN conversation c ON c.n = t.conversation ORDER BY t.n");
        while (texts.Step())
            yield return new MovedText(texts.Text(0), texts.Text(1), texts.Number(2), texts.Number(3), texts.Text(4));
    }

    private static void Add(Connection connection, Belonging one)
    {
        switch (one)
        {
            case MovedRecord record:
                using (var add = connection.Use("INSERT INTO grain (type, key, name, etag, payload) VALUES (?1, ?2, ?3, ?4, ?5)"))
                {
                    add.Bind(1, record.Type).Bind(2, record.Key).Bind(3, record.Name).Bind(4, Random.Shared.NextInt64(1, 1L << 40))
                        .Bind(5, record.State).Run();
                }

                break;
            case MovedRow row:
                var parsed = JsonSerializer.Deserialize<QueueRow>(row.Row, StateJson.Options)!;
                RowWriter.Write(connection, row.Workspace, new RowWrite(parsed, []), row.Row);
                break;
            case MovedText text:
                using (var add = connection.Use(
                    "INSERT INTO text (conversation, seq, at, text) SELECT n, ?3, ?4, ?5 FROM conversation WHERE workspace = ?1 AND id = ?2"))
                {
                    add.Bind(1, text.Workspace).Bind(2, text.Conversation).Bind(3, text.Seq).Bind(4, text.At).Bind(5, text.Text);
                    if (add.Run() != 1)
                        throw MovingVan.Damaged($"a text belongs to no conversation ('{text.Conversation}')");
                }

                using (var upto = connection.Use("UPDATE conversation SET texts_upto = max(texts_upto, ?3) WHERE workspace = ?1 AND id = ?2"))
                    upto.Bind(1, text.Workspace).Bind(2, text.Conversation).Bind(3, text.Seq).Run();
                break;
        }
    }
}
