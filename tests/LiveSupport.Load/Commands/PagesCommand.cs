using System.Diagnostics;
using LiveSupport.Contracts;
using LiveSupport.Load.Archive;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Silo.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Load.Commands;

/// <summary>How long each page and search takes over very many conversations, all but a few of them solved.</summary>
internal static class PagesCommand
{
    public static readonly Command Command = new(
        "pages", "p50 and p95 of every page and search, and PostgreSQL's processor time for it: --conversations 1000000 --rounds 100 --only search --data FOLDER or --postgres CONNECTION (filled once, then kept)", Run);

    private const string Workspace = "pages";
    private const int Together = 500;

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var conversations = arguments.Number("conversations", 1_000_000);
        var rounds = arguments.Number("rounds", 100);
        var postgres = arguments.Text("postgres");
        var folder = arguments.Text("data");
        var only = arguments.Text("only");
        arguments.End();
        if (postgres is null && folder is null)
            throw new UsageException("pages wants --data FOLDER or --postgres CONNECTION.");

        using var services = (postgres is not null
            ? new ServiceCollection().AddPostgresStores(postgres)
            : new ServiceCollection().AddSqliteStores(folder!)).BuildServiceProvider();
        var store = services.GetRequiredService<IConversationStore>();
        var old = new OldConversations(conversations);
        if (await store.Find(Workspace, old.Id(conversations - 1)) is null)
        {
            var clock = Stopwatch.StartNew();
            await (postgres is null ? Fill(store, old, stop) : PostgresFilling.Fill(postgres, Workspace, old, Say, stop));
            Say($"filled, {conversations / clock.Elapsed.TotalSeconds:0}/s");

            void Say(string what) => Console.WriteLine($"{clock.Elapsed.TotalSeconds,6:0} s  {what}");
        }

