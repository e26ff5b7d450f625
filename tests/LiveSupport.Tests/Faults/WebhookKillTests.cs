using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Storage;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Faults;

/// <summary>What happened is told, whatever kills the server and whenever: nothing is lost, and of each conversation in order.</summary>
public sealed class WebhookKillTests
{
    private const int Conversations = 8;
    private const int Rounds = 3;
    private const int MessagesPerRound = 60;

    [Fact]
    public async Task Nothing_is_left_untold_by_kill_9()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await WebhookReceiver.Start();
        var (key, webhook) = ("", "");
        List<string> conversations = [];
        List<(string Conversation, string Id)> sent = [];

        for (var round = 0; round < Rounds; round++)
        {
            using var api = await ApiProcess.Start(folder.Path);
            if (round == 0)
            {
                (key, webhook) = await SetUp(api, receiver);
                conversations = [.. await Task.WhenAll(Enumerable.Range(0, Conversations).Select(number => Begin(api, key, number)))];
            }
            using var program = Program(api, key);
            // The receiver is away in the middle of each round, so that something is always on its way when it ends.
            receiver.Answer = told => receiver.Asked % MessagesPerRound > MessagesPerRound / 2 ? 503 : 200;
            for (var i = 0; i < MessagesPerRound; i++)
            {
                var (conversation, id) = (conversations[i % Conversations], $"r{round}-{i}");
                sent.Add((conversation, id));
                await Send(program, conversation, id);
            }
            await api.Kill();
        }

        // Before the start, which tries at once: an event that fails once more waits for minutes.
        receiver.Answer = _ => 200;
        using var healed = await ApiProcess.Start(folder.Path);
        using (var program = Program(healed, key))
        {
            await TestServer.Eventually(async () => await IsAllTold(program, webhook, receiver, sent.Count));
            foreach (var conversation in conversations)
            {
                var told = receiver.Taken.Where(one => one.ConversationId == conversation && one.Type == WebhookTypes.MessageCreated)
                    .Where(one => Author(one) == "visitor").DistinctBy(one => one.Id).ToList();
                Assert.Equal(told.Select(one => one.Rev).Order(), told.Select(one => one.Rev));
                Assert.Equal(["begin", .. sent.Where(one => one.Conversation == conversation).Select(one => one.Id)], told.Select(one => one.Text));
            }
        }
    }

    private static async Task<bool> IsAllTold(HttpClient program, string webhook, WebhookReceiver receiver, int messages)
    {
        var report = await program.GetFromJsonAsync<JsonElement>($"/api/v1/webhooks/{webhook}");
        return report.GetProperty("waiting").GetInt32() == 0
            && receiver.Taken.Where(one => one.Type == WebhookTypes.MessageCreated && Author(one) == "visitor").DistinctBy(one => one.Id).Count() >= messages + Conversations;
    }

    private static string? Author(Told told) =>
        told.Body.GetProperty("data").GetProperty("entry").GetProperty("author").GetProperty("type").GetString();

    private static async Task<(string Key, string Webhook)> SetUp(ApiProcess api, WebhookReceiver receiver)
    {
        await api.SignIn();
        var key = await Json(await api.Http.PostAsJsonAsync("/api/api-keys", new { name = "A program", scopes = Scopes.All, perMinute = 60_000 }));
        var made = await Json(await api.Http.PostAsJsonAsync("/api/webhooks", new { url = receiver.Url, events = WebhookTypes.All }));
        return (key.GetProperty("token").GetString()!, made.GetProperty("endpoint").GetProperty("id").GetString()!);
    }

    private static async Task<string> Begin(ApiProcess api, string key, int number)
    {
        using var program = Program(api, key);
        var visitor = await Json(await program.PostAsJsonAsync("/api/v1/visitors", new { userId = $"user-{number}" }));
        // With a person, so that the bot does not talk in between.
        var begun = await Json(await program.PostAsJsonAsync("/api/v1/conversations", new { visitorId = visitor.GetProperty("id").GetString(), text = "begin", talkToHuman = true }));
        return begun.GetProperty("conversationId").GetString()!;
    }

    private static async Task Send(HttpClient program, string conversation, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/conversations/{conversation}/entries")
        {
            Content = JsonContent.Create(new { kind = "visitor", text = id }),
            Headers = { { "Idempotency-Key", id } },
        };
        await Json(await program.SendAsync(request));
    }

    private static HttpClient Program(ApiProcess api, string key) =>
        new() { BaseAddress = api.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
}
