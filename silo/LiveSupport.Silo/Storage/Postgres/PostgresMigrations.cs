using Npgsql;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>
/// The database's shape, as the steps that led to it. A step that was released is never changed. Steps only add,
/// so that programs of the version before go on working beside newer ones while a cluster is brought up to date.
/// </summary>
internal static class PostgresMigrations
{
    /// <summary>One for all programs that ever migrate this database.</summary>
    private const long Lock = 0x6C69_7665_7375_7070;

    private const long Turn = Lock + 1;

    private static readonly Step[] Known =
    [
        new("""
            -- The grains' state. An ETag is never used twice for one record. Room is left in each page, so that a new
            -- version stands beside the old one and no index is touched; up to 8 kB a record is kept in one piece.
            CREATE TABLE grain (
                type text COLLATE "C" NOT NULL,
                key text COLLATE "C" NOT NULL,
                name text COLLATE "C" NOT NULL,
                etag bigint NOT NULL,
                payload bytea NOT NULL,
                PRIMARY KEY (type, key, name)) WITH (fillfactor = 50, toast_tuple_target = 8160);

            -- The queue's rows: what is asked for stands in columns, all of it in "row". Times are .NET's ticks, exact.
            CREATE TABLE conversation (
                workspace text COLLATE "C" NOT NULL,
                id text COLLATE "C" NOT NULL,
                rev bigint NOT NULL,
                status smallint NOT NULL,
                unassigned boolean NOT NULL,
                owner text COLLATE "C",
                visitor text COLLATE "C" NOT NULL,
                name text,
                email text COLLATE "C",
                last_at bigint NOT NULL,
                changed bigint NOT NULL,
                row bytea NOT NULL,
                people tsvector NOT NULL,
                solved_at bigint GENERATED ALWAYS AS (CASE WHEN status = 2 THEN last_at END) STORED,
                PRIMARY KEY (workspace, id)) WITH (fillfactor = 70);

            -- A message changes last_at, which no index names: the new version of the row then needs no index entry at
            -- all (HOT). What is not solved is a few thousand rows, sorted when asked for; solved rows have solved_at.
            CREATE INDEX conversation_unsolved ON conversation (workspace, id) WHERE status <> 2;
            CREATE INDEX conversation_solved ON conversation (workspace, solved_at, id) WHERE status = 2;
            CREATE INDEX conversation_solved_by_owner ON conversation (workspace, owner, solved_at, id) WHERE status = 2;
            CREATE INDEX conversation_by_owner ON conversation (workspace, owner, id);
            CREATE INDEX conversation_by_visitor ON conversation (workspace, visitor, id);
            CREATE INDEX conversation_by_email ON conversation (workspace, lower(email), id) WHERE email IS NOT NULL;
            -- In minutes: a lively conversation moves here once a minute and not at every message.
            CREATE INDEX conversation_changed ON conversation (workspace, changed, id);
            CREATE INDEX conversation_people ON conversation USING gin (people);

            -- The transcripts' texts, for the search only.
            CREATE TABLE text (
                n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                workspace text COLLATE "C" NOT NULL,
                conversation text COLLATE "C" NOT NULL,
                seq bigint NOT NULL,
                at bigint NOT NULL,
                text text NOT NULL,
                words tsvector NOT NULL,
                UNIQUE (workspace, conversation, seq));
            CREATE INDEX text_words ON text USING gin (words);

            -- One number, written to see whether writing works.
            CREATE TABLE probe (n integer PRIMARY KEY CHECK (n = 1), written bigint NOT NULL);
            INSERT INTO probe VALUES (1, 0);
            """),

        // The search's indexes by parts of time: a word there begins with its part, as "3f/parcel". So a word, and even the
        // beginning of one, is looked up in the newest part first, and what is written now lies close together. What waits
        // to be sorted in is read by every question to every part, so it is kept short (64 kB).
        new("""
            DROP INDEX CONCURRENTLY IF EXISTS text_words_by_part;
            CREATE INDEX CONCURRENTLY text_words_by_part ON text USING gin (
                (replace(' ' || strip(words)::text, ' ''', ' ''' || to_hex(n >> 15) || '/')::tsvector)) WITH (gin_pending_list_limit = 64);
            ALTER INDEX text_words_by_part ALTER COLUMN 1 SET STATISTICS 0;
            """, Online: true),
        new("""
            DROP INDEX CONCURRENTLY IF EXISTS conversation_people_by_part;
            CREATE INDEX CONCURRENTLY conversation_people_by_part ON conversation USING gin (
                (replace(' ' || strip(people)::text, ' ''', ' ''' || translate(left(id, 5), '''\', '') || '/')::tsvector)) WITH (gin_pending_list_limit = 64);
            ALTER INDEX conversation_people_by_part ALTER COLUMN 1 SET STATISTICS 0;
            """, Online: true),
        new("DROP INDEX CONCURRENTLY IF EXISTS text_words; DROP INDEX CONCURRENTLY IF EXISTS conversation_people", Online: true, Settled: true),
    ];

