using System.Text;
using System.Text.RegularExpressions;
using LiveSupport.Contracts;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace LiveSupport.Silo.Bot;

/// <summary>
/// A workspace's articles, cut at their headings and ranked by BM25 (k1 1.2, b 0.75, the usual defaults), with
/// the words of title and heading counted as well. Pure: built once for a version of the knowledge, then only read.
/// </summary>
public sealed partial class KnowledgeIndex
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <summary>A word in a title or heading says more about a passage than one in its text.</summary>
    private const int TitleWeight = 3;
    private const int HeadingWeight = 4;
    private const double UnknownWeight = 0.45;

    /// <summary>An article's first passage is its general answer; it wins over a special case that says the same words.</summary>
    private const double LeadBonus = 1.1;

    /// <summary>"How long" and "when" are answered by a passage that names a time, "And how much is it?" by one that names a price.</summary>
    private const double FactBonus = 1.4;

    /// <summary>What is said beside a question, or was asked before it, counts for less than the question.</summary>
    private const double Beside = 0.5;

    /// <summary>One single word, said only in passing, is no answer unless it is nearly the whole question.</summary>
    private const double PassingWord = 0.4;

    /// <summary>What asks for a price and not for a topic, once it is known of what.</summary>
    private static readonly HashSet<string> PriceWords = [.. Words.Of("cost free")];

    private readonly List<Passage> _passages = [];
    private readonly Dictionary<string, List<(int Passage, double Weight)>> _postings = [];
    private readonly double _averageLength;

    public KnowledgeIndex(Knowledge knowledge)
    {
        Version = knowledge.Version;
        var lengths = new List<double>();
        foreach (var article in knowledge.Articles)
        {
            foreach (var (heading, text) in Sections(article))
            {
                var weights = new Dictionary<string, double>();
                Count(weights, Words.Of(article.Title), TitleWeight);
                Count(weights, Words.Of(heading.Length > 0 ? heading : article.Title), HeadingWeight);
                Count(weights, Words.Of(text), 1);
                foreach (var (word, weight) in weights)
                {
                    if (!_postings.TryGetValue(word, out var list))
                        _postings[word] = list = [];
                    list.Add((_passages.Count, weight));
                }

                lengths.Add(weights.Values.Sum());
                _passages.Add(new Passage(article, heading, text, lengths[^1], Duration().IsMatch(text), Price().IsMatch(text)));
            }
        }

        _averageLength = lengths.Count > 0 ? lengths.Average() : 1;
    }

    public long Version { get; }

    /// <summary>The passages that answer best, best first.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="story">What is told beside it: only for ranking.</param>
    public IReadOnlyList<Hit> Find(string question, string? story, int limit)
    {
        var asked = Words.Of(question).Distinct().ToList();
        var told = story is null ? [] : Words.Of(story).Distinct().Except(asked).ToList();
        var known = asked.Count == 0 ? told : asked;

        var scores = new Dictionary<int, double>();
        var covered = new Dictionary<int, Covered>();
        Score(asked, 1, scores, covered);
        Score(told, Beside, scores, asked.Count == 0 ? covered : null);
        return Ranked(question, scores, covered, Weight(known), asksForPrice: false).Take(limit).ToList();
    }

    /// <summary>The passages that answer best a question that leans on what was asked before it.</summary>
    public IReadOnlyList<Hit> Follow(string question, string before, int limit)
    {
        var asked = Words.Of(question).Distinct().ToList();
        var asksForPrice = asked.RemoveAll(PriceWords.Contains) > 0 || AsksHowMuch().IsMatch(question);
        var earlier = Words.Of(before).Distinct().Except(asked).ToLookup(IsTopic);

        var scores = new Dictionary<int, double>();
        var covered = new Dictionary<int, Covered>();
        Score(asked, 1, scores, covered);
        // What was asked before only chooses among the passages that speak most of the question itself.
        var most = covered.Values.Select(c => c.Weight).DefaultIfEmpty().Max();
        var chosen = covered.Where(c => c.Value.Weight == most).Select(c => c.Key).ToHashSet();

        Score(earlier[true], Beside, scores, covered);
        Score(earlier[false], Beside, scores, null);
        return Ranked(
            question,
            scores.Where(s => chosen.Count == 0 || chosen.Contains(s.Key)),
            covered,
            Weight(asked) + Beside * Weight(earlier[true]),
            asksForPrice).Take(limit).ToList();
    }

    private IEnumerable<Hit> Ranked(
        string question, IEnumerable<KeyValuePair<int, double>> scores, Dictionary<int, Covered> covered, double weightOfAll, bool asksForPrice)
    {
        if (weightOfAll == 0)
            return [];
        var asksForTime = AsksForTime().IsMatch(question);
        return scores
            .Select(s => HitIn(_passages[s.Key], s.Value, covered.GetValueOrDefault(s.Key), weightOfAll, asksForTime, asksForPrice))
            .OrderByDescending(h => h.Score * (0.3 + h.Coverage)).ThenBy(h => h.Article.Id, StringComparer.Ordinal);
    }

    /// <summary>Whether a word tells what is talked about. One that a single passage says in passing ("shirts", among examples) does not.</summary>
    private bool IsTopic(string word) =>
        _postings.TryGetValue(word, out var list) && (list.Count > 1 || list[0].Weight >= TitleWeight);

    /// <summary>A number that no article knows is an order's, or a day: it asks for nothing.</summary>
    private double Weight(IEnumerable<string> words) =>
        words.Where(word => _postings.ContainsKey(word) || !char.IsDigit(word[0])).Sum(Rarity);

    private static Hit HitIn(Passage passage, double score, Covered covered, double weightOfAll, bool asksForTime, bool asksForPrice)
    {
        if (passage.Heading.Length == 0)
            score *= LeadBonus;
        if ((asksForTime && passage.SaysTime) || (asksForPrice && passage.SaysPrice))
            score *= FactBonus;
        var coverage = covered.Weight / weightOfAll * (covered is { Words: 1, Named: false } ? PassingWord : 1);
        return new Hit(passage.Article, passage.Heading, passage.Text, score, coverage);
    }

    private void Score(IEnumerable<string> words, double factor, Dictionary<int, double> scores, Dictionary<int, Covered>? covered)
    {
        foreach (var word in words)
        {
            if (!_postings.TryGetValue(word, out var list))
                continue;
            var rarity = Rarity(word);
            foreach (var (passage, weight) in list)
            {
                var norm = weight * (K1 + 1) / (weight + K1 * (1 - B + B * _passages[passage].Length / _averageLength));
                scores[passage] = scores.GetValueOrDefault(passage) + factor * rarity * norm;
                if (covered is null)
                    continue;
                var before = covered.GetValueOrDefault(passage);
                covered[passage] = new Covered(before.Weight + factor * rarity, before.Words + 1, before.Named || weight >= TitleWeight);
            }
        }
    }

    /// <summary>
    /// Inverse document frequency. A word that no article knows lowers the coverage, but it may well be the name
    /// of a product, so it counts for less than a known rare one; so does a word that is no topic (<see cref="IsTopic"/>).
    /// </summary>
    private double Rarity(string word)
    {
        var n = _postings.TryGetValue(word, out var list) ? list.Count : 0;
        return (IsTopic(word) ? 1 : UnknownWeight) * Math.Log(1 + (_passages.Count - n + 0.5) / (n + 0.5));
    }

    private static void Count(Dictionary<string, double> weights, List<string> words, int weight)
    {
        foreach (var word in words)
            weights[word] = weights.GetValueOrDefault(word) + weight;
    }

    /// <summary>The text under each heading, as plain text. The article's first part goes by its title.</summary>
    internal static IEnumerable<(string Heading, string Text)> Sections(Article article)
    {
        var heading = "";
        var text = new StringBuilder();
        foreach (var block in Markdown.Parse(article.Markdown))
        {
            if (block is HeadingBlock title)
            {
                if (text.Length > 0)
                    yield return (heading, text.ToString().Trim());
                text.Clear();
                heading = title.Level == 1 ? "" : Plain(title.Inline);
                continue;
            }

            foreach (var leaf in block is LeafBlock self ? [self] : ((ContainerBlock)block).Descendants<LeafBlock>())
            {
                if (leaf.Parent is ListItemBlock item && item[0] == leaf)
                    text.Append(item.Parent is ListBlock { IsOrdered: true } ? $"{item.Order}. " : "• ");
                text.Append(leaf.Inline is null ? leaf.Lines.ToString() : Plain(leaf.Inline)).Append('\n');
            }
        }

        if (text.Length > 0)
            yield return (heading, text.ToString().Trim());
    }

    private static string Plain(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines?.Descendants() ?? [])
        {
            if (inline is LiteralInline literal)
                text.Append(literal.Content.AsSpan());
            else if (inline is CodeInline code)
                text.Append(code.Content);
            else if (inline is LineBreakInline)
                text.Append(' ');
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\b(how (long|soon|fast|quick\w*|many days)|when|until)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AsksForTime();

    [GeneratedRegex(@"\d+ (to \d+ )?(working |business )?(minute|hour|day|week|month|year)s?\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Duration();

    [GeneratedRegex(@"\bhow much\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AsksHowMuch();

    [GeneratedRegex(@"\p{Sc} ?\d|\d ?\p{Sc}|\b(aud|brl|cad|chf|cny|czk|dkk|eur|gbp|huf|inr|jpy|nok|nzd|pln|ron|sek|try|usd|kr\.?|zł) ?\d|\d ?(aud|brl|cad|chf|cny|czk|dkk|eur|gbp|huf|inr|jpy|nok|nzd|pln|ron|sek|try|usd|kr|zł|euros?|dollars?|pounds?|francs?|cents?|pence)\b|\bfree\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Price();

    private sealed record Passage(Article Article, string Heading, string Text, double Length, bool SaysTime, bool SaysPrice);

    /// <summary>Which of the asked words a passage holds.</summary>
    /// <param name="Named">One of them stands in the title or heading, or again and again in the text.</param>
    private readonly record struct Covered(double Weight, int Words, bool Named);
}

/// <summary>A passage that may answer.</summary>
/// <param name="Score">BM25; only comparable within one question.</param>
/// <param name="Coverage">0 to 1: how much of the question's meaning the passage speaks of.</param>
public sealed record Hit(Article Article, string Heading, string Text, double Score, double Coverage);
