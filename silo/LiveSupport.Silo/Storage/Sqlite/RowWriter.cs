using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>Writes one row and its texts. The usual case, one more message, is three statements: look, update, text.</summary>
internal static class RowWriter
{
    private const string Look = """
        SELECT n, rev,
            status = ?3 AND unassigned = ?4 AND owner IS ?5,
            visitor = ?6 AND name IS ?7 AND email IS ?8,
            changed = unixepoch() / 60
        FROM conversation WHERE workspace = ?1 AND id = ?2
        """;

    private const string Insert = """
        INSERT INTO conversation (workspace, id, status, unassigned, owner, visitor, name, email, rev, last_at, row, changed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, unixepoch() / 60)
        """;

    private const string Touch = "UPDATE conversation SET rev = ?2, last_at = ?3, row = ?4 WHERE n = ?1";

    private const string TouchInNewMinute = "UPDATE conversation SET rev = ?2, last_at = ?3, row = ?4, changed = unixepoch() / 60 WHERE n = ?1";

    private const string Replace = """
        UPDATE conversation SET status = ?2, unassigned = ?3, owner = ?4, visitor = ?5, name = ?6, email = ?7, rev = ?8, last_at = ?9, row = ?10,
            changed = unixepoch() / 60
        WHERE n = ?1
        """;

    private const string ForgetPerson = """
        INSERT INTO person_search (person_search, rowid, name, email, visitor, id)
        SELECT 'delete', n, name, email, visitor, id FROM conversation WHERE n = ?1
        """;

    private const string LearnPerson = """
        INSERT INTO person_search (rowid, name, email, visitor, id) SELECT n, name, email, visitor, id FROM conversation WHERE n = ?1
        """;

    private const string AddText = "INSERT INTO text (conversation, seq, at, text) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";

    public static void Write(Connection connection, string workspaceId, RowWrite write, ReadOnlySpan<byte> json)
    {
        var n = WriteRow(connection, workspaceId, write.Row, json);
        foreach (var text in write.Texts)
        {
            using var add = connection.Use(AddText);
            add.Bind(1, n).Bind(2, text.Seq).Bind(3, text.At).Bind(4, text.Text).Run();
        }
    }

    private static long WriteRow(Connection connection, string workspaceId, QueueRow row, ReadOnlySpan<byte> json)
    {
        long n;
        bool sameColumns, samePerson, sameMinute;
        using (var look = connection.Use(Look))
        {
            look.Bind(1, workspaceId).Bind(2, row.Id).Bind(3, (int)row.Status).Bind(4, QueueRules.IsUnassigned(row)).Bind(5, row.Owner?.Id)
                .Bind(6, row.Visitor.Id).Bind(7, row.Visitor.Name).Bind(8, row.Visitor.Email);
            if (!look.Step())
                return InsertRow(connection, workspaceId, row, json);
            n = look.Number(0);
            if (look.Number(1) >= row.Rev)
                return n;
            sameColumns = look.Flag(2);
            samePerson = look.Flag(3);
            sameMinute = look.Flag(4);
        }

        if (sameColumns && samePerson)
        {
            using var touch = connection.Use(sameMinute ? Touch : TouchInNewMinute);
            touch.Bind(1, n).Bind(2, row.Rev).Bind(3, row.LastAt).Bind(4, json).Run();
            return n;
        }

        if (!samePerson)
            Run(connection, ForgetPerson, n);
        using (var replace = connection.Use(Replace))
        {
            replace.Bind(1, n).Bind(2, (int)row.Status).Bind(3, QueueRules.IsUnassigned(row)).Bind(4, row.Owner?.Id)
                .Bind(5, row.Visitor.Id).Bind(6, row.Visitor.Name).Bind(7, row.Visitor.Email)
                .Bind(8, row.Rev).Bind(9, row.LastAt).Bind(10, json).Run();
        }

        if (!samePerson)
            Run(connection, LearnPerson, n);
        return n;
    }

    private static long InsertRow(Connection connection, string workspaceId, QueueRow row, ReadOnlySpan<byte> json)
    {
        long n;
        using (var insert = connection.Use(Insert))
        {
            insert.Bind(1, workspaceId).Bind(2, row.Id).Bind(3, (int)row.Status).Bind(4, QueueRules.IsUnassigned(row)).Bind(5, row.Owner?.Id)
                .Bind(6, row.Visitor.Id).Bind(7, row.Visitor.Name).Bind(8, row.Visitor.Email)
                .Bind(9, row.Rev).Bind(10, row.LastAt).Bind(11, json).Run();
            n = connection.LastRowId;
        }

        Run(connection, LearnPerson, n);
        return n;
    }

    private static void Run(Connection connection, string sql, long n)
    {
        using var statement = connection.Use(sql);
        statement.Bind(1, n).Run();
    }
}
