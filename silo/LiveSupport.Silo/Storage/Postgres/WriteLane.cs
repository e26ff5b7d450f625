using Npgsql;
using NpgsqlTypes;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>
/// One connection that writes, and the one statement that it runs: a whole batch of records, rows and texts in one
/// round trip and one transaction. A record whose ETag does not fit is left out, and its rows with it.
/// </summary>
internal sealed class WriteLane(PostgresDatabase database) : IDisposable
{
    /// <summary>A batch that takes longer is given up, its outcome unknown.</summary>
    private const int MostSeconds = 10;

    private const string Sql = """
        WITH record AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) AS record (n, type, key, name, expected, next, payload)),
        updated AS (
            UPDATE grain SET etag = record.next, payload = record.payload FROM record
            WHERE grain.type = record.type AND grain.key = record.key AND grain.name = record.name
                AND grain.etag = record.expected AND record.payload IS NOT NULL
            RETURNING record.n),
        inserted AS (
            INSERT INTO grain (type, key, name, etag, payload)
            SELECT type, key, name, next, payload FROM record WHERE expected IS NULL AND payload IS NOT NULL
            ON CONFLICT DO NOTHING
            RETURNING type, key, name),
        deleted AS (
            DELETE FROM grain USING record
            WHERE grain.type = record.type AND grain.key = record.key AND grain.name = record.name
                AND grain.etag = record.expected AND record.payload IS NULL
            RETURNING record.n),
        done AS MATERIALIZED (
            SELECT n FROM updated
            UNION ALL SELECT n FROM deleted
            UNION ALL SELECT n FROM inserted JOIN record USING (type, key, name)
            UNION ALL SELECT n FROM record WHERE expected IS NULL AND payload IS NULL AND NOT EXISTS (
                SELECT FROM grain WHERE grain.type = record.type AND grain.key = record.key AND grain.name = record.name)),
        given AS MATERIALIZED (
            SELECT * FROM unnest($8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
                AS given (record, workspace, id, rev, status, unassigned, owner, visitor, name, email, last_at, row, people)
            WHERE record IS NULL OR record IN (SELECT n FROM done)),
        -- By the arbiter, because the planner finds a conversation as well through any other index that begins with the
        -- workspace while the table is new, and walks through all of them from then on. A row that is there already comes
        -- without its people's words and keeps those that it has.
        rows AS (
            INSERT INTO conversation (workspace, id, rev, status, unassigned, owner, visitor, name, email, last_at, row, people, changed)
            SELECT workspace, id, rev, status, unassigned, owner, visitor, name, email, last_at, row, coalesce(people, '')::tsvector,
                floor(extract(epoch FROM now()) / 60)
            FROM given
            ON CONFLICT (workspace, id) DO UPDATE SET
                rev = excluded.rev, status = excluded.status, unassigned = excluded.unassigned, owner = excluded.owner,
                visitor = excluded.visitor, name = excluded.name, email = excluded.email, last_at = excluded.last_at,
                row = excluded.row, people = CASE WHEN excluded.people = '' THEN conversation.people ELSE excluded.people END,
                changed = excluded.changed
            WHERE conversation.rev < excluded.rev),
        texts AS (
            INSERT INTO text (workspace, conversation, seq, at, text, words)
            SELECT workspace, conversation, seq, at, text, words::tsvector
            FROM unnest($21, $22, $23, $24, $25, $26, $27) AS given (record, workspace, conversation, seq, at, text, words)
            WHERE record IS NULL OR record IN (SELECT n FROM done)
            ON CONFLICT (workspace, conversation, seq) DO NOTHING)
        SELECT n FROM done
        """;

    private static readonly NpgsqlDbType[] Types =
    [
        NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bytea,
        NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Smallint, NpgsqlDbType.Boolean, NpgsqlDbType.Text,
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Bytea, NpgsqlDbType.Text,
        NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text,
    ];

    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _command;

    /// <summary>Commits the writes together and answers, for each, whether it was done. After an exception the lane
    /// connects anew.</summary>
    public async Task<bool[]> Commit(IReadOnlyList<PostgresWrite> writes)
    {
        try
        {
            var command = _command ??= await Connect().ConfigureAwait(false);
            Fill(command.Parameters, writes);
            var done = new bool[writes.Count];
            for (var i = 0; i < done.Length; i++)
                done[i] = writes[i].Record is null;
            var answer = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (answer.ConfigureAwait(false))
            {
                while (await answer.ReadAsync().ConfigureAwait(false))
                    done[answer.GetInt32(0)] = true;
            }

            return done;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private async Task<NpgsqlCommand> Connect()
    {
        _connection = await database.Connect().ConfigureAwait(false);
        // The statement's one good plan goes by the indexes. It is kept, so it must not come from a time when the
        // tables were small.
        using (var plan = new NpgsqlCommand(
            "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off",
            _connection))
        {
            await plan.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        var command = new NpgsqlCommand(Sql, _connection) { CommandTimeout = MostSeconds };
        foreach (var type in Types)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type });
        await command.PrepareAsync().ConfigureAwait(false);
        return command;
    }

    private static void Fill(NpgsqlParameterCollection parameters, IReadOnlyList<PostgresWrite> writes)
    {
        var next = 0;
        var records = new List<(int N, RecordChange Change)>();
        var rows = new List<(int? Record, RowChange Change)>();
        var texts = new List<(int? Record, RowChange Row, TextChange Change)>();
        for (var n = 0; n < writes.Count; n++)
        {
            int? record = null;
            if (writes[n].Record is { } change)
            {
                record = n;
                records.Add((n, change));
            }

            foreach (var row in writes[n].Rows)
            {
                rows.Add((record, row));
                foreach (var text in row.Texts)
                    texts.Add((record, row, text));
            }
        }

        Add(records, one => one.N);
        Add(records, one => one.Change.Type);
        Add(records, one => one.Change.Grain);
        Add(records, one => one.Change.Name);
        Add(records, one => one.Change.Expected);
        Add(records, one => one.Change.Next);
        Add(records, one => one.Change.Payload);

        Add(rows, one => one.Record);
        Add(rows, one => one.Change.Workspace);
        Add(rows, one => one.Change.Id);
        Add(rows, one => one.Change.Row.Rev);
        Add(rows, one => (short)one.Change.Row.Status);
        Add(rows, one => Contracts.QueueRules.IsUnassigned(one.Change.Row));
        Add(rows, one => SafeText.OrNull(one.Change.Row.Owner?.Id));
        Add(rows, one => SafeText.Of(one.Change.Row.Visitor.Id));
        Add(rows, one => SafeText.OrNull(one.Change.Row.Visitor.Name));
        Add(rows, one => SafeText.OrNull(one.Change.Row.Visitor.Email));
        Add(rows, one => one.Change.Row.LastAt.UtcTicks);
        Add(rows, one => one.Change.Json);
        Add(rows, one => one.Change.People);

        Add(texts, one => one.Record);
        Add(texts, one => one.Row.Workspace);
        Add(texts, one => one.Row.Id);
        Add(texts, one => one.Change.Seq);
        Add(texts, one => one.Change.At);
        Add(texts, one => one.Change.Text);
        Add(texts, one => one.Change.Words);

        void Add<TFrom, T>(List<TFrom> from, Func<TFrom, T> column)
        {
            var values = new T[from.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = column(from[i]);
            parameters[next++].Value = values;
        }
    }

    public void Dispose()
    {
        _command?.Dispose();
        _command = null;
        _connection?.Dispose();
        _connection = null;
    }
}
