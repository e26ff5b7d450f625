using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using LiveSupport.Contracts;
using LiveSupport.Silo.Hosting;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Moving;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Tests.Support;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace LiveSupport.Tests.Storage;

/// <summary>Moving house: everything out of one store and into another, and nothing by halves.</summary>
[Collection(PostgresTests.Name)]
public sealed class MovingTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_survives_the_way_to_PostgreSQL_and_back()
    {
        var (here, there, home) = (Sqlite("here"), Postgres(), Sqlite("home"));
        using (var database = SqliteDatabase.Open(here.DataFolder, TimeProvider.System))
            await Furnish(new SqliteGrainStorage(database), new SqliteConversationStore(database));
        var ring = new Ring("one", "two");

        var first = await HouseMove.Export(here, ring, File("first"));
        Assert.Equal(first, await HouseMove.Import(there, new Ring(), File("first")));
        Assert.Equal(first, await HouseMove.Export(there, ring, File("second")));
        var found = new Ring("one");
        Assert.Equal(first, await HouseMove.Import(home, found, File("second")));
        Assert.Equal(first, await HouseMove.Export(home, ring, File("third")));

        Assert.Equal((1_203, 1_100, 1_102, 2), (first.Records, first.Rows, first.Texts, first.Keys));
        Assert.Equal(Unpacked("first"), Unpacked("third"));
        Assert.Equal(["one", "two"], found.Ids);
        using (var database = SqliteDatabase.Open(home.DataFolder, TimeProvider.System))
            await LooksLikeHome(new SqliteGrainStorage(database), new SqliteConversationStore(database));
        using (var database = PostgresDatabase.Open(there.Postgres!, TimeProvider.System))
            await LooksLikeHome(new PostgresGrainStorage(database), new PostgresConversationStore(database));
    }

    [Fact]
    public async Task A_house_that_is_lived_in_takes_nobody_in()
    {
        var (here, there) = (Sqlite("here"), Postgres());
        using (var database = SqliteDatabase.Open(here.DataFolder, TimeProvider.System))
            await Furnish(new SqliteGrainStorage(database), new SqliteConversationStore(database));
        var load = await HouseMove.Export(here, new Ring(), File("first"));
        await HouseMove.Import(there, new Ring(), File("first"));

        foreach (var taken in new[] { here, there })
        {
            var refused = await Assert.ThrowsAsync<StoreCannotOpenException>(() => HouseMove.Import(taken, new Ring(), File("first")));
            Assert.Contains("not empty", refused.Message, StringComparison.Ordinal);
            Assert.Equal(load, await HouseMove.Export(taken, new Ring(), File($"again{taken.Postgres is null}")));
        }
    }

    [Fact]
    public async Task A_damaged_file_changes_nothing()
    {
        var here = Sqlite("here");
        using (var database = SqliteDatabase.Open(here.DataFolder, TimeProvider.System))
            await Furnish(new SqliteGrainStorage(database), new SqliteConversationStore(database));
        await HouseMove.Export(here, new Ring("one"), File("sound"));
        var lines = Unpacked("sound").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var damages = new Dictionary<string, string[]>
        {
            ["cut"] = lines[..^1],
            ["swapped"] = [lines[0], lines[2], lines[1], .. lines[3..]],
            ["missing"] = [lines[0], .. lines[2..]],
            ["changed"] = [.. lines.Select(line => line.Replace("parcel", "barrel", StringComparison.Ordinal))],
            ["longer"] = [.. lines, lines[1]],
            ["later"] = [lines[0].Replace("\"1\"", "\"2\"", StringComparison.Ordinal), .. lines[1..]],
            ["foreign"] = ["{\"hello\":1}"],
            ["senseless"] = [lines[0], "[]"],
            ["empty"] = [],
        };
        var (sqlite, postgres) = (Sqlite("empty"), Postgres());

        foreach (var (name, damaged) in damages)
        {
            Pack(name, damaged);
            foreach (var into in new[] { sqlite, postgres })
            {
                var found = new Ring();
                await Assert.ThrowsAsync<StoreCannotOpenException>(() => HouseMove.Import(into, found, File(name)));
                Assert.Empty(found.Ids);
            }
        }

        var bytes = await System.IO.File.ReadAllBytesAsync(File("sound"));
        await System.IO.File.WriteAllBytesAsync(File("half"), bytes[..(bytes.Length / 2)]);
        await Assert.ThrowsAsync<StoreCannotOpenException>(() => HouseMove.Import(sqlite, new Ring(), File("half")));

        await HouseMove.Import(sqlite, new Ring(), File("sound"));
        await HouseMove.Import(postgres, new Ring(), File("sound"));
    }

    [Fact]
    public async Task An_export_never_overwrites_and_is_its_owners_alone()
    {
        var here = Sqlite("here");
        await Assert.ThrowsAsync<StoreCannotOpenException>(() => HouseMove.Export(here, new Ring(), File("first")));
        SqliteDatabase.Open(here.DataFolder, TimeProvider.System).Dispose();

        await HouseMove.Export(here, new Ring(), File("first"));

        await Assert.ThrowsAsync<StoreCannotOpenException>(() => HouseMove.Export(here, new Ring(), File("first")));
        await Assert.ThrowsAsync<StoreCannotOpenException>(() => HouseMove.Export(here, new Ring(), _folder.File("missing/first")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File("first")));
    }

    [Fact]
    public async Task The_program_moves_a_house_that_is_lived_in_into_PostgreSQL_and_back()
    {
        var postgres = server.NewDatabase();
        var bytes = new byte[700_000];
        new Random(1).NextBytes(bytes);
        Belongings belongings;
        await using (var lived = await TestServer.Start())
        {
            belongings = await MoveIn(lived, bytes);
            Assert.Equal(0, await Program.Main(["--export", File("house"), "--LiveSupport:Data", lived.DataFolder]));
        }

        string[] there = ["--LiveSupport:Postgres", postgres, "--LiveSupport:Cluster:Membership", "localhost"];
        Assert.Equal(0, await Program.Main(["--import", File("house"), .. there, "--LiveSupport:Data", _folder.File("data")]));
        Assert.Equal(1, await Program.Main(["--import", File("house"), .. there, "--LiveSupport:Data", _folder.File("data")]));
        await using (var moved = await TestServer.Start(there))
            await AllIsThere(moved, belongings, bytes);

        Assert.Equal(0, await Program.Main(["export", File("back"), .. there, "--LiveSupport:Data", _folder.File("data")]));
        Assert.Equal(0, await Program.Main(["import", File("back"), "--LiveSupport:Data", _folder.File("home")]));
        await using var home = await TestServer.Start("--LiveSupport:Data", _folder.File("home"));
        await AllIsThere(home, belongings, bytes);
    }

    /// <param name="AccessToken">Protected by the key ring.</param>
    private sealed record Belongings(string Conversation, string File, string AccessToken, string ApiKey, string Agents);

    private static async Task<Belongings> MoveIn(TestServer server, byte[] bytes)
    {
        var visitor = await server.NewVisitor();
        using var http = server.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", visitor.AccessToken);
        var uploaded = await http.PostAsync("/api/widget/attachments?name=parcel.bin", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } });
        var file = (await uploaded.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        await using var hub = await visitor.Hub();
        var posted = await hub.Invoke<Posted>("Send", new { clientId = "m1", text = "Where is my parcel?", attachmentIds = new[] { file } });

        using var admin = await server.SignIn();
        var settings = (await admin.Http.GetFromJsonAsync<Dictionary<string, object?>>("/api/settings"))!;
        settings["teamName"] = "The movers";
        (await admin.Http.PutAsJsonAsync("/api/settings", settings)).EnsureSuccessStatusCode();
        var key = await admin.Http.PostAsJsonAsync("/api/api-keys", new { name = "Shop", scopes = new[] { "agents:read" } });
        var token = (await key.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return new Belongings(posted.ConversationId, file, visitor.AccessToken, token, await http.GetStringAsync("/api/v1/agents"));
    }

    private static async Task AllIsThere(TestServer server, Belongings belongings, byte[] bytes)
    {
        using var agent = await server.SignIn();
        Assert.Contains("Where is my parcel?", await agent.Http.GetStringAsync($"/api/conversations/{belongings.Conversation}"), StringComparison.Ordinal);
        Assert.Contains("The movers", await agent.Http.GetStringAsync("/api/settings"), StringComparison.Ordinal);
        Assert.Equal(bytes, await agent.Http.GetByteArrayAsync($"/api/attachments/{belongings.File}"));
        await TestServer.Eventually(async () =>
            (await agent.Http.GetStringAsync("/api/search?q=parcel")).Contains(belongings.Conversation, StringComparison.Ordinal));

        using var http = server.Http();
        Assert.Equal(bytes, await http.GetByteArrayAsync($"/api/widget/attachments/{belongings.File}?access_token={Uri.EscapeDataString(belongings.AccessToken)}"));
        http.DefaultRequestHeaders.Authorization = new("Bearer", belongings.ApiKey);
        Assert.Equal(belongings.Agents, await http.GetStringAsync("/api/v1/agents"));
    }

    /// <summary>More than fits into one statement, in every shape that matters.</summary>
    private static async Task Furnish(IGrainStorage grains, IConversationStore rows)
    {
        await Task.WhenAll(Enumerable.Range(0, 1_200).Select(i =>
            grains.WriteStateAsync("s", GrainId.Create("t", $"w/{i}"), new GrainState<List<string>>([$"state {i}"]))));
        await grains.WriteStateAsync("s", GrainId.Create("t", "w/Ünicode 🧶"), new GrainState<List<string>>(["\0 \"quoted\"\n<b>"]));
        await grains.WriteStateAsync("other", GrainId.Create("t", "w/0"), new GrainState<List<string>>([]));
        await grains.WriteStateAsync("s", GrainId.Create("t", "big"), new GrainState<List<string>>([new string('ü', 300_000)]));
        await rows.Upsert("w", [.. Enumerable.Range(0, 1_099).Select(i => PostgresDatabaseTests.Write($"c{i:0000}", $"parcel {i}"))]);
        var rich = PostgresDatabaseTests.Write("rich", "Zoë's first words");
        await rows.Upsert("w", [rich with
        {
            Row = rich.Row with { Status = Status.Solved, Owner = new AgentRef("anna", "Anna"), Visitor = new Contact("v1", "Zoë Müller", "zoe@example.com", true), Reads = rich.Row.Reads.Add("anna", 3) },
            Texts = [.. rich.Texts, new IndexedEntry(2, "before\0after \ud800 lone", DateTimeOffset.UnixEpoch.AddTicks(7)), new IndexedEntry(3, "", DateTimeOffset.UnixEpoch)],
        }]);
    }

    private static async Task LooksLikeHome(IGrainStorage grains, IConversationStore rows)
    {
        var read = new GrainState<List<string>>();
        await grains.ReadStateAsync("s", GrainId.Create("t", "w/Ünicode 🧶"), read);
        Assert.Equal(["\0 \"quoted\"\n<b>"], read.State!);
        await grains.WriteStateAsync("s", GrainId.Create("t", "w/Ünicode 🧶"), read);
        Assert.Equal(1_099, (await rows.Load("w")).Unsolved.Count);
        Assert.Equal(1, (await rows.Load("w")).Solved["anna"]);
        Assert.Equal(3, (await rows.Find("w", "rich"))!.Reads["anna"]);
        Assert.Equal("c1098", (await rows.Search("w", "parcel", 5)).Messages[0].ConversationId);
        Assert.Single((await rows.Search("w", "before lone", 5)).Messages);
        Assert.Single((await rows.Search("w", "zoe muller", 5)).Visitors);
    }

    private SiloOptions Sqlite(string name) => new() { DataFolder = _folder.File(name) };

    private SiloOptions Postgres() => new() { DataFolder = _folder.File("unused"), Postgres = server.NewDatabase() };

    private string File(string name) => _folder.File(name + ".jsonl.gz");

    private string Unpacked(string name)
    {
        using var gzip = new GZipStream(System.IO.File.OpenRead(File(name)), CompressionMode.Decompress);
        using var text = new StreamReader(gzip);
        return text.ReadToEnd();
    }

    private void Pack(string name, string[] lines)
    {
        using var gzip = new GZipStream(System.IO.File.Create(File(name)), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
    }

    private sealed class Ring(params string[] ids) : IXmlRepository
    {
        private readonly List<XElement> _keys = [.. ids.Select(id => new XElement("key", new XAttribute("id", id), new XElement("secret", "s")))];

        public IEnumerable<string> Ids => _keys.Select(key => key.Attribute("id")!.Value);

        public IReadOnlyCollection<XElement> GetAllElements() => _keys;

        public void StoreElement(XElement element, string friendlyName) => _keys.Add(element);
    }
}
