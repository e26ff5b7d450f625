using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Serialization;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Silo.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Load.Commands;

/// <summary>
/// How many messages a store makes durable, SQLite's or PostgreSQL's. A message is what it is for the store in earnest:
/// one write of the conversation's state, which brings its row and text along.
/// </summary>
internal static class StoreCommand
{
    private static readonly int[] Writers = [1, 16, 64, 256];

    public static readonly Command Command = new(
        "store", "durable messages per second with 1 to 256 writers: --seconds 5 --bytes 4000 (of state) --data FOLDER or --postgres CONNECTION", Run);

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        var time = arguments.Seconds("seconds", 5);
        var bytes = arguments.Number("bytes", 4_000);
        var folder = arguments.Text("data");
        var postgres = arguments.Text("postgres");
        arguments.End();

        var own = folder is null ? Directory.CreateTempSubdirectory("livesupport-load-") : null;
        try
        {
            using var services = (postgres is null
                ? new ServiceCollection().AddSqliteStores(folder ?? own!.FullName)
                : new ServiceCollection().AddPostgresStores(postgres)).BuildServiceProvider();
            Console.WriteLine("writers  messages/s   p50 ms   p99 ms  worst ms");
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
        var clock = Stopwatch.StartNew();
        var waits = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => Write(writer), stop)));
        var seconds = clock.Elapsed.TotalSeconds;

        var all = waits.SelectMany(wait => wait).Order().ToArray();
        Console.WriteLine(
            $"{writers,7}  {all.Length / seconds,10:0}  {At(0.5),7:0.00}  {At(0.99),7:0.00}  {At(1),8:0.00}");

        double At(double share) => all[(int)(share * (all.Length - 1))];

        async Task<List<double>> Write(int writer)
        {
            var id = Guid.NewGuid().ToString("N");
            var grain = GrainId.Create("load", Ids.Key("load", id));
            var state = new GrainState<Head>(new Head { Text = Talk(bytes) });
            var waits = new List<double>();
            for (var seq = 1; clock.Elapsed < time && !stop.IsCancellationRequested; seq++)
            {
                var from = Stopwatch.GetTimestamp();
                state.State!.Row = new RowAlong("load", Message(id, writer, seq), SamePerson: seq > 1);
                await grains.WriteStateAsync("head", grain, state);
                waits.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            return waits;
        }
    }

    /// <summary>Words in no order: what is the same all over would cost a store that compresses nothing.</summary>
    private static string Talk(int letters)
    {
        string[] words = ["parcel", "order", "is", "my", "the", "delivered", "on", "Monday", "please", "address", "where", "return", "size", "and"];
        var talk = new StringBuilder(letters + 10);
        while (talk.Length < letters)
            talk.Append(words[Random.Shared.Next(words.Length)]).Append(' ').Append(Random.Shared.Next(100)).Append(' ');
        return talk.ToString();
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

    private sealed class Head : IBringsRow
    {
        public string Text { get; set; } = "";

        [JsonIgnore]
        public RowAlong? Row { get; set; }
    }
}
