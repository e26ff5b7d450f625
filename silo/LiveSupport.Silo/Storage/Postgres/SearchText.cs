using System.Globalization;
using System.Text;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>
/// Texts and queries as PostgreSQL's text search takes them. The words are made here, the same way as SQLite's index
/// makes them: runs of letters and digits of any script, in lower case, Latin letters without their accents.
/// PostgreSQL's own parsers would keep addresses, hyphens and numbers together, each in its own way. An e-mail address
/// is a word more: as a phrase it would be looked for among everybody of the same provider.
/// </summary>
internal static class SearchText
{
    /// <summary>Letters of a longer word are left out of account.</summary>
    private const int MostLetters = 100;

    /// <summary>The index is asked for so many words; whether the others are there too is seen in the row.</summary>
    private const int MostLookedUp = 4;

    /// <summary>So many entries of the index are read while one row is looked at.</summary>
    private const double EntriesForARow = 15;

    private const double ShareOfARareWord = 0.0002;

    /// <summary>Words that leave one row of a part are enough: it is looked at for the others.</summary>
    private const double ShareOfARowOfPart = 1.0 / PostgresSearchSql.TextsOfPart;

    private const double ShareOfSeldomTogether = 0.0005;

    /// <summary>From here on a beginning costs the index more than all else.</summary>
    private const double ShareOfACommonBeginning = 0.003;

    private const int SnippetWords = 24;
    private const char HitBegins = '\uE000';
    private const char HitEnds = '\uE001';

    // Each line: a plain letter, and those that are it with accents. .NET knows them only with ICU, which we run without.
    private static readonly Dictionary<char, char> Plain = Table(
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
        "bḃḅḇ",
        "cçćĉċčḉ",
        "dďḋḍḏḑḓ",
        "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
        "fḟ",
        "gĝğġģǧǵḡ",
        "hĥȟḣḥḧḩḫẖ",
        "iìíîïĩīĭįǐȉȋḭḯỉị",
        "jĵǰ",
        "kķǩḱḳḵ",
        "lĺļľḷḹḻḽ",
        "mḿṁṃ",
        "nñńņňǹṅṇṉṋ",
        "oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
        "pṕṗ",
        "rŕŗřȑȓṙṛṝṟ",
        "sśŝşšșṡṣṥṧṩ",
        "tţťțṫṭṯṱẗ",
        "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
        "vṽṿ",
        "wŵẁẃẅẇẉẘ",
        "xẋẍ",
        "yýÿŷȳẏẙỳỵỷỹ",
        "zźżžẑẓẕ");

    /// <summary>The text as a tsvector: its words with their places.</summary>
    public static string Vector(string text) => Vector([(text, ' ')]);

    /// <summary>Several texts as one tsvector, each word marked with its text's weight: A to C, or D for none.</summary>
    public static string Vector(params ReadOnlySpan<(string? Text, char Weight)> texts)
    {
        var vector = new StringBuilder();
        var place = 0;
        foreach (var (text, weight) in texts)
        {
            foreach (var word in Words(text ?? ""))
            {
                vector.Append(vector.Length == 0 ? "'" : " '").Append(word.Plain).Append("':").Append(++place);
                if (weight is 'A' or 'B' or 'C')
                    vector.Append(weight);
            }

            foreach (var address in Addresses(text ?? ""))
            {
                vector.Append(" '").Append(address).Append("':").Append(place);
                if (weight is 'A' or 'B' or 'C')
                    vector.Append(weight);
            }

            // Words of two texts are no phrase.
            place++;
        }

        return vector.ToString();
    }

    /// <summary>What somebody typed, as a tsquery: all words, the last one and e-mail addresses as prefixes; a word such
    /// as "Müller-Lund" is a phrase of its parts. Null when there is nothing to look for.</summary>
    /// <param name="text">Any input.</param>
    /// <param name="weight">Only words of this weight; null for any.</param>
    public static string? Query(string text, char? weight = null) => Joined(Phrases(text).Select(phrase =>
        string.Join(" <-> ", phrase.Select(term => $"'{term.Word}'" + (term.IsPrefix || weight is not null ? $":{(term.IsPrefix ? "*" : "")}{weight}" : "")))));