    public static int Newest => Known.Length;

    /// <summary>Takes the steps that are missing; processes that do it at once take turns.</summary>
    /// <exception cref="StoreCannotOpenException">The database was made by a newer version that this one does not fit.</exception>
    public static void Apply(NpgsqlConnection connection) => Apply(connection, Known);

    internal static void Apply(NpgsqlConnection connection, IReadOnlyList<Step> steps)
    {
        WaitForTurn(connection);
        try
        {
            var before = ApplyQuick(connection, steps);
            while (ApplyOnline(connection, steps, isNew: before == 0))
                ApplyQuick(connection, steps);
        }
        finally
        {
            Run(connection, $"SELECT pg_advisory_unlock({Turn})");
        }
    }

    /// <summary>The missing steps up to one that is online, all or none of them.</summary>
    /// <returns>The version before.</returns>
    private static int ApplyQuick(NpgsqlConnection connection, IReadOnlyList<Step> steps)
    {
        using var transaction = connection.BeginTransaction();
        // Programs of version 1 know only this lock.
        Run(connection, $"SELECT pg_advisory_xact_lock({Lock})");
        Run(connection, """
            CREATE TABLE IF NOT EXISTS migration (
                version integer PRIMARY KEY, oldest integer NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
            """);
        var (applied, oldest, _) = Applied(connection);
        if (oldest > steps.Count)
        {
            throw new StoreCannotOpenException(
                $"The database is of version {applied} and wants programs of version {oldest} or newer; this one knows versions up to {steps.Count}: start the newer program again, or restore a backup made before the upgrade.");
        }

        for (var version = applied + 1; version <= steps.Count && !steps[version - 1].Online; version++)
        {
            Run(connection, steps[version - 1].Sql);
            Note(connection, version, steps);
        }

        transaction.Commit();
        return applied;
    }

    /// <summary>The next step, if it is online: each statement on its own, as they can be repeated.</summary>
    private static bool ApplyOnline(NpgsqlConnection connection, IReadOnlyList<Step> steps, bool isNew)
    {
        var (applied, _, isSettled) = Applied(connection);
        if (applied >= steps.Count || (steps[applied].Settled && !isSettled && !isNew))
            return false;
        foreach (var statement in steps[applied].Sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            Run(connection, statement);
        Note(connection, applied + 1, steps);
        return true;
    }

    private static void Note(NpgsqlConnection connection, int version, IReadOnlyList<Step> steps) =>
        Run(connection, $"INSERT INTO migration (version, oldest) VALUES ({version}, {steps[version - 1].Oldest})");

    /// <summary>Processes that migrate take turns. Nobody waits for long in one statement: an index that is made online
    /// waits for every statement that was there before it, and they would wait for each other.</summary>
    private static void WaitForTurn(NpgsqlConnection connection)
    {
        Run(connection, "SET lock_timeout = 300");
        while (true)
        {
            try
            {
                Run(connection, $"SELECT pg_advisory_lock({Turn})");
                Run(connection, "RESET lock_timeout");
                return;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
            }
        }
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    private static (int Applied, int Oldest, bool IsSettled) Applied(NpgsqlConnection connection)
    {
        using var ask = new NpgsqlCommand(
            """
            SELECT coalesce(max(version), 0), coalesce(max(oldest), 0),
                coalesce(max(applied_at), now()) < now() - interval '1 day'
            FROM migration
            """,
            connection);
        using var answer = ask.ExecuteReader();
        answer.Read();
        return (answer.GetInt32(0), answer.GetInt32(1), answer.GetBoolean(2));
    }

    /// <param name="Sql">Adds tables, columns with a default, or indexes.</param>
    /// <param name="Oldest">The oldest version of the program that can work with the database after this step.</param>
    /// <param name="Online">It takes long and nobody must wait for it: its statements, divided by semicolons, run outside of
    /// a transaction, and all of them again when one failed.</param>
    /// <param name="Settled">An online step that takes away what only programs of the versions before need: not before the
    /// last step is a day old. A database that is new has none of them.</param>
    internal sealed record Step(string Sql, int Oldest = 1, bool Online = false, bool Settled = false);
}
