using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Edge;

/// <summary>Files of messages, from the upload to whoever may see them.</summary>
public sealed class AttachmentTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Fact]
    public async Task A_visitors_picture_is_seen_by_the_agent_whose_file_the_visitor_gets()
    {
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        var picture = await Upload(visitor, "a photo.png", "image/png", Png);
        Assert.Equal(("a photo.png", "image/png", Png.Length), (picture.Name, picture.ContentType, (int)picture.Size));

        var message = new { clientId = "picture", text = "", attachmentIds = new[] { picture.Id } };
        var posted = await hub.Invoke<Posted>("Send", message);
        Assert.Equal(posted, await hub.Invoke<Posted>("Send", message));
        var entry = await hub.Event("entry", live => live.GetProperty("entry").GetProperty("id").ValueEquals("picture"));
        Assert.Equal("attachment", entry.GetProperty("entry").GetProperty("kind").GetString());
        Assert.Equal("a photo.png", entry.GetProperty("entry").GetProperty("attachments")[0].GetProperty("name").GetString());

        using var agent = await server.SignIn();
        using var shown = await agent.Http.GetAsync($"/api/attachments/{picture.Id}");
        Assert.Equal(Png, await shown.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", shown.Content.Headers.ContentType?.ToString());
        Assert.Equal("inline", shown.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("nosniff", shown.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("sandbox", shown.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.True(shown.Headers.CacheControl?.Private);

        var answer = await Upload(agent, "invoice.pdf", "application/pdf", "%PDF-1.7"u8.ToArray());
        await using var desk = await agent.Hub();
        await desk.Invoke("Send", new
        {
            conversationId = posted.ConversationId,
            clientId = "file",
            text = "Here it is",
            kind = "reply",
            attachmentIds = new[] { answer.Id },
        });
        using var http = server.Http();
        using var file = await http.GetAsync($"/api/widget/attachments/{answer.Id}?access_token={Uri.EscapeDataString(visitor.AccessToken)}");
        Assert.Equal("%PDF-1.7", await file.Content.ReadAsStringAsync());
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("invoice.pdf", file.Content.Headers.ContentDisposition?.FileNameStar);
    }

    [Fact]
    public async Task A_message_that_comes_again_when_its_conversation_is_over_is_the_same_only_with_the_same_file()
    {
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        var (picture, other) = (await Upload(visitor, "one.png", "image/png", Png), await Upload(visitor, "two.png", "image/png", Png));
        var message = new { clientId = "picture", text = "Look", attachmentIds = new[] { picture.Id } };
        var posted = await hub.Invoke<Posted>("Send", message);
        await hub.Invoke("End", new { conversationId = posted.ConversationId });
        var next = await hub.Invoke<Posted>("Send", new { clientId = "next", text = "Something else" });

        Assert.Equal(posted, await hub.Invoke<Posted>("Send", message));
        foreach (var attachmentIds in new string[][] { [], [other.Id] })
            Assert.Equal("conflict", (await Assert.ThrowsAsync<HubError>(() => hub.Invoke("Send", new { message.clientId, message.text, attachmentIds }))).Code);
        // What was refused has taken no file.
        Assert.Equal(next.ConversationId, (await hub.Invoke<Posted>("Send", new { clientId = "other", text = "", attachmentIds = new[] { other.Id } })).ConversationId);
    }

    [Fact]
    public async Task Only_whose_conversation_it_is_may_have_it()
    {
        var visitor = await server.NewVisitor();
        var file = await Upload(visitor, "mine.txt", "text/plain", "mine"u8.ToArray());
        await using var hub = await visitor.Hub();
        var posted = await hub.Invoke<Posted>("Send", new { clientId = "a", text = "", attachmentIds = new[] { file.Id } });

        var other = await server.NewVisitor();
        Assert.Equal(HttpStatusCode.NotFound, await Status(other, file.Id));
        Assert.Equal(HttpStatusCode.OK, await Status(visitor, file.Id));
        using var http = server.Http();
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync($"/api/attachments/{file.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync($"/api/widget/attachments/{file.Id}?access_token=no")).StatusCode);

        await using var others = await other.Hub();
        Assert.Equal("not-found", (await Refused(others, new { clientId = "b", text = "", attachmentIds = new[] { file.Id } })).Code);
        Assert.Equal("conflict", (await Refused(hub, new { clientId = "c", text = "", attachmentIds = new[] { file.Id } })).Code);

        using var agent = await server.NewAgent("Noah");
        await using var desk = await agent.Hub();
        var stolen = new { conversationId = posted.ConversationId, clientId = "d", text = "", kind = "reply", attachmentIds = new[] { file.Id } };
        Assert.Equal("not-found", (await Assert.ThrowsAsync<HubError>(() => desk.Invoke("Send", stolen))).Code);
    }

    [Fact]
    public async Task A_program_gets_the_files_that_messages_name_and_no_other()
    {
        var visitor = await server.NewVisitor();
        var bytes = Enumerable.Range(0, 3 * Limits.AttachmentPiece / 2).Select(i => (byte)(i % 251)).ToArray();
        var sent = await Upload(visitor, "log.bin", "application/octet-stream", bytes);
        var kept = await Upload(visitor, "draft.txt", "text/plain", "not yet"u8.ToArray());
        await using var hub = await visitor.Hub();
        var posted = await hub.Invoke<Posted>("Send", new { clientId = "file", text = "", attachmentIds = new[] { sent.Id } });

        using var program = await server.NewProgram(Scopes.ConversationsRead);
        var entries = await program.GetFromJsonAsync<JsonElement>($"/api/v1/conversations/{posted.ConversationId}/entries");
        var id = entries.GetProperty("entries")[0].GetProperty("attachments")[0].GetProperty("id").GetString();
        using var file = await program.GetAsync($"/api/v1/attachments/{id}");
        Assert.Equal(bytes, await file.Content.ReadAsByteArrayAsync());
        Assert.Equal("log.bin", file.Content.Headers.ContentDisposition?.FileNameStar);

        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync($"/api/v1/attachments/{kept.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.GetAsync($"/api/v1/attachments/{id}?size=small")).StatusCode);
        using var another = await server.NewProgram(Scopes.VisitorsRead);
        Assert.Equal(HttpStatusCode.Forbidden, (await another.GetAsync($"/api/v1/attachments/{id}")).StatusCode);
    }

    [Fact]
    public async Task A_notes_file_stays_among_agents()
    {
        var visitor = await server.NewVisitor();
        var conversation = await visitor.Write("Hello");
        using var agent = await server.SignIn();
        await using var desk = await agent.Hub();
        var file = await Upload(agent, "secret.png", "image/png", Png);
        await desk.Invoke("Send", new { conversationId = conversation, clientId = "n", text = "Look", kind = "note", attachmentIds = new[] { file.Id } });

        Assert.Equal(HttpStatusCode.NotFound, await Status(visitor, file.Id));
        Assert.Equal(HttpStatusCode.OK, (await agent.Http.GetAsync($"/api/attachments/{file.Id}")).StatusCode);
        await using var hub = await visitor.Hub();
        var seen = await hub.Invoke("Sync", new { conversationId = conversation, rev = -1 });
        Assert.DoesNotContain("secret.png", seen.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_message_leaves_its_file_for_the_next_one()
    {
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        await hub.Invoke("Send", new { clientId = "a", text = "first" });
        var file = await Upload(visitor, "a.txt", "text/plain", "a"u8.ToArray());
        Assert.Equal("conflict", (await Refused(hub, new { clientId = "a", text = "second", attachmentIds = new[] { file.Id } })).Code);
        await hub.Invoke("Send", new { clientId = "b", text = "second", attachmentIds = new[] { file.Id } });
    }

    [Theory]
    [InlineData("""{"clientId":"x","text":"","attachmentIds":[]}""", "bad-request")]
    [InlineData("""{"clientId":"x","text":"x","attachmentIds":["../../etc"]}""", "not-found")]
    [InlineData("""{"clientId":"x","text":"x","attachmentIds":["a","a"]}""", "bad-request")]
    [InlineData("""{"clientId":"x","text":"x","attachmentIds":[7]}""", "bad-request")]
    [InlineData("""{"clientId":"x","text":"x","attachmentIds":"a"}""", "bad-request")]
    [InlineData("""{"clientId":"x","text":"x","attachmentIds":["a","b","c","d","e","f","g","h","i","j","k"]}""", "too-long")]
    public async Task A_message_names_files_that_it_may_have(string message, string code)
    {
        var visitor = await server.NewVisitor();
        await using var hub = await visitor.Hub();
        Assert.Equal(code, (await Assert.ThrowsAsync<HubError>(() => hub.InvokeRaw("Send", message))).Code);
        await hub.Invoke("Send", new { clientId = "after", text = "It lives" });
    }

    [Theory]
    [InlineData("photo.png", "image/png", "<html><script>alert(1)</script>", "application/octet-stream", "photo.png")]
    [InlineData("page.html", "text/html; charset=utf-8", "<html><script>alert(1)</script>", "text/html", "page.html")]
    [InlineData("drawing.svg", "image/svg+xml", "<svg onload='alert(1)'/>", "image/svg+xml", "drawing.svg")]
    [InlineData("../../../etc/passwd", "text/plain", "x", "text/plain", "passwd")]
    [InlineData("C:\\Users\\me\\a.txt", "text/plain", "x", "text/plain", "a.txt")]
    [InlineData("quo\"te;\r\nSet-Cookie: a=b.txt", "text/plain", "x", "text/plain", "quo\"te;Set-Cookie: a=b.txt")]
    [InlineData("invoice\u202Egnp.exe", "nonsense", "x", "application/octet-stream", "invoicegnp.exe")]
    [InlineData("Grüße 🌸.txt", "*/*", "x", "application/octet-stream", "Grüße 🌸.txt")]
    [InlineData("..", "", "x", "application/octet-stream", "file")]
    public async Task What_is_no_picture_is_saved_under_a_clean_name(string name, string type, string content, string stored, string cleaned)
    {
        using var agent = await server.SignIn();
        var file = await Upload(agent, name, type, Encoding.UTF8.GetBytes(content));
        Assert.Equal((cleaned, stored), (file.Name, file.ContentType));

        using var saved = await agent.Http.GetAsync($"/api/attachments/{file.Id}");
        Assert.Equal("attachment", saved.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal(cleaned, saved.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.Equal(stored, saved.Content.Headers.ContentType?.MediaType);
        Assert.Equal(content, await saved.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_long_name_keeps_its_ending()
    {
        using var agent = await server.SignIn();
        var file = await Upload(agent, new string('n', 400) + ".pdf", "application/pdf", "x"u8.ToArray());
        Assert.Equal(Limits.Name, file.Name.Length);
        Assert.EndsWith("n.pdf", file.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twenty_five_megabytes_are_taken_and_one_byte_more_is_not()
    {
        using var agent = await server.SignIn();
        var largest = new byte[Limits.Attachment];
        new Random(1).NextBytes(largest);
        var file = await Upload(agent, "large.bin", "application/zip", largest);
        Assert.Equal(largest, await agent.Http.GetByteArrayAsync($"/api/attachments/{file.Id}"));

        using var known = await Post(agent.Http, "/api/attachments", "a", new ByteArrayContent(new byte[Limits.Attachment + 1]));
        await IsProblem(known, HttpStatusCode.RequestEntityTooLarge, "too-long");
        // Its length is not said before.
        using var flowing = await Post(agent.Http, "/api/attachments", "a", new StreamContent(new Endless(Limits.Attachment + 1)));
        await IsProblem(flowing, HttpStatusCode.RequestEntityTooLarge, "too-long");
    }

    [Fact]
    public async Task Nothing_and_nobody_are_refused()
    {
        using var agent = await server.SignIn();
        using var empty = await Post(agent.Http, "/api/attachments", "a", new ByteArrayContent([]));
        await IsProblem(empty, HttpStatusCode.BadRequest, "bad-request");

        using var stranger = server.Http();
        using var unsigned = await Post(stranger, "/api/attachments", "a", new ByteArrayContent([1]));
        await IsProblem(unsigned, HttpStatusCode.Unauthorized, "not-signed-in");
        using var unknown = await Post(stranger, "/api/widget/attachments", "a", new ByteArrayContent([1]));
        await IsProblem(unknown, HttpStatusCode.Unauthorized, "token-invalid");

        agent.Http.DefaultRequestHeaders.Remove("X-LiveSupport");
        using var forged = await Post(agent.Http, "/api/attachments", "a", new ByteArrayContent([1]));
        await IsProblem(forged, HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task An_upload_that_is_cut_off_leaves_nothing()
    {
        using var agent = await server.SignIn();
        var before = await Pieces();
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port);
        await using (var stream = socket.GetStream())
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/attachments?name=half HTTP/1.1\r\nHost: {server.Url.Authority}\r\nCookie: {agent.Cookie}\r\nX-LiveSupport: 1\r\n"
                + "Content-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n"));
            await stream.WriteAsync(new byte[600_000]);
            await TestServer.Eventually(async () => await Pieces() > before);
        }
        await TestServer.Eventually(async () => await Pieces() == before);
    }

    [Fact]
    public async Task A_flood_is_held_up()
    {
        await using var strict = await TestServer.Start("--LiveSupport:Limits:UploadBurst=2", "--LiveSupport:Limits:UploadsPerSecond=0.001");
        var visitor = await strict.NewVisitor();
        using var http = strict.Http();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", visitor.AccessToken);
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.Created, (await Post(http, "/api/widget/attachments", "a", new ByteArrayContent([1]))).StatusCode);
        using var third = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent([1]));
        await IsProblem(third, HttpStatusCode.TooManyRequests, "rate-limited");
    }

    [Fact]
    public async Task A_visitors_files_have_a_limit_together_and_what_came_to_nothing_does_not_count()
    {
        const int Half = 600 * 1024;
        await using var strict = await TestServer.Start("--LiveSupport:Limits:VisitorStorageMb=1");
        var visitor = await strict.NewVisitor();
        using var http = strict.Http();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", visitor.AccessToken);
        using var empty = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent([]));
        await IsProblem(empty, HttpStatusCode.BadRequest, "bad-request");
        using var large = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent(new byte[2 * Half]));
        await IsProblem(large, HttpStatusCode.RequestEntityTooLarge, "too-long");

        using var first = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent(new byte[Half]));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        using var second = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent(new byte[Half]));
        Assert.Contains("at most 1 MB", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await IsProblem(second, HttpStatusCode.RequestEntityTooLarge, "too-long");
        using var small = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent(new byte[1024]));
        Assert.Equal(HttpStatusCode.Created, small.StatusCode);

        var other = await strict.NewVisitor();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", other.AccessToken);
        using var theirs = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent(new byte[Half]));
        Assert.Equal(HttpStatusCode.Created, theirs.StatusCode);
    }

    [Fact]
    public async Task Files_that_are_not_sent_have_a_limit_by_address_however_many_visitors_there_are()
    {
        await using var strict = await TestServer.Start("--LiveSupport:Limits:AddressUnsentMb=2", "--LiveSupport:Limits:UnsentMb=3");
        var visitor = await strict.NewVisitor();
        var file = await Upload(visitor);
        await Upload(await strict.NewVisitor());
        var other = await strict.NewVisitor();
        Assert.InRange(await Refused(other), TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        await Upload(other, "127.0.0.2");
        Assert.InRange(await Refused(other, "127.0.0.3"), TimeSpan.FromHours(23), TimeSpan.FromHours(24));

        await using var hub = await visitor.Hub();
        await hub.Invoke("Send", new { clientId = "a", text = "", attachmentIds = new[] { file.Id } });
        await Upload(other);

        async Task<HttpResponseMessage> Try(Visitor who, string from)
        {
            using var http = strict.Http(from);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", who.AccessToken);
            return await Post(http, "/api/widget/attachments", "a", new ByteArrayContent([1]));
        }

        async Task<Attachment> Upload(Visitor who, string from = "127.0.0.1")
        {
            using var answer = await Try(who, from);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<Attachment>(WireJson.Options))!;
        }

        async Task<TimeSpan> Refused(Visitor who, string from = "127.0.0.1")
        {
            using var answer = await Try(who, from);
            await IsProblem(answer, HttpStatusCode.TooManyRequests, "rate-limited");
            return answer.Headers.RetryAfter!.Delta!.Value;
        }
    }

    [Fact]
    public async Task Files_from_one_address_have_a_limit_sent_or_not_and_what_came_to_nothing_does_not_count()
    {
        await using var strict = await TestServer.Start("--LiveSupport:Limits:AddressUploadMbBurst=1", "--LiveSupport:Limits:AddressUploadMbPerSecond=0.001");
        using var http = strict.Http();
        foreach (var (size, status) in ((int, HttpStatusCode)[])[
            (0, HttpStatusCode.BadRequest), (600 * 1024, HttpStatusCode.Created), (600 * 1024, HttpStatusCode.TooManyRequests), (100 * 1024, HttpStatusCode.Created)])
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await strict.NewVisitor()).AccessToken);
            using var answer = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent(new byte[size]));
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task An_upload_of_a_visitor_that_is_cut_off_does_not_count()
    {
        await using var strict = await TestServer.Start("--LiveSupport:Limits:VisitorStorageMb=1");
        var visitor = await strict.NewVisitor();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(strict.Url.Host, strict.Url.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/widget/attachments?name=half HTTP/1.1\r\nHost: {strict.Url.Authority}\r\nAuthorization: Bearer {visitor.AccessToken}\r\n"
                + "Content-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n"));
            await stream.WriteAsync(new byte[600_000]);
            await TestServer.Eventually(async () => await Pieces(strict) > 0);
        }
        await TestServer.Eventually(async () => await Pieces(strict) == 0);
        using var http = strict.Http();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", visitor.AccessToken);
        await TestServer.Eventually(async () =>
        {
            using var again = await Post(http, "/api/widget/attachments", "a", new ByteArrayContent(new byte[600_000]));
            return again.StatusCode == HttpStatusCode.Created;
        });
    }

    private Task<long> Pieces() => Pieces(server);

    private static Task<long> Pieces(TestServer server) => server.Services.GetRequiredService<SqliteDatabase>().Readers.Read(connection =>
    {
        using var count = connection.Use("SELECT count(*) FROM grain WHERE type = 'attachment' AND name LIKE 'piece-%'");
        return count.Step() ? count.Number(0) : 0;
    });

    private static Task<Attachment> Upload(Browser agent, string name, string type, byte[] bytes) => Upload(agent.Http, "/api/attachments", name, type, bytes);

    private async Task<Attachment> Upload(Visitor visitor, string name, string type, byte[] bytes)
    {
        using var http = server.Http();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", visitor.AccessToken);
        return await Upload(http, "/api/widget/attachments", name, type, bytes);
    }

    private static async Task<Attachment> Upload(HttpClient http, string path, string name, string type, byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await Post(http, path, name, content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<Attachment>(WireJson.Options))!;
    }

    private static Task<HttpResponseMessage> Post(HttpClient http, string path, string name, HttpContent content) =>
        http.PostAsync($"{path}?name={Uri.EscapeDataString(name)}", content);

    private async Task<HttpStatusCode> Status(Visitor visitor, string id)
    {
        using var http = server.Http();
        using var answer = await http.GetAsync($"/api/widget/attachments/{id}?access_token={Uri.EscapeDataString(visitor.AccessToken)}");
        return answer.StatusCode;
    }

    private static Task<HubError> Refused(HubClient hub, object message) => Assert.ThrowsAsync<HubError>(() => hub.Invoke("Send", message));

    private static async Task IsProblem(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    /// <summary>So many bytes, whose number nobody knows before.</summary>
    private sealed class Endless(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(_left, count);
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
