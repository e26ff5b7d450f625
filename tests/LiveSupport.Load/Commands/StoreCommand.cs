using System.Collections.Immutable;
using System.Diagnostics;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Load.Commands;

/// <summary>
/// How many messages the SQLite store makes durable. A message is what it is for the store in earnest: one write of
/// the conversation's state, then one row with its text.
/// </summary>
internal static class StoreCommand
{
    private static readonly int[] Writers = [1, 16, 64, 256];

    public static readonly Command Command = new(
        "store", "durable messages per second with 1 to 256 writers: --seconds 5 --bytes 4000 (of state) --data FOLDER", Run);

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var time = arguments.Seconds("seconds", 5);
        var bytes = arguments.Number("bytes", 4_000);
        var folder = arguments.Text("data");
        arguments.End();

        var own = folder is null ? Directory.CreateTempSubdirectory("livesupport-load-") : null;
        try
        {
            using var services = new ServiceCollection().AddSqliteStores(folder ?? own!.FullName).BuildServiceProvider();
            Console.WriteLine("writers  messages/s  writes/s   p50 ms   p99 ms  worst ms");
            foreach (var writers in Writers)
            {
                if (!stop.IsCancellationRequested)
                    await Measure(services, writers, bytes, time, stop);
            }
        }
        finally
        {
            own?.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task Measure(IServiceProvider services, int writers, int bytes, TimeSpan time, CancellationToken stop)
    {
        var grains = services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Grains);
        var rows = services.GetRequiredService<IConversationStore>();
        var clock = Stopwatch.StartNew();
        var waits = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => Write(writer), stop)));
        var seconds = clock.Elapsed.TotalSeconds;

        var all = waits.SelectMany(wait => wait).Order().ToArray();
        Console.WriteLine(
            $"{writers,7}  {all.Length / seconds,10:0}  {2 * all.Length / seconds,8:0}  {At(0.5),7:0.00}  {At(0.99),7:0.00}  {At(1),8:0.00}");

        double At(double share) => all[(int)(share * (all.Length - 1))];

        async Task<List<double>> Write(int writer)
        {
            var id = Guid.NewGuid().ToString("N");
            var grain = GrainId.Create("load", Ids.Key("load", id));
            var state = new GrainState<string>(new string('s', bytes));
            var waits = new List<double>();
            for (var seq = 1; clock.Elapsed < time && !stop.IsCancellationRequested; seq++)
            {
                var from = Stopwatch.GetTimestamp();
                await grains.WriteStateAsync("head", grain, state);
                await rows.Upsert("load", [Message(id, writer, seq)]);
                waits.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            return waits;
        }
    }

    private static RowWrite Message(string id, int writer, int seq)
    {
        var now = TimeProvider.System.GetUtcNow();
        var text = $"Hello, parcel {writer}-{seq} has not come yet and the order page says it was delivered on Monday.";
        return new RowWrite(
            new QueueRow
            {
                Id = id,
                Rev = seq,
                Seq = seq,
                Visitor = new Contact($"visitor{writer}", "Mia Larsson", "mia@example.com"),
                Mode = Mode.HumanInteraction,
                Status = Status.Active,
                IsCase = true,
                Preview = text,
                PreviewBy = new Author(AuthorType.Visitor, $"visitor{writer}", "Mia Larsson"),
                StartedAt = now,
                LastAt = now,
                WaitingSince = now,
                VisitorEntries = seq,
                Reads = ImmutableDictionary<string, int>.Empty,
            },
            [new IndexedEntry(seq, text, now)]);
    }
}
