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
    ];

    public static int Newest => Known.Length;

    /// <summary>Takes the steps that are missing; processes that do it at once take turns.</summary>
    /// <exception cref="StoreCannotOpenException">The database was made by a newer version that this one does not fit.</exception>
    public static void Apply(NpgsqlConnection connection) => Apply(connection, Known);

    internal static void Apply(NpgsqlConnection connection, IReadOnlyList<Step> steps)
    {
        using var transaction = connection.BeginTransaction();
        Run($"SELECT pg_advisory_xact_lock({Lock})");
        Run("""
            CREATE TABLE IF NOT EXISTS migration (
                version integer PRIMARY KEY, oldest integer NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
            """);
        var (applied, oldest) = Applied(connection);
        if (oldest > steps.Count)
        {
            throw new StoreCannotOpenException(
                $"The database is of version {applied} and wants programs of version {oldest} or newer; this one knows versions up to {steps.Count}: start the newer program again, or restore a backup made before the upgrade.");
        }

        for (var version = applied + 1; version <= steps.Count; version++)
        {
            Run(steps[version - 1].Sql);
            Run($"INSERT INTO migration (version, oldest) VALUES ({version}, {steps[version - 1].Oldest})");
        }

        transaction.Commit();

        void Run(string sql)
        {
            using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            command.ExecuteNonQuery();
        }
    }

    private static (int Applied, int Oldest) Applied(NpgsqlConnection connection)
    {
        using var ask = new NpgsqlCommand("SELECT coalesce(max(version), 0), coalesce(max(oldest), 0) FROM migration", connection);
        using var answer = ask.ExecuteReader();
        answer.Read();
        return (answer.GetInt32(0), answer.GetInt32(1));
    }

    /// <param name="Sql">Adds tables, columns with a default, or indexes.</param>
    /// <param name="Oldest">The oldest version of the program that can work with the database after this step.</param>
    internal sealed record Step(string Sql, int Oldest = 1);
}
