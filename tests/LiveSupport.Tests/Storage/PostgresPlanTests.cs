using System.Globalization;
using System.Text.RegularExpressions;
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
    private static readonly RowCursor Middle = new(Rows.At(Rows.Count / 2), "c");

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
                        foreach (var after in new[] { null, Rows.Id(5_000) })
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
    [InlineData("number77")]
    [InlineData("parcel number777")]
    [InlineData("parcel delivered")]
    [InlineData("midsummer parcel")]
    [InlineData("parcel-number777")]
    [InlineData("midsummer")]
    [InlineData("mid number6")]
    [InlineData("nothing")]
    [InlineData("mia")]
    [InlineData("mia lars")]
    [InlineData("larsson70")]
    [InlineData("v70@example.com")]
    [InlineData("v70")]
    [InlineData("0190f")]
    public async Task Every_search_goes_by_an_index_whatever_the_planner_knows(string text)
    {
        var common = await Common();
        foreach (var mode in new[] { "force_custom_plan", "force_generic_plan" })
        {
            Searches(PostgresConversationStore.FindPeople, "conversation_people_by_part", common.People, SearchText.Query(text, 'A'));
            foreach (var below in new[] { Rows.Count, Rows.Count / 2, 100 })
                Searches(PostgresConversationStore.FindVisitors, "conversation_people_by_part", common.People, SearchText.Query(text, 'A'), Rows.Id(below));
            Searches(PostgresConversationStore.FindMessages, "text_words_by_part", common.Texts);

            void Searches(Func<WordsOfPart, string> sqlFor, string index, CommonWords.Shares shares, string? more = null, string? below = null)
            {
                var words = SearchText.WordsOfPart(text, shares);
                var sql = sqlFor(words);
                var plan = SearchPlan(mode, sql, SearchText.Query(text)!, words.LookedUp, more, below);
                Assert.False(ReadsAll(plan), $"{sql}\n{plan}");
                Assert.Contains($"Bitmap Index Scan on {index}", plan, StringComparison.Ordinal);
                // The newest rows, a part's hits, and 20 of them as a whole: never the table, and never every hit of a common word.
                Assert.InRange(Buffers(plan), 1, 4_000);
            }
        }
    }

    [Theory]
    [InlineData("parcel", 20)]
    [InlineData("number777", 11)]
    [InlineData("number77", 20)]
    [InlineData("midsummer number6", 20)]
    [InlineData("number6000 mid", 1)]
    [InlineData("midsummer", 20)]
    [InlineData("midsummer parcel", 20)]
    [InlineData("parcel midsummer", 20)]
    [InlineData("parcel-number7777", 1)]
    [InlineData("parcel-delivered", 0)]
    [InlineData("seldom", 15)]
    [InlineData("nothing", 0)]
    public async Task The_newest_hits_are_found_wherever_they_are(string text, int count)
    {
        using var database = PostgresDatabase.Open(rows.Of(server), TimeProvider.System);
        var words = text.Split(' ', '-');

        var found = (await new PostgresConversationStore(database).Search("w", text, 20)).Messages;

        var expected = Enumerable.Range(0, Rows.Count).Reverse()
            .Where(n => !text.Contains("-delivered", StringComparison.Ordinal) && words.All(word => Rows.Text(n).Split(' ', '?', '.').Any(
                said => word == words[^1] ? said.StartsWith(word, StringComparison.OrdinalIgnoreCase) : said.Equals(word, StringComparison.OrdinalIgnoreCase))))
            .Take(20).Select(Rows.Id).ToList();
        Assert.Equal(count, expected.Count);
        Assert.Equal(expected, found.Select(message => message.ConversationId));
    }

    [Theory]
    [InlineData("larsson7")]
    [InlineData("mia larsson4")]
    [InlineData("v123@example.com")]
    [InlineData("v123")]
    public async Task The_newest_people_are_found_wherever_they_are(string text)
    {
        using var database = PostgresDatabase.Open(rows.Of(server), TimeProvider.System);
        var beginning = text.Split(' ')[^1];

        var found = await new PostgresConversationStore(database).Search("w", text, 20);

        var expected = Enumerable.Range(0, Rows.Count).Reverse().Where(n =>
            $"{Rows.Visitor(n).Name} {Rows.Visitor(n).Email}".Split(' ').Append(Rows.Visitor(n).Id)
                .Any(said => said.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Take(20).Select(Rows.Id), found.Conversations.Select(row => row.Id));
        Assert.Equal(expected.Select(n => Rows.Visitor(n).Id).Distinct().Take(20), found.Visitors.Select(visitor => visitor.Id));
    }

    [Fact]
    public async Task What_is_common_is_known_from_the_statistics()
    {
        var common = await Common();

        Assert.InRange(common.Texts.Of("parcel", isPrefix: false), 0.99, 1);
        Assert.InRange(common.Texts.Of("par", isPrefix: true), 0.99, 1);
        Assert.Equal(0, common.Texts.Of("number777", isPrefix: false));
        Assert.InRange(common.People.Of("mia", isPrefix: false), 0.99, 1);
        Assert.Equal(0, common.People.Of("parcel", isPrefix: false));
    }

    private async Task<CommonWords.Known> Common()
    {
        using var database = PostgresDatabase.Open(rows.Of(server), TimeProvider.System);
        return await database.CommonWords.Now();
    }

    private static bool ReadsAll(string plan) =>
        plan.Split('\n').Any(line => line.Contains("Seq Scan", StringComparison.Ordinal) && !line.Contains("never executed", StringComparison.Ordinal));

    /// <summary>Pages that the whole plan touched.</summary>
    private static int Buffers(string plan) => Regex.Match(plan, @"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?").Groups.Values.Skip(1)
        .Sum(number => number.Success ? int.Parse(number.Value, CultureInfo.InvariantCulture) : 0);

    private string SearchPlan(string mode, string sql, string query, string[] words, string? more, string? below)
    {
        using var connection = new NpgsqlConnection(rows.Of(server));
        connection.Open();
        using var prepare = new NpgsqlCommand(
            $"SET plan_cache_mode = {mode}; PREPARE search (text, tsquery, int, text[]{(more is null ? "" : ", tsquery")}{(below is null ? "" : ", int, text")}) AS {sql}", connection);
        prepare.ExecuteNonQuery();
        using var explain = new NpgsqlCommand(
            $"EXPLAIN (ANALYZE, BUFFERS) EXECUTE search ('w', {Quoted(query)}, 20, ARRAY[{string.Join(", ", words.Select(Quoted))}]{(more is null ? "" : $", {Quoted(more)}")}{(below is null ? "" : $", 20, {Quoted(below)}")})",
            connection);
        return Lines(explain);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private void GoesByAnIndex(string sql, params object[] values)
    {
        var plan = Plan(sql, values);
        Assert.False(ReadsAll(plan), $"{sql}\n{plan}");
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

        return Lines(explain);
    }

    private static string Lines(NpgsqlCommand explain)
    {
        using var lines = explain.ExecuteReader();
        var plan = new List<string>();
        while (lines.Read())
            plan.Add(lines.GetString(0));
        return string.Join('\n', plan);
    }

    /// <summary>20,000 conversations with a text each, 500 of them not solved; in several parts of time.</summary>
    public sealed class Rows
    {
        public const int Count = 20_000;
        private const int Campaign = 10_000;

        private string? _connection;

        public string Of(PostgresServer server) => _connection ??= Fill(server.NewDatabase()).GetAwaiter().GetResult();

        public static string Id(int n) => $"{At(n).ToUnixTimeMilliseconds():x12}{n:x20}";

        public static string Text(int n) => $"Where is my parcel number{n}? It was not delivered."
            + (n < Campaign ? " Midsummer." : "")
            + (n < Count / 2 && n % 700 == 0 ? " Seldom." : "");

        public static Contact Visitor(int n) => new($"v{n / 3}", $"Mia Larsson{n / 3}", $"v{n / 3}@example.com");

        public static DateTimeOffset At(int n) => new DateTimeOffset(2024, 8, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(10 * n);

        private static async Task<string> Fill(string connectionString)
        {
            using var database = PostgresDatabase.Open(connectionString, TimeProvider.System);
            var store = new PostgresConversationStore(database);
            foreach (var some in Enumerable.Range(0, Count).Chunk(1_000))
            {
                await store.Upsert("w", [.. some.Select(One)]);
                if ((some[^1] + 1) % Campaign == 0)
                    await Run($"ALTER TABLE text ALTER n RESTART WITH {(some[^1] + 1) / Campaign * PostgresSearchSql.TextsOfPart}");
            }

            await Run("VACUUM ANALYZE");
            return connectionString;

            async Task Run(string sql)
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync();
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync();
            }
        }

        private static RowWrite One(int n)
        {
            var write = PostgresDatabaseTests.Write(Id(n), Text(n));
            return write with
            {
                Row = write.Row with
                {
                    Status = n < Count - 500 ? Status.Solved : (Status)(n % 2),
                    Owner = n % 4 == 0 ? null : new AgentRef($"agent{n % 20}", "Anna"),
                    Visitor = Visitor(n),
                    IsCase = n % 3 == 0,
                    Mode = Mode.HumanInteraction,
                    LastAt = At(n),
                },
            };
        }
    }
}
