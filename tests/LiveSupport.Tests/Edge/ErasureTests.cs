using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Tests.Storage;
using LiveSupport.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LiveSupport.Tests.Edge;

/// <summary>
/// A person whose every trace holds one word that nothing else holds is erased; then the word is looked for: in all
/// that the server answers, in every table, and in the file.
/// </summary>
[Collection(PostgresTests.Name)]
public sealed class ErasureTests(PostgresServer postgres)
{
    private const string Word = "zqxmarker";

    private static readonly string[] Settings =
    [
        "--LiveSupport:Integrations:AllowPrivate=true", "--LiveSupport:Limits:MessageBurst=1000", "--LiveSupport:Limits:CallBurst=1000",
    ];

    /// <summary>Its bytes as a stored file has them.</summary>
    private static readonly string InBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Word));

    [Fact]
    public async Task Of_an_erased_person_no_file_of_the_data_folder_holds_a_trace()
    {
        var data = Directory.CreateTempSubdirectory("livesupport-erase-");
        var copy = Directory.CreateTempSubdirectory("livesupport-erased-");
        try
        {
            await using (var server = await TestServer.StartOn(data, Settings))
            {
                await EraseAndLook(server);
                foreach (var file in data.GetFiles($"{SqliteDatabase.FileName}*"))
                    file.CopyTo(Path.Combine(copy.FullName, file.Name));
            }
            Assert.Empty(copy.GetFiles().Where(file => Holds(Encoding.Latin1.GetString(File.ReadAllBytes(file.FullName)))).Select(file => file.Name));
            Assert.Empty(Traces(Tables(Path.Combine(copy.FullName, SqliteDatabase.FileName))));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Of_an_erased_person_no_table_of_PostgreSQL_holds_a_trace()
    {
        var connection = postgres.NewDatabase();
        await using var server = await TestServer.Start(
            [.. Settings, "--LiveSupport:Postgres", connection, "--LiveSupport:Cluster:Membership", "localhost"]);
        await EraseAndLook(server);
        Assert.Empty(Traces(await Tables(new NpgsqlConnection(connection))));
    }

    private static async Task EraseAndLook(TestServer server)
    {
        await using var outside = await Outside.Start();
        using var admin = await server.SignIn();
        using var program = await server.NewProgram();
        await using var desk = await admin.Hub();
        (await admin.Http.PutAsJsonAsync("/api/integrations/card", new { title = "Loyalty", url = outside.Url + "/card?email={email}", secret = "secret" }))
            .EnsureSuccessStatusCode();
        (await program.PostAsJsonAsync("/api/v1/webhooks", new { url = outside.Url + "/hook", events = WebhookTypes.All })).EnsureSuccessStatusCode();

        // Somebody else, of whom nothing may be lost.
        var other = await server.NewVisitor();
        var others = await other.Write("Where is my parcel?");

        // A person, with the word wherever it can stand.
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        await hub.Invoke("Page", new { url = $"https://shop.example/{Word}", title = Word });
        await hub.Invoke("Identify", new { name = $"{Word} First", email = $"{Word}.first@example.com" });
        await hub.Invoke("Identify", new { name = $"{Word} Person", email = $"{Word}@example.com" });
        var theirs = await Upload(server, "/api/widget/attachments", visitor.AccessToken);
        var nobodys = await Upload(server, "/api/widget/attachments", visitor.AccessToken);
        var first = (await hub.Invoke<Posted>("Send", new { clientId = $"{Word}-file", text = $"See {Word}", attachmentIds = new[] { theirs } })).ConversationId;
        for (var i = 0; i < 40; i++)
            await hub.Invoke<Posted>("Send", new { clientId = $"m{i}", text = $"{Word} number {i}, {new string('x', 200)}" });
        await hub.Invoke("TalkToHuman");
        await desk.Invoke("Open", first);
        await desk.Invoke("Join", first);
        var ours = await Upload(server, "/api/attachments", null, admin);
        await desk.Invoke("Send", new { conversationId = first, clientId = "a1", text = $"Dear {Word}", kind = "reply", attachmentIds = new[] { ours } });
        await desk.Invoke("Send", new { conversationId = first, clientId = "n1", text = $"Note on {Word}", kind = "note" });
        var assigned = await Once(program, $"/api/v1/conversations/{first}/assign", new { agentId = (string?)null });
        Assert.True(Holds(await assigned.Content.ReadAsStringAsync()));
        var made = await Once(program, "/api/v1/visitors", new { name = $"{Word} Third", email = $"{Word}.third@example.com" });
        var third = (await Json(made)).GetProperty("id").GetString();
        await hub.Invoke("Rate", new { conversationId = first, score = 4, comment = $"Says {Word}" });
        await hub.Invoke("End", new { conversationId = first });
        var second = (await hub.Invoke<Posted>("Send", new { clientId = "second", text = $"Again {Word}" })).ConversationId;
        Assert.NotEqual(first, second);
        await TestServer.Eventually(async () => (await admin.Http.GetStringAsync($"/api/visitors/{visitor.Id}")).Contains($"Gold {Word}", StringComparison.Ordinal));
        await TestServer.Eventually(async () => Found(await Search(admin)) is ( > 0, > 0, > 0));
        await TestServer.Eventually(() => Task.FromResult(outside.Told(second).Contains("message.created")));

        var answer = await program.DeleteAsync($"/api/v1/visitors/{visitor.Id}");
        var receipt = await Json(answer);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(visitor.Id, receipt.GetProperty("visitorId").GetString());
        Assert.Equal(2, receipt.GetProperty("conversations").GetInt32());
        Assert.True(receipt.GetProperty("entries").GetInt64() > 45);
        Assert.Equal(2, receipt.GetProperty("attachments").GetInt32());
        Assert.Equal(["card"], receipt.GetProperty("caches").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(receipt.GetRawText(), (await Json(await program.DeleteAsync($"/api/v1/visitors/{visitor.Id}"))).GetRawText());
        Assert.Equal(receipt.GetRawText(), (await Json(await admin.Http.DeleteAsync($"/api/visitors/{visitor.Id}"))).GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await program.DeleteAsync("/api/v1/visitors/nobody")).StatusCode);

        // One who never wrote; and whoever repeats a call gets neither the answer nor the person again.
        var nothing = await Json(await program.DeleteAsync($"/api/v1/visitors/{third}"));
        Assert.Equal((0, 0), (nothing.GetProperty("conversations").GetInt32(), nothing.GetProperty("attachments").GetInt32()));
        Assert.Equal(HttpStatusCode.Gone, (await Once(program, $"/api/v1/conversations/{first}/assign", new { agentId = (string?)null })).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await Once(program, "/api/v1/visitors", new { name = $"{Word} Third", email = $"{Word}.third@example.com" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync($"/api/v1/visitors/{third}")).StatusCode);

        // The open dashboard and the open widget hear of it.
        await desk.Event("entry", live => live.GetProperty("entry").TryGetProperty("code", out var code) && code.ValueEquals(SystemCodes.Erased));
        await hub.Closed.WaitAsync(TestServer.Patience);
        using var http = server.Http();
        var again = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", visitorToken = visitor.Token });
        Assert.Equal(Codes.TokenInvalid, (await Json(again)).GetProperty("code").GetString());
        await using (var late = await visitor.Hub())
        {
            // The access token lives on for minutes, and opens nothing.
            Assert.Equal(Codes.NotFound, (await Assert.ThrowsAsync<HubError>(() => late.Invoke("Send", new { clientId = "late", text = Word }))).Code);
            Assert.Equal(Codes.NotFound, (await Assert.ThrowsAsync<HubError>(() => late.Invoke("Sync", new { conversationId = first, rev = -1 }))).Code);
            await Assert.ThrowsAsync<HubError>(() => late.Invoke("TalkToHuman"));
        }
        await TestServer.Eventually(() => Task.FromResult(
            outside.Told(first).Contains("conversation.erased") && outside.Told(second).Contains("conversation.erased")));

        // Nothing that anybody can ask for tells of the person.
        Assert.Equal((0, 0, 0), Found(await Search(admin)));
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync($"/api/visitors/{visitor.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync($"/api/attachments/{theirs}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync($"/api/attachments/{ours}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync($"/api/attachments/{nobodys}")).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => Upload(server, "/api/widget/attachments", visitor.AccessToken));
        var hooks = (await program.GetFromJsonAsync<JsonElement>("/api/v1/webhooks"))[0].GetProperty("endpoint").GetProperty("id").GetString();
        foreach (var path in new[]
        {
            "/api/conversations", "/api/conversations?filter=solved", $"/api/conversations/{first}", $"/api/conversations/{second}",
            $"/api/conversations/{first}/entries", $"/api/conversations/{first}/entries?before=20", $"/api/operations/conversations/{first}", "/api/operations",
            $"/api/webhooks/{hooks}",
        })
        {
            var said = await admin.Http.GetAsync(path);
            Assert.True(said.IsSuccessStatusCode, path);
            Assert.False(Holds(await said.Content.ReadAsStringAsync()), path);
        }
        foreach (var path in new[]
        {
            "/api/v1/conversations", $"/api/v1/conversations/{first}", $"/api/v1/conversations/{first}/entries?after=0", "/api/v1/visitors",
            $"/api/v1/visitors?email={Word}@example.com", $"/api/v1/conversations?visitorId={visitor.Id}",
        })
        {
            var said = await program.GetAsync(path);
            Assert.True(said.IsSuccessStatusCode, path);
            Assert.False(Holds(await said.Content.ReadAsStringAsync()), path);
        }
        var left = await admin.Http.GetFromJsonAsync<JsonElement>($"/api/conversations/{first}");
        Assert.Equal(SystemCodes.Erased, Assert.Single(left.GetProperty("entries").EnumerateArray()).GetProperty("code").GetString());
        Assert.Contains("Where is my parcel?", await admin.Http.GetStringAsync($"/api/conversations/{others}"), StringComparison.Ordinal);
    }

    private static async Task<string> Upload(TestServer server, string path, string? accessToken, Browser? agent = null)
    {
        using var http = server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{path}?name={Word}.txt")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Word, 1_000))))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("text/plain") },
            },
        };
        if (accessToken is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var made = await (agent?.Http ?? http).SendAsync(request);
        return (await Json(made.EnsureSuccessStatusCode())).GetProperty("id").GetString()!;
    }

    /// <summary>Under a key of that path, so that it is done once.</summary>
    private static Task<HttpResponseMessage> Once(HttpClient program, string path, object body) => program.SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
    {
        Content = JsonContent.Create(body),
        Headers = { { "Idempotency-Key", path.Replace('/', '-') } },
    });

    private static Task<JsonElement> Search(Browser agent) => agent.Http.GetFromJsonAsync<JsonElement>($"/api/search?q={Word}");

    private static (int Conversations, int Visitors, int Messages) Found(JsonElement hits) => (
        hits.GetProperty("conversations").GetArrayLength(), hits.GetProperty("visitors").GetArrayLength(), hits.GetProperty("messages").GetArrayLength());

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    private static bool Holds(string text) =>
        text.Contains(Word, StringComparison.OrdinalIgnoreCase) || text.Contains(InBase64, StringComparison.Ordinal);

    private static IEnumerable<string> Traces(IEnumerable<(string Where, string Text)> cells) =>
        cells.Where(cell => Holds(cell.Text)).Select(cell => $"{cell.Where}: {cell.Text[..Math.Min(cell.Text.Length, 300)]}");

    /// <summary>Every cell of every table, the search's own among them, and its words.</summary>
    private static List<(string Where, string Text)> Tables(string file)
    {
        var cells = new List<(string, string)>();
        using var connection = Connection.ForReading(file);
        connection.Execute("""
            CREATE VIRTUAL TABLE temp.text_words USING fts5vocab (main, text_search, row);
            CREATE VIRTUAL TABLE temp.person_words USING fts5vocab (main, person_search, row);
            """);
        var tables = new List<string> { "temp.text_words", "temp.person_words" };
        using (var names = connection.Use("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('text_search', 'person_search')"))
        {
            while (names.Step())
                tables.Add(names.Text(0));
        }
        foreach (var table in tables)
        {
            var columns = new List<string>();
            using (var names = connection.Use($"SELECT name FROM pragma_table_info('{table.Split('.')[^1]}')"))
            {
                while (names.Step())
                    columns.Add(names.Text(0));
            }
            foreach (var column in columns)
            {
                using var all = connection.Use($"SELECT CAST(\"{column}\" AS BLOB) FROM {table}");
                while (all.Step())
                    cells.Add(($"{table}.{column}", all.IsNull(0) ? "" : Encoding.Latin1.GetString(all.Bytes(0))));
            }
        }
        Assert.Contains(cells, cell => cell.Item2.Contains("parcel", StringComparison.Ordinal));
        return cells;
    }

    private static async Task<List<(string Where, string Text)>> Tables(NpgsqlConnection connection)
    {
        await using var closes = connection;
        await connection.OpenAsync();
        var columns = new List<(string Table, string Column, string As)>();
        await using (var names = new NpgsqlCommand(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'", connection))
        await using (var found = await names.ExecuteReaderAsync())
        {
            while (await found.ReadAsync())
                columns.Add((found.GetString(0), found.GetString(1), found.GetString(2) == "bytea" ? $"encode(\"{found.GetString(1)}\", 'escape')" : $"\"{found.GetString(1)}\"::text"));
        }
        var cells = new List<(string, string)>();
        foreach (var (table, column, text) in columns)
        {
            await using var all = new NpgsqlCommand($"SELECT {text} FROM \"{table}\"", connection);
            await using var found = await all.ExecuteReaderAsync();
            while (await found.ReadAsync())
                cells.Add(($"{table}.{column}", found.IsDBNull(0) ? "" : found.GetString(0)));
        }
        Assert.Contains(cells, cell => cell.Item2.Contains("parcel", StringComparison.Ordinal));
        return cells;
    }

    /// <summary>A company's own system, and a receiver of webhooks that answers with what it was sent.</summary>
    private sealed class Outside : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly System.Collections.Concurrent.ConcurrentQueue<(string? Conversation, string Type)> _told = new();

        private Outside(WebApplication app) => _app = app;

        public string Url { get; private set; } = "";

        public IEnumerable<string> Told(string conversationId) => _told.Where(one => one.Conversation == conversationId).Select(one => one.Type);

        public static async Task<Outside> Start()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
            var outside = new Outside(builder.Build());
            outside._app.MapGet("/card", () => new { title = "Loyalty", fields = new[] { new { label = "Tier", value = $"Gold {Word}" } } });
            outside._app.MapPost("/hook", (JsonElement body) =>
            {
                outside._told.Enqueue((body.GetProperty("data").GetProperty("conversation").GetProperty("id").GetString(), body.GetProperty("type").GetString()!));
                return Results.Text(body.GetProperty("data").GetRawText());
            });
            await outside._app.StartAsync();
            outside.Url = outside._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            return outside;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
