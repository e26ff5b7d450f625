using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Integrations;

/// <summary>Cards beside the chat, against fakes of the providers in every mood.</summary>
public sealed class IntegrationTests : IAsyncLifetime
{
    private const string Anna = DemoDesk.Anna;
    private static readonly string[] Three = [Providers.Shopify, Providers.Calendly, Providers.Zendesk];

    private readonly DemoDesk _desk = new();

    public Task InitializeAsync() => _desk.InitializeAsync();

    public Task DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task An_agent_sees_orders_meetings_tickets_and_the_companys_own_card()
    {
        var visitor = await _desk.NewVisitor(Anna);

        var cards = await _desk.Settled(visitor);

        var shopify = cards.GetProperty("shopify");
        Assert.Equal("fresh", shopify.GetProperty("state").GetString());
        Assert.False(shopify.GetProperty("verified").GetBoolean());
        Assert.Equal(9, shopify.GetProperty("data").GetProperty("ordersCount").GetInt32());
        Assert.Equal("811.60", shopify.GetProperty("data").GetProperty("lifetimeValue").GetProperty("amount").GetString());
        var order = shopify.GetProperty("data").GetProperty("orders")[0];
        Assert.Equal(("#10482", "paid", "fulfilled", "Linen shirt S"), (order.GetProperty("name").GetString(), order.GetProperty("payment").GetString(),
            order.GetProperty("fulfillment").GetString(), order.GetProperty("items")[0].GetProperty("title").GetString()));

        var meetings = cards.GetProperty("calendly").GetProperty("data");
        Assert.StartsWith("https://", meetings.GetProperty("upcoming")[0].GetProperty("rescheduleUrl").GetString());
        Assert.Equal((1, 1, 1), (meetings.GetProperty("upcoming").GetArrayLength(), meetings.GetProperty("past").GetArrayLength(), meetings.GetProperty("cancelled").GetArrayLength()));

        var tickets = cards.GetProperty("zendesk").GetProperty("data");
        Assert.Equal("Wrong invoice address", tickets.GetProperty("open")[0].GetProperty("subject").GetString());
        Assert.Equal("solved", tickets.GetProperty("previous")[0].GetProperty("status").GetString());

        Assert.Equal("Gold", cards.GetProperty("card").GetProperty("data").GetProperty("fields")[0].GetProperty("value").GetString());
    }

