using Npgsql;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>
/// In what share of the rows the common words stand, as PostgreSQL's own statistics know it. Only the speed of a search
/// hangs on it: which of its words the index is asked for.
/// </summary>
internal sealed class CommonWords(PostgresDatabase database, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    private volatile Known? _known;

    /// <exception cref="StoreUnavailableException">The database cannot be read now.</exception>
    public async ValueTask<Known> Now() => _known is { } known && clock.GetElapsedTime(known.Since) < GoodFor
        ? known
        : _known = await database.Read(Ask);

    private async Task<Known> Ask(NpgsqlConnection connection)
    {
        var (people, texts) = (new Dictionary<string, double>(), new Dictionary<string, double>());
        using var ask = new NpgsqlCommand(
            """
            SELECT attname = 'people', word, share::float8
            FROM pg_stats CROSS JOIN LATERAL unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (word, share)
            WHERE schemaname = current_schema() AND (tablename, attname) IN (('conversation', 'people'), ('text', 'words')) AND word IS NOT NULL
            """,
            connection);
        await using var answer = await ask.ExecuteReaderAsync();
        while (await answer.ReadAsync())
            (answer.GetBoolean(0) ? people : texts)[answer.GetString(1)] = answer.GetDouble(2);
        return new Known(new Shares(people), new Shares(texts), clock.GetTimestamp());
    }

    internal sealed record Known(Shares People, Shares Texts, long Since);

    /// <param name="words">Each common word's share of the rows.</param>
    internal sealed class Shares(IReadOnlyDictionary<string, double> words)
    {
        /// <summary>Of the rows at most this share has the word, or one that begins so; 0 when it is not common.</summary>
        public double Of(string word, bool isPrefix) => isPrefix
            ? words.Where(common => common.Key.StartsWith(word, StringComparison.Ordinal)).Sum(common => common.Value)
            : words.GetValueOrDefault(word);
    }
}