    /// <summary>What of a query to look up in a part's index.</summary>
    /// <param name="text">Any input that has a query.</param>
    /// <param name="common">A beginning that many words have costs the index much and, beside rare words, selects little:
    /// then it is left out, and the few rows are looked at.</param>
    public static WordsOfPart WordsOfPart(string text, CommonWords.Shares common)
    {
        var terms = Phrases(text).SelectMany(phrase => phrase).Select(term => (term.Word, term.IsPrefix, Share: common.Of(term.Word, term.IsPrefix))).ToList();
        var isLeftOut = terms.Count > 1 && terms[^1] is { IsPrefix: true } last
            && last.Share > EntriesForARow * terms.SkipLast(1).Aggregate(1.0, (share, term) => share * Math.Max(term.Share, ShareOfARareWord));
        var lookedUp = new List<(string Word, bool IsPrefix, double Share)>();
        var left = 1.0;
        foreach (var term in terms.SkipLast(isLeftOut ? 1 : 0).Distinct().OrderBy(term => term.Share).Take(MostLookedUp).TakeWhile(_ => left > ShareOfARowOfPart))
        {
            lookedUp.Add(term);
            left *= Math.Max(term.Share, ShareOfARareWord);
        }

        var beginnings = lookedUp.Where(term => term.IsPrefix).Sum(term => term.Share);
        // Of a beginning that no common word has it is not known in how many rows it is: it may be that of all ids.
        var together = terms.Aggregate(1.0, (share, term) => share * (term.Share > 0 ? term.Share : term.IsPrefix ? 1 : ShareOfARareWord));
        return new WordsOfPart(
            [.. lookedUp.Select(term => $"'#/{term.Word}'" + (term.IsPrefix ? ":*" : ""))],
            WholeFirst: beginnings > ShareOfACommonBeginning && lookedUp.Any(term => !term.IsPrefix && term.Share < 2 * beginnings),
            AreSeldomTogether: together < ShareOfSeldomTogether);
    }

    /// <summary>The words around the first hit, each hit between U+E000 and U+E001.</summary>
    public static string Snippet(string text, string query)
    {
        var wanted = SearchWords.Of(query).SelectMany(Words).Select(word => word.Plain).ToList();
        if (wanted.Count == 0)
            return "";
        var prefix = wanted[^1];
        var words = Words(text).ToList();
        var first = Math.Max(0, words.FindIndex(IsHit));
        var from = Math.Max(0, Math.Min(first - SnippetWords / 3, words.Count - SnippetWords));
        var until = Math.Min(words.Count, from + SnippetWords);

        var snippet = new StringBuilder();
        var at = from == 0 ? 0 : words[from].Start;
        if (from > 0)
            snippet.Append('…');
        foreach (var word in words[from..until].Where(IsHit))
        {
            snippet.Append(text, at, word.Start - at).Append(HitBegins).Append(text, word.Start, word.Length).Append(HitEnds);
            at = word.Start + word.Length;
        }

        var end = until == words.Count ? text.Length : words[until - 1].Start + words[until - 1].Length;
        snippet.Append(text, at, end - at);
        if (until < words.Count)
            snippet.Append('…');
        return snippet.ToString();

        bool IsHit(Word word) => word.Plain.StartsWith(prefix, StringComparison.Ordinal) || wanted.Contains(word.Plain);
    }

    private static string? Joined(IEnumerable<string> terms) => string.Join(" & ", terms) is { Length: > 0 } query ? query : null;

    private static IEnumerable<IReadOnlyList<(string Word, bool IsPrefix)>> Phrases(string text)
    {
        var words = SearchWords.Of(text);
        for (var i = 0; i < words.Count; i++)
        {
            var isLast = i == words.Count - 1;
            var parts = Words(words[i]).ToList();
            if (Address(words[i]) is [var whole, ..])
                yield return [(whole, true)];
            else if (parts.Count > 0)
                yield return [.. parts.Select((part, k) => (part.Plain, isLast && k == parts.Count - 1))];
        }
    }

    private static IEnumerable<string> Addresses(string text) => text.Contains('@', StringComparison.Ordinal)
        ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SelectMany(Address)
        : [];

    /// <summary>An e-mail address as single words, from the beginning of each of its parts before the @, so that it is found
    /// by any of them. Nothing when it is none.</summary>
    private static List<string> Address(string word)
    {
        var at = word.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
            return [];
        var parts = Words(word).ToList();
        var before = parts.FindIndex(part => part.Start > at);
        return [.. Enumerable.Range(0, Math.Max(0, before)).Select(i => Cut(string.Join('@', parts[i..].Select(part => part.Plain))))];
    }

    private static string Cut(string word) => word.Length > MostLetters ? word[..MostLetters] : word;

    private static IEnumerable<Word> Words(string text)
    {
        var letters = new StringBuilder();
        var start = -1;
        for (var i = 0; i <= text.Length;)
        {
            var rune = default(Rune);
            var length = 1;
            if (i < text.Length && !Rune.TryGetRuneAt(text, i, out rune))
                rune = default;
            else if (i < text.Length)
                length = rune.Utf16SequenceLength;

            var isMark = start >= 0 && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark;
            if (Rune.IsLetterOrDigit(rune) || isMark)
            {
                if (start < 0)
                    start = i;
                if (!isMark && letters.Length < MostLetters)
                    Append(letters, rune);
            }
            else if (start >= 0)
            {
                yield return new Word(start, i - start, letters.ToString());
                letters.Clear();
                start = -1;
            }

            i += length;
        }
    }

    private static void Append(StringBuilder letters, Rune rune)
    {
        var lower = Rune.ToLowerInvariant(rune);
        if (lower.IsBmp)
            letters.Append(Plain.GetValueOrDefault((char)lower.Value, (char)lower.Value));
        else
            letters.Append(lower.ToString());
    }

    private static Dictionary<char, char> Table(params string[] lines) =>
        lines.SelectMany(line => line.Skip(1).Select(accented => (accented, plain: line[0]))).ToDictionary(pair => pair.accented, pair => pair.plain);

    private readonly record struct Word(int Start, int Length, string Plain);
}
