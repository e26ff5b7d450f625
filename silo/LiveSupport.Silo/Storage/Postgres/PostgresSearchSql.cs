namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>
/// The keys of a query's newest hits ($1 workspace, $2 query, $3 limit, $4 the words to look up in a part, which stands in each as #).
/// The query is bound as a tsquery: as a text it would be read anew for every row that is looked at.
/// </summary>
/// <remarks>
/// An index of words knows no order: of a common word it would bring up millions, and a walk back in time would never end
/// for a rare one. The planner cannot tell them apart by a word's beginning, so it is not left to it. First the newest
/// rows are read: what is common is among them (words that are seldom together are not looked for there). Then the parts of time are asked one after the other, the newest first,
/// until there are enough; a part holds so few rows that its hits can be sorted. Hits that were common then and are not
/// now are more than that: such a part is walked. Each word is a condition of its own, so that the index leaps from the
/// places of one word to those of the next and is done with a part that lacks one: as one query it weighs place by place.
/// A word's beginning it gathers from all its places before it looks at the other words, even at one that the part lacks:
/// where that costs much, the whole words are asked for first, and the beginning only in parts where they are often together.
/// </remarks>
internal static class PostgresSearchSql
{
    /// <summary>A part with so many hits is walked from its newest row on: to fetch them all would take longer.</summary>
    private const int ManyHits = 1000;

    /// <summary>With fewer rows that have the whole words, a part's rows are looked at and its index is not asked again.</summary>
    private const int ManyRows = 8;

    /// <summary>After a part of many rows so many parts are taken for the same.</summary>
    private const int AlikeParts = 16;

    /// <summary>How many texts are one part, as a power of two.</summary>
    private const int TextsOfPartPower = 15;

    /// <summary>A text's part is its number divided by this.</summary>
    public const int TextsOfPart = 1 << TextsOfPartPower;

    public static readonly Searched People = new(
        "conversation", "id", "people", "workspace = $1 AND ", key => $@"translate(left({key}, 5), '''\', '')", "left(newest, 5)",
        first => $"(SELECT id FROM conversation WHERE workspace = $1 AND id < {first} ORDER BY id DESC LIMIT 1)");

    // Numbers are given one after the other: the part before ends right before this one, and hardly any is empty.
    public static readonly Searched Texts = new(
        "text", "n", "words", "", key => $"to_hex({key} >> {TextsOfPartPower})", $"newest >> {TextsOfPartPower} << {TextsOfPartPower}",
        first => $"nullif({first}, 0) - 1");

    /// <param name="at">Where is searched.</param>
    /// <param name="words">What $4 has.</param>
    /// <param name="below">Only what is older than this key.</param>
    public static string Hits(Searched at, WordsOfPart words, string? below = null)
    {
        // As "IS TRUE" no condition tempts the planner to read the key's index, in every part anew.
        var fits = $"(({at.Words} @@ $2::tsquery) IS TRUE AND workspace = $1{(below is null ? "" : $" AND ({at.Key} < {below}) IS TRUE")})";
        return $"""
            WITH RECURSIVE recent AS MATERIALIZED (
                SELECT key FROM (
                    SELECT {at.Key} AS key, {at.Words} AS words FROM {at.Table}
                    WHERE {(words.AreSeldomTogether || below is not null ? "false AND " : "")}workspace = $1 ORDER BY {at.Key} DESC LIMIT 2000) AS newest
                WHERE words @@ $2::tsquery ORDER BY key DESC LIMIT $3),
            part AS (
                SELECT (SELECT {at.Key} FROM {at.Table} WHERE {at.Scope}{(below is null ? "true" : $"{at.Key} < {below}")} ORDER BY {at.Key} DESC LIMIT 1) AS newest,
                    ARRAY(SELECT {at.Key} FROM {at.Table} WHERE false) AS keys, 0 AS count, 0 AS alike
                UNION ALL
                SELECT {at.Before(at.First)}, hit.keys, count + cardinality(hit.keys), hit.alike
                FROM part CROSS JOIN LATERAL ({(words.WholeFirst ? WholeFirst(at, words, fits) : AllAtOnce(at, words, fits))}) AS hit
                WHERE newest IS NOT NULL AND count < $3 AND (SELECT count(*) FROM recent) < $3),
            hits AS (
                SELECT key FROM recent WHERE (SELECT count(*) FROM recent) = $3
                UNION ALL (SELECT unnest(keys) FROM part LIMIT $3))
            """;
    }

    private static string AllAtOnce(Searched at, WordsOfPart words, string fits) => $"""
        WITH found AS MATERIALIZED (
            SELECT {at.Key} AS key FROM {at.Table}
            WHERE {at.Has(words.All)} AND {fits}
            LIMIT {ManyHits})
        SELECT ARRAY(
            SELECT key FROM ({FoundOrWalked(at, fits)}) AS either
            ORDER BY key DESC LIMIT $3) AS keys, 0 AS alike
        """;

    // The planner is not told how few are looked at: it would read the table.
    private static string WholeFirst(Searched at, WordsOfPart words, string fits) => $"""
        WITH few AS MATERIALIZED (
            SELECT {at.Key} AS key, {fits} AS fits FROM {at.Table}
            WHERE alike = 0 AND {at.Has(words.Whole)}
            LIMIT (SELECT {ManyRows})),
        found AS MATERIALIZED (
            SELECT {at.Key} AS key FROM {at.Table}
            WHERE (alike > 0 OR (SELECT count(*) FROM few) = {ManyRows}) AND {at.Has(words.All)} AND {fits}
            LIMIT {ManyHits})
        SELECT ARRAY(
            SELECT key FROM (
                SELECT key FROM few WHERE fits AND (SELECT count(*) FROM few) < {ManyRows}
                UNION ALL {FoundOrWalked(at, fits)}) AS either
            ORDER BY key DESC LIMIT $3) AS keys,
            CASE WHEN alike > 0 THEN alike - 1 WHEN (SELECT count(*) FROM few) = {ManyRows} THEN {AlikeParts} ELSE 0 END AS alike
        """;

    private static string FoundOrWalked(Searched at, string fits) => $"""
        SELECT key FROM found WHERE (SELECT count(*) FROM found) < {ManyHits}
        UNION ALL (
            SELECT {at.Key} FROM {at.Table}
            WHERE (SELECT count(*) FROM found) = {ManyHits} AND {at.Key} BETWEEN {at.First} AND newest AND {fits}
            ORDER BY {at.Key} DESC LIMIT $3)
        """;

    /// <param name="Table">What is searched.</param>
    /// <param name="Key">Its order in time.</param>
    /// <param name="Words">Its words.</param>
    /// <param name="Scope">What finds a workspace's rows by the key's own index.</param>
    /// <param name="Part">The name of the part in which a key is; no sign in it has a meaning in a tsvector.</param>
    /// <param name="First">The part's least possible key, of its newest one.</param>
    /// <param name="Before">The newest key before that one, or null.</param>
    internal sealed record Searched(
        string Table, string Key, string Words, string Scope, Func<string, string> Part, string First, Func<string, string> Before)
    {
        /// <summary>As in the index, to the letter.</summary>
        private readonly string _partWords = $"replace(' ' || strip({Words})::text, ' ''', ' ''' || {Part(Key)} || '/')::tsvector";

        /// <param name="words">Which of $4, from 1 on.</param>
        public string Has(IEnumerable<int> words) => string.Join(
            " AND ", words.Select(i => $"{_partWords} @@ replace(($4::text[])[{i}], '#', {Part("newest")})::tsquery"));
    }
}
