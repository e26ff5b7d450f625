using System.Globalization;
using System.Text;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using Npgsql;
using RowChange = LiveSupport.Silo.Storage.Postgres.RowChange;

namespace LiveSupport.Load.Archive;

/// <summary>Millions of rows into an empty database, as fast as it takes them: copied without indexes, which are made afterwards.</summary>
internal static class PostgresFilling
{
    private const int Together = 10_000;
    private const int Workers = 2;

    private const string IndexesThatAreNoConstraints = """
        SELECT format('%I', c.relname), pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid IN ('conversation'::regclass, 'text'::regclass) AND NOT i.indisunique
        """;

    public static async Task Fill(string connectionString, string workspace, OldConversations old, Action<string> say, CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var indexes = new List<(string Name, string Definition)>();
        await using (var find = source.CreateCommand(IndexesThatAreNoConstraints))
        await using (var found = await find.ExecuteReaderAsync(stop))
        {
            while (await found.ReadAsync(stop))
                indexes.Add((found.GetString(0), found.GetString(1)));
        }

        foreach (var (name, _) in indexes)
            await Run($"DROP INDEX {name}");

        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            await using var connection = await source.OpenConnectionAsync(stop);
            while (Interlocked.Add(ref next, Together) - Together is var first && first < old.Count)
            {
                await Copy(connection, workspace, [.. Enumerable.Range(first, Math.Min(Together, old.Count - first)).Select(n => old[n])], stop);
                if (first % 100_000 == 0)
                    say($"{first:N0} copied");
            }
        }, stop)));

        foreach (var (name, definition) in indexes)
        {
            say($"index {name}");
            await Run("SET maintenance_work_mem = '1GB'; " + definition);
        }

        say("vacuum and analyse");
        await Run("VACUUM ANALYZE");

        async Task Run(string sql)
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(stop);
        }
    }

    private static async Task Copy(NpgsqlConnection connection, string workspace, IReadOnlyList<RowWrite> writes, CancellationToken stop)
    {
        var changes = writes.Select(write => new RowChange(workspace, write)).ToList();
        await using (var rows = await connection.BeginTextImportAsync(
            "COPY conversation (workspace, id, rev, status, unassigned, owner, visitor, name, email, last_at, row, people, changed) FROM STDIN", stop))
        {
            foreach (var change in changes)
            {
                var row = change.Row;
                await rows.WriteAsync(Line(
                    change.Workspace, change.Id, Number(row.Rev), Number((int)row.Status), QueueRules.IsUnassigned(row) ? "t" : "f", row.Owner?.Id,
                    row.Visitor.Id, row.Visitor.Name, row.Visitor.Email, Number(row.LastAt.UtcTicks), $"\\x{Convert.ToHexStringLower(change.Json)}",
                    change.People, Number(row.LastAt.ToUnixTimeSeconds() / 60)));
            }
        }

        await using var texts = await connection.BeginTextImportAsync("COPY text (workspace, conversation, seq, at, text, words) FROM STDIN", stop);
        foreach (var change in changes)
        {
            foreach (var text in change.Texts)
                await texts.WriteAsync(Line(change.Workspace, change.Id, Number(text.Seq), Number(text.At), text.Text, text.Words));
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Line(params ReadOnlySpan<string?> columns)
    {
        var line = new StringBuilder();
        foreach (var column in columns)
        {
            line.Append(line.Length == 0 ? "" : "\t")
                .Append(column?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) ?? "\\N");
        }

        return line.Append('\n').ToString();
    }
}