        Console.WriteLine($"{conversations:N0} conversations, {2 * conversations:N0} texts, {rounds} rounds of each");
        await using var cpu = postgres is null ? null : await PostgresCpu.Of(postgres);
        Console.WriteLine($"{"",-48}  {"rows",7}  {"p50 ms",8}  {"p95 ms",8}  {"worst ms",8}  {"cpu p50",8}  {"cpu p95",8}{(cpu is null ? "  (the server's processor time is not known here)" : "")}");
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
                            (await store.Page(Workspace, query with { AgentId = OldConversations.Agent(random.Next(OldConversations.Agents)), After = Anywhere(random) })).Count);
                    }
                }
            }
        }

        await Measure("a visitor's conversations", rounds, async random => (await store.ByVisitor(Workspace, Somebody(random).Id, 20)).Count);
        await Measure("list of an agent, by id", rounds, async random => (await store.List(Workspace, new RowFilter(
            100, OwnerId: OldConversations.Agent(random.Next(OldConversations.Agents)), AfterId: old.Id(random.Next(conversations))))).Count);
        await Measure("list of an e-mail address", rounds, async random => (await store.List(Workspace, new RowFilter(100, Email: Somebody(random).Email))).Count);
        await Measure("changes", rounds, async _ => (await store.Changed(Workspace, default, 100)).Rows.Count);
        await Measure("rows changed since", rounds, async random =>
            (await store.ChangedSince(Workspace, old.At(random.Next(conversations)), null, 500)).Count);
        foreach (var (what, text) in new (string, Func<Random, string>)[]
        {
            ("the most common word", random => OldConversations.Word(random.Next(5))),
            ("a common word", random => OldConversations.Word(random.Next(5, 40))),
            ("a word of 1 in 100 texts", random => OldConversations.Word(random.Next(80, 150))),
            ("a word of 1 in 1,000 texts", random => OldConversations.Word(random.Next(800, 1_500))),
            ("a word of 1 in 10,000 texts", random => OldConversations.Word(random.Next(8_000, 15_000))),
            ("two common words", random => $"{OldConversations.Word(random.Next(5, 40))} {OldConversations.Word(random.Next(5, 40))}"),
            ("two words of 1 in 100", random => $"{OldConversations.Word(random.Next(80, 150))} {OldConversations.Word(random.Next(80, 150))}"),
            ("three words of 1 in 100", random => string.Join(' ', Enumerable.Range(0, 3).Select(_ => OldConversations.Word(random.Next(80, 150))))),
            ("two words that never met", _ => $"{OldConversations.Before} {OldConversations.After}"),
            ("a word of a season long ago", _ => OldConversations.Campaign),
            ("one letter", random => OldConversations.Word(random.Next(500))[..1]),
            ("two letters", random => OldConversations.Word(random.Next(500))[..2]),
            ("three letters", random => OldConversations.Word(random.Next(2_000))[..3]),
            ("a phrase", random => $"{OldConversations.Word(random.Next(80))}-{OldConversations.Word(random.Next(80))}"),
            ("an order's number", random => old.Order(random.Next(conversations))),
            ("a number's beginning", random => old.Order(random.Next(conversations))[..^random.Next(1, 5)]),
            ("a word and a number", random => $"{OldConversations.Word(random.Next(40))} {old.Order(random.Next(conversations))}"),
            ("a first name", OldConversations.Name),
            ("a family's name", OldConversations.Family),
            ("a full name", random => Somebody(random).Name!),
            ("a name's beginning", random => Somebody(random).Name![..3]),
            ("an e-mail address", random => Somebody(random).Email!),
            ("an address's beginning", random => Somebody(random).Email!.Split('@')[0] + "@"),
            ("a provider", random => Somebody(random).Email!.Split('@')[1]),
            ("a conversation's id", random => old.Id(random.Next(conversations))),
            ("an id's beginning", random => old.Id(random.Next(conversations))[..random.Next(4, 12)]),
            ("a name and a word", random => $"{Somebody(random).Name} {OldConversations.Word(random.Next(40))}"),
            ("what is not there", random => $"nothing{random.Next()}"),
            ("signs and nonsense", _ => "' OR 1=1; DROP TABLE conversation; -- \"(& | !) :* <->"),
        })
        {
            await Measure($"search {what}", rounds, async random =>
            {
                var hits = await store.Search(Workspace, text(random), 20);
                return hits.Conversations.Count + hits.Visitors.Count + hits.Messages.Count;
            });
        }

        return 0;

        RowCursor? Anywhere(Random random) =>
            random.Next(3) == 0 ? null : new RowCursor(old.At(random.Next(conversations)), "");

        Contact Somebody(Random random) => old.Visitor(random.Next(conversations));

        async Task Measure(string what, int times, Func<Random, Task<int>> ask)
        {
            if (only is not null && !what.Contains(only, StringComparison.Ordinal))
                return;
            var random = new Random(7);
            var rows = await ask(random);
            var (waits, used) = (new List<double>(), new List<double>());
            if (cpu is not null)
                await cpu.Since();
            for (var i = 0; i < times && !stop.IsCancellationRequested; i++)
            {
                var from = Stopwatch.GetTimestamp();
                rows = Math.Max(rows, await ask(random));
                waits.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
                if (cpu is not null)
                    used.Add(await cpu.Since());
            }

            waits.Sort();
            used.Sort();
            if (waits.Count > 0)
                Console.WriteLine($"{what,-48}  {rows,7}  {At(waits, 0.5)}  {At(waits, 0.95)}  {At(waits, 1)}  {At(used, 0.5)}  {At(used, 0.95)}");

            static string At(List<double> sorted, double share) => $"{(sorted.Count == 0 ? "-" : $"{sorted[(int)(share * (sorted.Count - 1))]:0.00}"),8}";
        }
    }

    private static async Task Fill(IConversationStore store, OldConversations old, CancellationToken stop)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested && Interlocked.Add(ref next, Together) - Together is var first && first < old.Count)
                await store.Upsert(Workspace, [.. Enumerable.Range(first, Math.Min(Together, old.Count - first)).Select(n => old[n])]);
        }, stop)));
    }
}
