using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Tests.Support;
using Npgsql;

namespace LiveSupport.Tests.Storage;

/// <summary>The search over several parts of time against one that reads everything.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresSearchTests(PostgresServer server)
{
    private const int Conversations = 3_000;
    private const int Together = 500;
    private const int Searches = 300;
    private const int Limit = 20;

    private static readonly DateTimeOffset Start = new(2024, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Every_search_finds_what_reading_everything_finds_in_the_same_order()
    {
        var random = new Random(20);
        var old = Enumerable.Range(0, Conversations).Select(n => One(n, random)).ToList();
        var connection = server.NewDatabase();
        using var database = PostgresDatabase.Open(connection, TimeProvider.System);
        var store = new PostgresConversationStore(database);
        foreach (var some in old.Chunk(Together))
        {
            await store.Upsert("w", some);
            await store.Upsert("other", some);
            await Run(connection, $"ALTER TABLE text ALTER n RESTART WITH {some[^1].Row.Rev / Together * PostgresSearchSql.TextsOfPart}");
        }

        await Run(connection, "VACUUM ANALYZE");

        for (var i = 0; i < Searches; i++)
        {
            var text = Text(random, old);
            var found = await store.Search("w", text, Limit);

            Assert.Equal((text, string.Join(' ', Messages(old, text))), (text, string.Join(' ', found.Messages.Select(message => $"{message.ConversationId}/{message.Seq}"))));
            Assert.Equal((text, string.Join(' ', People(old, text))), (text, string.Join(' ', found.Conversations.Select(row => row.Id))));
            Assert.Equal((text, string.Join(' ', Visitors(old, text))), (text, string.Join(' ', found.Visitors.Select(visitor => $"{visitor.Id}/{visitor.LastConversationId}"))));
        }
    }

    private static IEnumerable<string> Messages(IEnumerable<RowWrite> old, string text) =>
        old.Reverse().SelectMany(one => one.Texts.Reverse().Where(entry => Fits(text, entry.Text)).Select(entry => $"{one.Row.Id}/{entry.Seq}")).Take(Limit);

    private static IEnumerable<string> People(IEnumerable<RowWrite> old, string text) =>
        old.Reverse().Where(one => Fits(text, $"{Person(one.Row.Visitor)} {one.Row.Id}")).Select(one => one.Row.Id).Take(Limit);

    private static IEnumerable<string> Visitors(IReadOnlyList<RowWrite> old, string text) =>
        old.Reverse().Where(one => Fits(text, Person(one.Row.Visitor))).Select(one => one.Row.Visitor.Id).Distinct().Take(Limit)
            .Select(visitor => $"{visitor}/{old.Last(one => one.Row.Visitor.Id == visitor).Row.Id}");

    private static string Person(Contact visitor) => $"{visitor.Name} {visitor.Id}";

    /// <summary>All words, the last one as a beginning.</summary>
    private static bool Fits(string query, string text)
    {
        var (wanted, said) = (query.Split(' '), text.Split(' '));
        return wanted.SkipLast(1).All(word => said.Contains(word)) && said.Any(word => word.StartsWith(wanted[^1], StringComparison.Ordinal));
    }

    private static string Text(Random random, IReadOnlyList<RowWrite> old)
    {
        var one = old[random.Next(old.Count)];
        var text = random.Next(6) switch
        {
            0 => one.Row.Id,
            1 => one.Row.Visitor.Id,
            2 => one.Row.Visitor.Name!,
            3 => $"{one.Row.Visitor.Name} {Word(random)}",
            _ => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Word(random))),
        };
        var last = text.LastIndexOf(' ') + 1;
        return random.Next(2) == 0 ? text : text[..random.Next(last + 1, text.Length + 1)];
    }

    private static DateTimeOffset At(int n) => Start.AddMinutes(20 * n);

    private static RowWrite One(int n, Random random)
    {
        var at = At(n);
        var person = random.Next(1 + (n / 3));
        // A season: what was said often then is not said now.
        var season = n is > 700 and < 1_100 ? " midsummer" : "";
        return new RowWrite(
            ConversationStoreContract.Row($"{At(n).ToUnixTimeMilliseconds():x12}{n:x4}") with
            {
                Rev = n + 1,
                LastAt = at,
                Visitor = new Contact($"{At(3 * person).ToUnixTimeMilliseconds():x12}v{person:x4}", $"{Word(new Random(person))} family{person % 40}"),
            },
            [
                new IndexedEntry(1, string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => Word(random))) + season, at),
                new IndexedEntry(2, string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => Word(random))), at),
            ]);
    }

    /// <summary>A few common words, and hundreds of rare ones that begin like others.</summary>
    private static string Word(Random random) => $"word{(int)Math.Pow(400, random.NextDouble())}";

    private static async Task Run(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
