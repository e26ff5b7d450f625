using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>Writes one row and its texts. The usual case, one more message, is three statements: look, update, text.</summary>
internal static class RowWriter
{
    private const string Look = """
        SELECT n, rev, texts_upto,
            status = ?3 AND unassigned = ?4 AND owner IS ?5,
            visitor = ?6 AND name IS ?7 AND email IS ?8,
            changed = unixepoch() / 60
        FROM conversation WHERE workspace = ?1 AND id = ?2
        """;

    private const string Insert = """
        INSERT INTO conversation (workspace, id, status, unassigned, owner, visitor, name, email, rev, last_at, row, texts_upto, changed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, unixepoch() / 60)
        """;

    private const string Touch = "UPDATE conversation SET rev = ?2, last_at = ?3, row = ?4, texts_upto = ?5 WHERE n = ?1";

    private const string TouchInNewMinute = "UPDATE conversation SET rev = ?2, last_at = ?3, row = ?4, texts_upto = ?5, changed = unixepoch() / 60 WHERE n = ?1";

    private const string Replace = """
        UPDATE conversation SET status = ?2, unassigned = ?3, owner = ?4, visitor = ?5, name = ?6, email = ?7, rev = ?8, last_at = ?9, row = ?10,
            texts_upto = ?11, changed = unixepoch() / 60
        WHERE n = ?1
        """;

    private const string ForgetPerson = """
        INSERT INTO person_search (person_search, rowid, name, email, visitor, id)
        SELECT 'delete', n, name, email, visitor, id FROM conversation WHERE n = ?1
        """;

    private const string LearnPerson = """
        INSERT INTO person_search (rowid, name, email, visitor, id) SELECT n, name, email, visitor, id FROM conversation WHERE n = ?1
        """;

    private const string TextsUpTo = "UPDATE conversation SET texts_upto = ?2 WHERE n = ?1";

    private const string AddText = "INSERT INTO text (conversation, seq, at, text) VALUES (?1, ?2, ?3, ?4)";

    public static void Write(Connection connection, string workspaceId, RowWrite write, ReadOnlySpan<byte> json)
    {
        var (n, upto) = WriteRow(connection, workspaceId, write, json);
        foreach (var text in write.Texts)
        {
            if (text.Seq <= upto)
                continue;
            using var add = connection.Use(AddText);
            add.Bind(1, n).Bind(2, text.Seq).Bind(3, text.At).Bind(4, text.Text).Run();
        }
    }

    /// <returns>The row's number, and the last entry whose text was stored before.</returns>
    private static (long N, long TextsUpTo) WriteRow(Connection connection, string workspaceId, RowWrite write, ReadOnlySpan<byte> json)
    {
        var row = write.Row;
        var last = write.Texts.IsEmpty ? 0 : write.Texts[^1].Seq;
        long n, upto;
        bool sameColumns, samePerson, sameMinute;
        using (var look = connection.Use(Look))
        {
            look.Bind(1, workspaceId).Bind(2, row.Id).Bind(3, (int)row.Status).Bind(4, QueueRules.IsUnassigned(row)).Bind(5, row.Owner?.Id)
                .Bind(6, row.Visitor.Id).Bind(7, row.Visitor.Name).Bind(8, row.Visitor.Email);
            if (!look.Step())
                return (InsertRow(connection, workspaceId, row, json, last), 0);
            n = look.Number(0);
            upto = look.Number(2);
            if (look.Number(1) >= row.Rev)
            {
                if (last > upto)
                    Run(connection, TextsUpTo, n, last);
                return (n, upto);
            }

            sameColumns = look.Flag(3);
            samePerson = look.Flag(4);
            sameMinute = look.Flag(5);
        }

        last = Math.Max(last, upto);
        if (sameColumns && samePerson)
        {
            using var touch = connection.Use(sameMinute ? Touch : TouchInNewMinute);
            touch.Bind(1, n).Bind(2, row.Rev).Bind(3, row.LastAt).Bind(4, json).Bind(5, last).Run();
            return (n, upto);
        }

        if (!samePerson)
            Run(connection, ForgetPerson, n);
        using (var replace = connection.Use(Replace))
        {
            replace.Bind(1, n).Bind(2, (int)row.Status).Bind(3, QueueRules.IsUnassigned(row)).Bind(4, row.Owner?.Id)
                .Bind(5, row.Visitor.Id).Bind(6, row.Visitor.Name).Bind(7, row.Visitor.Email)
                .Bind(8, row.Rev).Bind(9, row.LastAt).Bind(10, json).Bind(11, last).Run();
        }

        if (!samePerson)
            Run(connection, LearnPerson, n);
        return (n, upto);
    }

    private static long InsertRow(Connection connection, string workspaceId, QueueRow row, ReadOnlySpan<byte> json, long textsUpTo)
    {
        long n;
        using (var insert = connection.Use(Insert))
        {
            insert.Bind(1, workspaceId).Bind(2, row.Id).Bind(3, (int)row.Status).Bind(4, QueueRules.IsUnassigned(row)).Bind(5, row.Owner?.Id)
                .Bind(6, row.Visitor.Id).Bind(7, row.Visitor.Name).Bind(8, row.Visitor.Email)
                .Bind(9, row.Rev).Bind(10, row.LastAt).Bind(11, json).Bind(12, textsUpTo).Run();
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

    private static void Run(Connection connection, string sql, long n, long value)
    {
        using var statement = connection.Use(sql);
        statement.Bind(1, n).Bind(2, value).Run();
    }
}
