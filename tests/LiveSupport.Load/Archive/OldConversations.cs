using System.Collections.Immutable;
using System.Globalization;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Load.Archive;

/// <summary>
/// Years of a shop's conversations, always the same ones: words and names as common and as rare as people's, order
/// numbers that count up, words that were said in one season only, visitors who come again. All but the newest are solved.
/// </summary>
internal sealed class OldConversations(int count)
{
    public const int Agents = 20;
    private const int Unsolved = 3_000;
    private const int VisitsOfOne = 3;
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(13);

    private static readonly Vocabulary Words = new(
        30_000,
        "the", "is", "my", "it", "to", "not", "and", "you", "for", "order", "i", "of", "on", "your", "parcel", "we", "have", "please", "in", "was",
        "size", "refund", "with", "return", "delivery", "when", "can", "invoice", "address", "payment", "jacket", "discount", "card", "gift", "wool", "linen");

    private static readonly Vocabulary Given = new(400, "Mia", "Noah", "Åsa", "Zoë", "Liam", "Olga", "Ines", "Jonas", "Freya", "Hugo");
    private static readonly Vocabulary Families = new(4_000, "Larsson", "Müller", "Nowak", "Rossi", "Dubois", "Silva", "Novák", "Hansen", "Keller", "Moreau");
    private static readonly Vocabulary Providers = new(6, "gmail.com", "outlook.com", "icloud.com", "web.de", "example.com", "example.org");

    public int Count => count;

    /// <summary>A word that is said about 1/rank as often as the most common one.</summary>
    public static string Word(int rank) => Words[rank];

    public static string Name(Random random) => Given.Any(random);

    public static string Family(Random random) => Families.Any(random);

    public static string Agent(int n) => $"agent{n}";

    /// <summary>Said in half of the texts of one hundredth of the time, long ago.</summary>
    public const string Campaign = "midsummer";

    /// <summary>Said in every tenth text, but never by the same people: the first in the older half, the other in the newer.</summary>
    public const string Before = "catalogue", After = "webshop";

    public DateTimeOffset At(int n) => Start + n * Between;

    public string Id(int n) => Id(n, At(n), 'a');

    public Contact Visitor(int n)
    {
        var person = n % Math.Max(1, count / VisitsOfOne);
        var random = new Random(-1 - person);
        var (given, family) = (Given.Any(random), Families.Any(random));
        var address = $"{given}.{family}{(person % 3 == 0 ? "" : (person % 1000).ToString(CultureInfo.InvariantCulture))}@{Providers.Any(random)}";
        return new Contact(Id(person, At(person), 'b'), $"{given} {family}", address.ToLowerInvariant());
    }

    public string Order(int n) => $"A{100_000 + n}";

    public RowWrite this[int n]
    {
        get
        {
            var random = new Random(n);
            var at = At(n);
            var season = n / (count / 100.0) is >= 40 and < 41 && random.Next(2) == 0 ? $" {Campaign}"
                : random.Next(10) > 0 ? ""
                : n < count / 2 ? $" {Before}" : $" {After}";
            var number = random.Next(2) == 0 ? $" {Order(n)}" : "";
            var question = $"{Words.Any(random, random.Next(4, 18))}{number}{season}?";
            var answer = $"{Words.Any(random, random.Next(6, 20))}{season}.";
            return new RowWrite(
                new QueueRow
                {
                    Id = Id(n),
                    Rev = 2,
                    Seq = 2,
                    Visitor = Visitor(n),
                    Mode = Mode.HumanInteraction,
                    Status = n < count - Unsolved ? Status.Solved : (Status)(n % 2),
                    IsCase = true,
                    Owner = random.Next(4) == 0 ? null : new AgentRef(Agent(random.Next(Agents)), "Anna"),
                    Preview = answer,
                    PreviewBy = new Author(AuthorType.Agent, "a", "Anna"),
                    StartedAt = at,
                    LastAt = at,
                    VisitorEntries = 1,
                    Reads = ImmutableDictionary<string, int>.Empty,
                },
                [new IndexedEntry(1, question, at), new IndexedEntry(2, answer, at.AddSeconds(5))]);
        }
    }

    /// <summary>As <see cref="Ids.New"/> makes them: the time, then anything.</summary>
    private static string Id(int n, DateTimeOffset at, char kind) =>
        $"{at.ToUnixTimeMilliseconds():x12}7{(uint)(n * 2_654_435_761L) >> 20:x3}{kind}{(ulong)n * 0x9E37_79B9_7F4A_7C15ul >> 4:x15}";
}