    [Fact]
    public async Task A_hundred_who_look_make_one_call()
    {
        var visitor = await _desk.NewVisitor("dev.anand@example.com");

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _desk.Cards(visitor)));
        await _desk.Settled(visitor);

        Assert.Equal(1, _desk.Fakes.Calls[Providers.Zendesk] / 2); // the user, then the tickets
        Assert.Equal(1, _desk.Fakes.Calls[Providers.Card]);
    }

    [Fact]
    public async Task Nobody_of_that_address_and_no_address_are_said_plainly()
    {
        var stranger = await _desk.Settled(await _desk.NewVisitor("nobody@example.com"));
        Assert.All(Providers.All, provider => Assert.Equal("not-found", stranger.GetProperty(provider).GetProperty("state").GetString()));

        var nameless = await _desk.Cards(await _desk.NewVisitor(null));
        Assert.All(Providers.All, provider => Assert.Equal("no-email", nameless.GetProperty(provider).GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_storm_of_429_shows_no_error()
    {
        var visitor = await _desk.NewVisitor(Anna);
        await _desk.Settled(visitor);
        foreach (var provider in Three)
            _desk.Fakes.Modes[provider] = "429";
        var calls = _desk.Fakes.Calls[Providers.Shopify];

        for (var i = 0; i < 20; i++)
            await _desk.Refresh(visitor);
        await TestServer.Eventually(async () => Three.All(provider => _desk.Fakes.Calls[provider] > 0) && (await _desk.Cards(visitor)).GetProperty("zendesk").GetProperty("state").GetString() == "stale");

        var cards = await _desk.Cards(visitor);
        Assert.All(Three, provider => Assert.False(cards.GetProperty(provider).TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null));
        Assert.Equal(9, cards.GetProperty("shopify").GetProperty("data").GetProperty("ordersCount").GetInt32());
        // It asked for 30 s of patience, and gets it.
        Assert.InRange(_desk.Fakes.Calls[Providers.Shopify] - calls, 1, 3);
    }

    [Fact]
    public async Task Fresh_cards_come_to_an_open_conversation_by_themselves()
    {
        var visitor = await _desk.NewVisitor(null);
        var conversation = await visitor.Write("Where is my order?");
        await using var hub = await _desk.Agent.Hub();
        await hub.Invoke<JsonElement>("Open", conversation);

        await using var widget = await visitor.Hub();
        await widget.Invoke("Identify", new { email = Anna });

        await hub.Event(one => one.GetProperty("kind").GetString() == "visitor"
            && one.GetProperty("visitor").TryGetProperty("integrations", out var cards) && cards.TryGetProperty("shopify", out var card)
            && card.GetProperty("state").GetString() == "fresh");
    }

    [Fact]
    public async Task A_connection_is_tested_changed_and_forgotten_and_its_secret_never_shown()
    {
        const string secret = "shpat_very_secret_indeed";
        var saved = await _desk.Agent.Http.PutAsJsonAsync("/api/integrations/shopify", new { shop = "linen.myshopify.com", auth = "admin-token", token = secret });
        Assert.DoesNotContain(secret, await saved.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        Assert.True((await _desk.Integrations()).Single(one => one.GetProperty("provider").GetString() == "shopify").GetProperty("legacy").GetBoolean());

        // The secret stays where it is left out, but it does not move to another shop.
        Assert.Equal(HttpStatusCode.BadRequest, (await _desk.Agent.Http.PutAsJsonAsync("/api/integrations/shopify", new { shop = "loom.myshopify.com", auth = "admin-token" })).StatusCode);
        (await _desk.Agent.Http.PutAsJsonAsync("/api/integrations/shopify", new { shop = "linen.myshopify.com", auth = "admin-token" })).EnsureSuccessStatusCode();
        var tested = await (await _desk.Agent.Http.PostAsync("/api/integrations/shopify/test", null)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((true, "Linen & Loom"), (tested.GetProperty("ok").GetBoolean(), tested.GetProperty("account").GetString()));
        _desk.Fakes.Modes[Providers.Shopify] = "revoked";
        tested = await (await _desk.Agent.Http.PostAsync("/api/integrations/shopify/test", null)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((false, Codes.TokenInvalid), (tested.GetProperty("ok").GetBoolean(), tested.GetProperty("error").GetProperty("code").GetString()));

        foreach (var file in Directory.EnumerateFiles(_desk.Server.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory);
            Assert.True(memory.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{Path.GetFileName(file)} holds the secret in clear.");
        }
        Assert.DoesNotContain(secret, await _desk.Agent.Http.GetStringAsync("/api/integrations"));

        Assert.Equal(HttpStatusCode.NoContent, (await _desk.Agent.Http.DeleteAsync("/api/integrations/shopify")).StatusCode);
        Assert.False((await _desk.Cards(await _desk.NewVisitor(Anna))).TryGetProperty("shopify", out _));
    }

    [Theory]
    [InlineData("shopify", """{"shop":"evil.example.com","auth":"admin-token","token":"t"}""")]
    [InlineData("shopify", """{"shop":"a.myshopify.com.evil.example","auth":"admin-token","token":"t"}""")]
    [InlineData("shopify", """{"shop":"a.myshopify.com\n","auth":"admin-token"}""")]
    [InlineData("shopify", """{"shop":"a.myshopify.com","auth":"admin-token"}""")]
    [InlineData("shopify", """{"shop":7,"auth":"admin-token","token":"t"}""")]
    [InlineData("zendesk", """{"subdomain":"evil.example.com/","auth":"oauth","token":"t"}""")]
    [InlineData("zendesk", """{"subdomain":"linen","auth":"api-token","token":"t"}""")]
    [InlineData("calendly", """{"auth":"password","token":"t"}""")]
    [InlineData("card", """{"title":"T","secret":"s","url":"https://{id}.example.com/x"}""")]
    [InlineData("card", """{"title":"T","secret":"s","url":"https://example.com/without-a-place"}""")]
    [InlineData("card", """{"title":"T","secret":"s","url":"file:///etc/passwd?{id}"}""")]
    public async Task Wrong_settings_are_refused_with_a_reason(string provider, string settings)
    {
        var before = await _desk.Agent.Http.GetStringAsync("/api/integrations");
        using var body = new StringContent(settings, Encoding.UTF8, "application/json");

        var refused = await _desk.Agent.Http.PutAsync($"/api/integrations/{provider}", body);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(Codes.BadRequest, (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(before, await _desk.Agent.Http.GetStringAsync("/api/integrations"));
    }

    [Fact]
    public async Task A_genuine_webhook_refreshes_and_a_forged_one_is_refused()
    {
        (await _desk.Agent.Http.PutAsJsonAsync("/api/integrations/shopify",
            new { shop = "linen.myshopify.com", auth = "client-credentials", clientId = "id", clientSecret = "hush" })).EnsureSuccessStatusCode();
        var visitor = await _desk.NewVisitor(Anna);
        await _desk.Settled(visitor);
        var calls = _desk.Fakes.Calls[Providers.Shopify];
        var body = $$"""{"email":"{{Anna}}"}""";

        Assert.Equal(HttpStatusCode.Unauthorized, (await Webhook(body, "bm90IHNpZ25lZA==")).StatusCode);
        Assert.Equal(calls, _desk.Fakes.Calls[Providers.Shopify]);

        var signature = Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData("hush"u8, Encoding.UTF8.GetBytes(body)));
        Assert.Equal(HttpStatusCode.NoContent, (await Webhook(body, signature)).StatusCode);
        await TestServer.Eventually(() => Task.FromResult(_desk.Fakes.Calls[Providers.Shopify] > calls));

        // A sale brings many at once, and each counts; who forges is slowed down.
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => Webhook(body, signature))), answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
        await TestServer.Eventually(async () => (await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Webhook(body, "bm90IHNpZ25lZA=="))))
            .Any(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task A_customer_at_whom_nobody_looks_is_not_asked_for_before_somebody_does()
    {
        // The shop's own webhooks are signed by a key of their own.
        await _desk.Connect(Providers.Shopify, new { shop = "linen.myshopify.com", auth = "admin-token", token = "shpat_x", webhookSecret = "hush" });
        var visitor = await _desk.NewVisitor(Anna);
        await _desk.Settled(visitor);
        var calls = _desk.Calls(Providers.Shopify);
        _desk.Server.Clock.Advance(TimeSpan.FromMinutes(16));

        for (var order = 1; order <= 3; order++)
        {
            var body = $$"""{"id":{{order}},"email":"{{Anna}}"}""";
            var signature = Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData("hush"u8, Encoding.UTF8.GetBytes(body)));
            Assert.Equal(HttpStatusCode.NoContent, (await Webhook(body, signature)).StatusCode);
        }

        Assert.Equal("fresh", DemoDesk.State((await _desk.Settled(visitor)).GetProperty(Providers.Shopify)));
        Assert.Equal(calls + 1, _desk.Calls(Providers.Shopify));
    }

    [Fact]
    public async Task Cards_are_fetched_when_a_program_asks_for_a_person_before_anybody_looks()
    {
        using var program = await _desk.Server.NewProgram();
        var visitor = await (await program.PostAsJsonAsync("/api/v1/visitors", new { email = Anna })).Content.ReadFromJsonAsync<JsonElement>();
        await program.PostAsJsonAsync("/api/v1/conversations", new { visitorId = visitor.GetProperty("id").GetString(), text = "Too small", talkToHuman = true });
        await TestServer.Eventually(() => Task.FromResult(Providers.All.All(provider => _desk.Calls(provider) > 0)));
    }

    [Fact]
    public async Task Only_administrators_connect_and_agents_only_look()
    {
        using var agent = await _desk.Server.NewAgent("Mo");
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.Http.PutAsync("/fakes/shopify/mode/5xx", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _desk.Agent.Http.PutAsync("/fakes/shopify/mode/nonsense", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.Http.GetAsync("/api/integrations")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.Http.DeleteAsync("/api/integrations/shopify")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _desk.Agent.Http.DeleteAsync("/api/integrations/nonsense")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _desk.Agent.Http.PostAsync("/api/visitors/nobody/integrations/refresh", null)).StatusCode);
    }

    private async Task<HttpResponseMessage> Webhook(string body, string signature)
    {
        using var http = _desk.Server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/integrations/shopify/webhook/default")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "X-Shopify-Hmac-Sha256", signature } },
        };
        return await http.SendAsync(request);
    }
}
