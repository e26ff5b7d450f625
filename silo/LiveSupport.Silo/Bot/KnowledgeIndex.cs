using System.Text;
using LiveSupport.Contracts;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace LiveSupport.Silo.Bot;

/// <summary>
/// A workspace's articles, cut at their headings and ranked by BM25 (k1 1.2, b 0.75, the usual defaults), with
/// the words of title and heading counted as well. Pure: built once for a version of the knowledge, then only read.
/// </summary>
public sealed class KnowledgeIndex
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <summary>A word in a title or heading says more about a passage than one in its text.</summary>
    private const int TitleWeight = 3;
    private const int HeadingWeight = 4;
    private const double UnknownWeight = 0.6;

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
                Count(weights, Words.Of(heading), HeadingWeight);
                Count(weights, Words.Of(text), 1);
                foreach (var (word, weight) in weights)
                {
                    if (!_postings.TryGetValue(word, out var list))
                        _postings[word] = list = [];
                    list.Add((_passages.Count, weight));
                }

                lengths.Add(weights.Values.Sum());
                _passages.Add(new Passage(article, heading, text, lengths[^1]));
            }
        }

        _averageLength = lengths.Count > 0 ? lengths.Average() : 1;
    }

    public long Version { get; }

    /// <summary>The passages that answer best, best first.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="before">What was asked before it: counts for half, and only for ranking.</param>
    public IReadOnlyList<Hit> Find(string question, string? before, int limit)
    {
        var asked = Words.Of(question).Distinct().ToList();
        var earlier = before is null ? [] : Words.Of(before).Distinct().Except(asked).ToList();
        var known = asked.Count == 0 ? earlier : asked;
        if (known.Count == 0)
            return [];

        var scores = new Dictionary<int, double>();
        var covered = new Dictionary<int, double>();
        Score(asked, 1, scores, covered);
        Score(earlier, 0.5, scores, asked.Count == 0 ? covered : null);

        var weightOfAll = known.Sum(Rarity);
        return [.. scores
            .Select(s => new Hit(_passages[s.Key].Article, _passages[s.Key].Heading, _passages[s.Key].Text, s.Value,
                covered.GetValueOrDefault(s.Key) / weightOfAll))
            .OrderByDescending(h => h.Score * (0.3 + h.Coverage)).ThenBy(h => h.Article.Id, StringComparer.Ordinal)
            .Take(limit)];
    }

    private void Score(IEnumerable<string> words, double factor, Dictionary<int, double> scores, Dictionary<int, double>? covered)
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
                if (covered is not null)
                    covered[passage] = covered.GetValueOrDefault(passage) + rarity;
            }
        }
    }

    /// <summary>
    /// Inverse document frequency. A word that no article knows lowers the coverage, but it may well be the name
    /// of a product, so it counts for less than a known rare one.
    /// </summary>
    private double Rarity(string word)
    {
        var known = _postings.TryGetValue(word, out var list);
        var n = known ? list!.Count : 0;
        return (known ? 1 : UnknownWeight) * Math.Log(1 + (_passages.Count - n + 0.5) / (n + 0.5));
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
                if (block is ListBlock)
                    text.Append("• ");
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

    private sealed record Passage(Article Article, string Heading, string Text, double Length);
}

/// <summary>A passage that may answer.</summary>
/// <param name="Score">BM25; only comparable within one question.</param>
/// <param name="Coverage">0 to 1: how much of the question's meaning the passage speaks of.</param>
public sealed record Hit(Article Article, string Heading, string Text, double Score, double Coverage);
