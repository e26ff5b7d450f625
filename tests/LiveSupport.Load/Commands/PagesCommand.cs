using System.Collections.Immutable;
using System.Diagnostics;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Silo.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Load.Commands;

/// <summary>How long each page and search takes over very many conversations, all but a few of them solved.</summary>
internal static class PagesCommand
{
    public static readonly Command Command = new(
        "pages", "p50 and p95 of every page and search: --conversations 1000000 --rounds 100 --data FOLDER or --postgres CONNECTION (filled once, then kept)", Run);

    private const string Workspace = "pages";
    private const int Agents = 20;
    private const int Unsolved = 3_000;
    private const int Together = 500;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names = ["Mia", "Noah", "Åsa", "Zoë", "Liam", "Olga", "Ines", "Jonas", "Freya", "Hugo"];
    private static readonly string[] Families = ["Larsson", "Müller", "Nowak", "Rossi", "Dubois", "Silva", "Novák", "Hansen", "Keller", "Moreau"];

    private static readonly string[] Things =
        ["parcel", "order", "refund", "invoice", "size", "return", "address", "discount", "delivery", "payment", "jacket", "linen", "wool", "gift", "card"];

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var conversations = arguments.Number("conversations", 1_000_000);
        var rounds = arguments.Number("rounds", 100);
        var postgres = arguments.Text("postgres");
        var folder = arguments.Text("data");
        arguments.End();
        if (postgres is null && folder is null)
            throw new UsageException("pages wants --data FOLDER or --postgres CONNECTION.");

        using var services = (postgres is not null
            ? new ServiceCollection().AddPostgresStores(postgres)
            : new ServiceCollection().AddSqliteStores(folder!)).BuildServiceProvider();
        var store = services.GetRequiredService<IConversationStore>();
        if (await store.Find(Workspace, Id(conversations - 1)) is null)
            await Fill(store, conversations, stop);

        Console.WriteLine($"{conversations:N0} conversations, {2 * conversations:N0} texts, {rounds} rounds of each");
        Console.WriteLine("                                                     rows    p50 ms    p95 ms  worst ms");
        await Measure("load the queue", Math.Min(rounds, 5), async _ => (await store.Load(Workspace)).Unsolved.Count);
        foreach (var view in Enum.GetValues<QueueView>())
        {
            foreach (var filter in Enum.GetValues<QueueFilter>())
            {
                foreach (var sort in new[] { QueueSort.Newest, QueueSort.Oldest })
                {
                    foreach (var onlySolved in new[] { true, false })
                    {
                        var query = new RowQuery("", view, filter, sort, onlySolved, 50);
                        await Measure($"page {view}, {filter}, {sort}{(onlySolved ? ", solved" : "")}", rounds, async random =>
                            (await store.Page(Workspace, query with { AgentId = Agent(random.Next(Agents)), After = Anywhere(random) })).Count);
                    }
                }
            }
        }

        await Measure("a visitor's conversations", rounds, async random => (await store.ByVisitor(Workspace, Visitor(random.Next(conversations)), 20)).Count);
        await Measure("list of an agent, by id", rounds, async random =>
            (await store.List(Workspace, new RowFilter(100, OwnerId: Agent(random.Next(Agents)), AfterId: Id(random.Next(conversations))))).Count);
        await Measure("list of an e-mail address", rounds, async random =>
            (await store.List(Workspace, new RowFilter(100, Email: $"{Visitor(random.Next(conversations))}@example.com"))).Count);
        await Measure("changes", rounds, async _ => (await store.Changed(Workspace, default, 100)).Rows.Count);
        await Measure("rows changed since", rounds, async random =>
            (await store.ChangedSince(Workspace, Start.AddMinutes(random.Next(conversations)), null, 500)).Count);
        foreach (var (what, text) in new (string, Func<Random, string>)[]
        {
            ("a common word", random => Things[random.Next(Things.Length)]),
            ("two common words", random => $"{Things[random.Next(Things.Length)]} {Things[random.Next(Things.Length)]}"),
            ("two letters", random => Things[random.Next(Things.Length)][..2]),
            ("an order's number", random => $"A{random.Next(conversations)}"),
            ("a number's beginning", random => $"A{random.Next(conversations / 100)}"),
            ("a common name", random => Names[random.Next(Names.Length)]),
            ("a full name", random => $"{Names[random.Next(Names.Length)]} {Families[random.Next(Families.Length)]}"),
            ("an e-mail address", random => $"{Visitor(random.Next(conversations))}@example.com"),
            ("a word and a number", random => $"{Things[random.Next(Things.Length)]} A{random.Next(conversations)}"),
            ("what is not there", random => $"nothing{random.Next()}"),
        })
        {
            await Measure($"search {what}", rounds, async random => (await store.Search(Workspace, text(random), 20)).Messages.Count);
        }

