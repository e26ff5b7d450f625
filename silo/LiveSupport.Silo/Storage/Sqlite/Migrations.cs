namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>The database's shape, as the steps that led to it. A step that was released is never changed.</summary>
internal static class Migrations
{
    private static readonly string[] Steps =
    [
        """
        -- The grains' state. An ETag is never used twice for one record.
        CREATE TABLE grain (
            type TEXT NOT NULL,
            key TEXT NOT NULL,
            name TEXT NOT NULL,
            etag INTEGER NOT NULL,
            payload BLOB NOT NULL,
            UNIQUE (type, key, name));

        -- The queue's rows: what is asked for stands in columns, all of it in "row".
        CREATE TABLE conversation (
            n INTEGER PRIMARY KEY,
            workspace TEXT NOT NULL,
            id TEXT NOT NULL,
            rev INTEGER NOT NULL,
            status INTEGER NOT NULL,
            unassigned INTEGER NOT NULL,
            owner TEXT,
            visitor TEXT NOT NULL,
            name TEXT,
            email TEXT,
            last_at INTEGER NOT NULL,
            row BLOB NOT NULL,
            UNIQUE (workspace, id));

        -- A message changes last_at. What is not solved is a few thousand rows that are sorted when asked for, so only
        -- solved rows stand in an index by time: a message to an open conversation then changes no index at all.
        CREATE INDEX conversation_unsolved ON conversation (workspace) WHERE status <> 2;
        CREATE INDEX conversation_solved ON conversation (workspace, last_at, id) WHERE status = 2;
        CREATE INDEX conversation_solved_by_owner ON conversation (workspace, owner, last_at, id) WHERE status = 2;
        CREATE INDEX conversation_by_visitor ON conversation (workspace, visitor);

        -- The transcripts' texts, for the search only.
        CREATE TABLE text (
            n INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            at INTEGER NOT NULL,
            text TEXT NOT NULL,
            UNIQUE (conversation, seq));

        CREATE VIRTUAL TABLE text_search USING fts5 (
            text, content = 'text', content_rowid = 'n', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE person_search USING fts5 (
            name, email, visitor, id, content = 'conversation', content_rowid = 'n', columnsize = 0,
            tokenize = 'unicode61 remove_diacritics 2');

        -- One number, written to see whether writing works.
        CREATE TABLE probe (n INTEGER PRIMARY KEY CHECK (n = 1), written INTEGER NOT NULL);
        INSERT INTO probe VALUES (1, 0);
        """,
        """
        -- When a row changed, in minutes, for readers that follow the changes: a lively conversation moves in this
        -- index once a minute and not at every message.
        ALTER TABLE conversation ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX conversation_changed ON conversation (workspace, changed, id);
        -- Rows of one e-mail address.
        CREATE INDEX conversation_by_email ON conversation (workspace, lower(email)) WHERE email IS NOT NULL;
        """,
        """
        -- The search index follows the texts at a distance: the last text that it has.
        CREATE TABLE text_indexed (n INTEGER PRIMARY KEY CHECK (n = 1), upto INTEGER NOT NULL);
        INSERT INTO text_indexed SELECT 1, coalesce(max(n), 0) FROM text;
        """,
        """
        -- Up to which entry a conversation's texts are stored, so that none is stored twice. It stands in the row, which
        -- every message writes anyway: an index over (conversation, seq) was a third of all pages written.
        ALTER TABLE conversation ADD COLUMN texts_upto INTEGER NOT NULL DEFAULT 0;
        UPDATE conversation SET texts_upto = (SELECT coalesce(max(seq), 0) FROM text WHERE text.conversation = conversation.n);
        CREATE TABLE text_alone (
            n INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            at INTEGER NOT NULL,
            text TEXT NOT NULL);
        INSERT INTO text_alone SELECT n, conversation, seq, at, text FROM text ORDER BY n;
        DROP TABLE text;
        ALTER TABLE text_alone RENAME TO text;
        """,
        """
        -- What is taken out of the search leaves no words behind.
        INSERT INTO text_search (text_search, rank) VALUES ('secure-delete', 1);
        INSERT INTO person_search (person_search, rank) VALUES ('secure-delete', 1);
        -- Zeros that overwrite free pages; empty but for a moment.
        CREATE TABLE shred (n INTEGER PRIMARY KEY, zeros BLOB NOT NULL);
        """,
        """
        -- The parts of the search index are merged in small steps of ours, not in large ones of its own (TextIndex).
        INSERT INTO text_search (text_search, rank) VALUES ('automerge', 0);
        INSERT INTO text_search (text_search, rank) VALUES ('crisismerge', 256);
        """,
    ];

    public static int Newest => Steps.Length;

    /// <summary>Takes the steps that are missing, each in a transaction of its own.</summary>
    /// <exception cref="StoreCannotOpenException">The file was written by a newer version.</exception>
    public static void Apply(Connection connection, TimeProvider clock) => Apply(connection, clock, Newest);

    /// <summary>The same, as an older program would have done it.</summary>
    internal static void Apply(Connection connection, TimeProvider clock, int upTo)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)");
        var applied = Applied(connection);
        if (applied > Newest)
        {
            throw new StoreCannotOpenException(
                $"The database is of version {applied} and this program knows versions up to {Newest}: start the newer program again, or restore a backup made before the upgrade.");
        }

        for (var version = applied + 1; version <= upTo; version++)
        {
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                connection.Execute(Steps[version - 1]);
                using (var record = connection.Use("INSERT INTO migration VALUES (?1, ?2)"))
                    record.Bind(1, version).Bind(2, clock.GetUtcNow().ToString("O")).Run();
                connection.Execute("COMMIT");
            }
            catch
            {
                if (connection.InTransaction)
                    connection.Execute("ROLLBACK");
                throw;
            }
        }
    }

    private static long Applied(Connection connection)
    {
        using var newest = connection.Use("SELECT coalesce(max(version), 0) FROM migration");
        return newest.Step() ? newest.Number(0) : 0;
    }
}
