using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Tests.Support;
using Npgsql;
using NpgsqlTypes;

namespace LiveSupport.Tests.Storage;

/// <summary>PostgreSQL's plans over a table of many rows: every page and search goes by an index.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresPlanTests(PostgresServer server, PostgresPlanTests.Rows rows) : IClassFixture<PostgresPlanTests.Rows>
{
    private static readonly RowCursor Middle = new(DateTimeOffset.UnixEpoch.AddMinutes(Rows.Count / 2), "c");

    [Fact]
    public void Every_page_of_every_view_filter_and_sort_goes_by_an_index()
    {
        foreach (var view in Enum.GetValues<QueueView>())
        {
            foreach (var filter in Enum.GetValues<QueueFilter>())
            {
                foreach (var sort in Enum.GetValues<QueueSort>())
                {
                    foreach (var onlySolved in new[] { false, true })
                    {
                        foreach (var after in new RowCursor?[] { null, Middle })
                        {
                            var query = new RowQuery("agent3", view, filter, sort, onlySolved, 50, after);
                            if (PostgresPageSql.For(query) is { } sql)
                                GoesByAnIndex(sql, "w", "agent3", 50, Middle.LastAt.UtcTicks, Middle.Id);
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void Every_solved_page_comes_in_the_order_of_its_index()
    {
        foreach (var view in new[] { QueueView.All, QueueView.Inbox })
        {
            foreach (var sort in new[] { QueueSort.Newest, QueueSort.Oldest })
            {
                var sql = PostgresPageSql.For(new RowQuery("agent3", view, QueueFilter.Solved, sort, OnlySolved: true, 50, Middle))!;
                Assert.DoesNotContain("Sort", Plan(sql, "w", "agent3", 50, Middle.LastAt.UtcTicks, Middle.Id), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Every_list_goes_by_an_index()
    {
        foreach (var status in new Status?[] { null, Status.Active, Status.Snoozed, Status.Solved })
        {
            foreach (var owner in new[] { null, "", "agent3" })
            {
                foreach (var visitor in new[] { null, "v70" })
                {
                    foreach (var email in new[] { null, "v70@example.com" })
                    {
                        foreach (var after in new[] { null, "c5" })
                        {
                            GoesByAnIndex(
                                PostgresPageSql.For(new RowFilter(50, status, owner, visitor, email, after)),
                                "w", 50, after ?? "", owner ?? "", visitor ?? "", email ?? "");
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void Changes_visitors_and_what_the_queue_loads_go_by_an_index()
    {
        GoesByAnIndex(PostgresPageSql.ChangedSince, "w", "", 50, Middle.LastAt.UtcTicks, "");
        GoesByAnIndex(PostgresConversationStore.Changes, "w", 1L, "", 50);
        GoesByAnIndex(PostgresConversationStore.OfVisitor, "w", "v70", 20);
        GoesByAnIndex(PostgresConversationStore.LoadUnsolved, "w");
    }

    [Theory]
    [InlineData("parcel")]
    [InlineData("par")]
    [InlineData("number777")]
    [InlineData("parcel number777")]
    [InlineData("parcel delivered")]
    [InlineData("nothing")]
    [InlineData("mia")]
    [InlineData("v70@example.com")]
    public void Every_search_goes_by_an_index(string text)
    {
        GoesByAnIndex(PostgresConversationStore.FindConversations, "w", SearchText.Query(text)!, 20);
        GoesByAnIndex(PostgresConversationStore.FindVisitors, "w", SearchText.Query(text, 'A')!, 20);
        GoesByAnIndex(PostgresConversationStore.FindMessages, "w", SearchText.Query(text)!, 20);
    }

    private void GoesByAnIndex(string sql, params object[] values)
    {
        var plan = Plan(sql, values);
        Assert.False(
            plan.Split('\n').Any(line => line.Contains("Seq Scan", StringComparison.Ordinal) && !line.Contains("never executed", StringComparison.Ordinal)),
            $"{sql}\n{plan}");
    }

    private string Plan(string sql, params object[] values)
    {
        using var connection = new NpgsqlConnection(rows.Of(server));
        connection.Open();
        using var explain = new NpgsqlCommand("EXPLAIN ANALYZE " + sql, connection);
        foreach (var value in values)
        {
            explain.Parameters.Add(new NpgsqlParameter
            {
                Value = value,
                NpgsqlDbType = value switch { string => NpgsqlDbType.Text, int => NpgsqlDbType.Integer, _ => NpgsqlDbType.Bigint },
            });
        }

        using var lines = explain.ExecuteReader();
        var plan = new List<string>();
        while (lines.Read())
            plan.Add(lines.GetString(0));
        return string.Join('\n', plan);
    }

    /// <summary>20,000 conversations with a text each, 500 of them not solved.</summary>
    public sealed class Rows
    {
        public const int Count = 20_000;

        private string? _connection;

        public string Of(PostgresServer server) => _connection ??= Fill(server.NewDatabase()).GetAwaiter().GetResult();

        private static async Task<string> Fill(string connectionString)
        {
            using var database = PostgresDatabase.Open(connectionString, TimeProvider.System);
            var store = new PostgresConversationStore(database);
            foreach (var some in Enumerable.Range(0, Count).Chunk(1_000))
                await store.Upsert("w", [.. some.Select(One)]);
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var analyze = new NpgsqlCommand("VACUUM ANALYZE", connection);
            await analyze.ExecuteNonQueryAsync();
            return connectionString;
        }

        private static RowWrite One(int n)
        {
            var write = PostgresDatabaseTests.Write($"c{n:00000}", $"Where is my parcel number{n}? It was not delivered.");
            return write with
            {
                Row = write.Row with
                {
                    Status = n < Count - 500 ? Status.Solved : (Status)(n % 2),
                    Owner = n % 4 == 0 ? null : new AgentRef($"agent{n % 20}", "Anna"),
                    Visitor = new Contact($"v{n / 3}", "Mia Larsson", $"v{n / 3}@example.com"),
                    IsCase = n % 3 == 0,
                    Mode = Mode.HumanInteraction,
                    LastAt = DateTimeOffset.UnixEpoch.AddMinutes(n),
                },
            };
        }
    }
}