        return 0;

        RowCursor? Anywhere(Random random) =>
            random.Next(3) == 0 ? null : new RowCursor(Start.AddMinutes(random.Next(conversations)), "");

        async Task Measure(string what, int times, Func<Random, Task<int>> ask)
        {
            var random = new Random(7);
            var rows = await ask(random);
            var waits = new List<double>();
            for (var i = 0; i < times && !stop.IsCancellationRequested; i++)
            {
                var from = Stopwatch.GetTimestamp();
                rows = Math.Max(rows, await ask(random));
                waits.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            waits.Sort();
            if (waits.Count > 0)
                Console.WriteLine($"{what,-48}  {rows,7}  {At(0.5),8:0.00}  {At(0.95),8:0.00}  {At(1),8:0.00}");

            double At(double share) => waits[(int)(share * (waits.Count - 1))];
        }
    }

    private static async Task Fill(IConversationStore store, int conversations, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested && Interlocked.Add(ref next, Together) - Together is var first && first < conversations)
            {
                await store.Upsert(Workspace, [.. Enumerable.Range(first, Math.Min(Together, conversations - first)).Select(n => One(n, conversations))]);
                if (first % 100_000 == 0)
                    Console.WriteLine($"{first,10:N0} filled, {clock.Elapsed.TotalSeconds:0} s");
            }
        }, stop)));
        Console.WriteLine($"filled in {clock.Elapsed.TotalSeconds:0} s ({conversations / clock.Elapsed.TotalSeconds:0}/s)");
    }

    /// <summary>The n-th conversation, always the same one.</summary>
    private static RowWrite One(int n, int conversations)
    {
        var random = new Random(n);
        var name = $"{Names[random.Next(Names.Length)]} {Families[random.Next(Families.Length)]}";
        var visitor = new Contact(Visitor(n), name, $"{Visitor(n)}@example.com");
        var at = Start.AddMinutes(n);
        var question = $"Where is my {Things[random.Next(Things.Length)]} A{n}? The {Things[random.Next(Things.Length)]} page says nothing about it.";
        var answer = $"Your {Things[random.Next(Things.Length)]} is on its way, the {Things[random.Next(Things.Length)]} follows on Monday.";
        return new RowWrite(
            new QueueRow
            {
                Id = Id(n),
                Rev = 2,
                Seq = 2,
                Visitor = visitor,
                Mode = Mode.HumanInteraction,
                Status = n < conversations - Unsolved ? Status.Solved : (Status)(n % 2),
                IsCase = true,
                Owner = random.Next(4) == 0 ? null : new AgentRef(Agent(random.Next(Agents)), "Anna"),
                Preview = answer,
                PreviewBy = new Author(AuthorType.Agent, "a", "Anna"),
                StartedAt = at,
                LastAt = at,
                VisitorEntries = 1,
                Reads = ImmutableDictionary<string, int>.Empty,
            },
            [new IndexedEntry(1, question, at), new IndexedEntry(2, answer, at)]);
    }

    private static string Id(int n) => $"0193{n:x28}";

    private static string Visitor(int n) => $"v{n / 3:x}";

    private static string Agent(int n) => $"agent{n}";
}
