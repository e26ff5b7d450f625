using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LiveSupport.Tests.Integrations;

/// <summary>Cards are of the person who is there, for agents' eyes, and refreshed by who may.</summary>
public sealed class WhoseCardsTests : IAsyncLifetime
{
    private const string AnnasTicket = "Wrong invoice address";
    private const string DevsTicket = "Parcel is late";
    private const string Dev = "dev.anand@example.com";

    private readonly DemoDesk _desk = new();

    public Task InitializeAsync() => _desk.InitializeAsync();

    public Task DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Who_gives_another_address_while_the_first_is_looked_up_gets_nothing_of_the_first()
    {
        var visitor = await _desk.NewVisitor(null);
        var conversation = await visitor.Write("Hello");
        await using var hub = await _desk.Agent.Hub();
        await hub.Invoke<JsonElement>("Open", conversation);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _desk.Fakes.Before = async provider =>
        {
            if (provider == Providers.Zendesk && asked.TrySetResult())
                await mayAnswer.Task;
        };

        await _desk.Identify(visitor, DemoDesk.Anna);
        await asked.Task;
        await _desk.Identify(visitor, Dev);
        await _desk.Card(visitor, Providers.Zendesk, card => card.GetRawText().Contains(DevsTicket, StringComparison.Ordinal));
        mayAnswer.SetResult();
        // The first look-up ends too, and has to be thrown away.
        var calls = _desk.Calls(Providers.Zendesk);
        await TestServer.Eventually(() => Task.FromResult(_desk.Calls(Providers.Zendesk) > calls));
        await _desk.Refresh(visitor);
        await hub.Event("visitor", one => Has(one, DevsTicket));

        Assert.Contains(DevsTicket, (await _desk.Card(visitor, Providers.Zendesk)).GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Events, one => Has(one, AnnasTicket));
    }

    [Fact]
    public async Task Cards_of_the_address_before_leave_the_screen_before_the_next_are_there()
    {
        var visitor = await _desk.NewVisitor(DemoDesk.Anna);
        var conversation = await visitor.Write("Hello");
        await _desk.Settled(visitor);
        await using var hub = await _desk.Agent.Hub();
        await hub.Invoke<JsonElement>("Open", conversation);
        foreach (var provider in Providers.All)
            _desk.Fakes.Modes[provider] = "slow";

        await _desk.Identify(visitor, Dev);

        await hub.Event("visitor", one => one.GetProperty("visitor").TryGetProperty("integrations", out var cards)
            && cards.TryGetProperty(Providers.Zendesk, out var card) && DemoDesk.State(card) == "loading");
        Assert.All((await _desk.Cards(visitor)).EnumerateObject(), card => Assert.Equal("loading", DemoDesk.State(card.Value)));
    }

    [Fact]
    public async Task Neither_the_widget_nor_the_bot_learns_what_the_cards_say()
    {
        var visitor = await _desk.NewVisitor(DemoDesk.Anna);
        Assert.False((await _desk.Settled(visitor)).GetProperty(Providers.Shopify).GetProperty("verified").GetBoolean());
        await using var widget = await visitor.Hub();
        await widget.Invoke<Posted>("Send", new { clientId = "ask", text = "What did I order, and what is my ticket about?" });
        await widget.Event("entry", one => one.GetProperty("entry").GetProperty("author").GetProperty("type").GetString() == "bot");
        await widget.Invoke("TalkToHuman");
        await _desk.Refresh(visitor);
        await _desk.Settled(visitor);
        var session = (await _desk.Server.NewVisitor(visitor.Token)).Session;

        foreach (var secret in (string[])[AnnasTicket, "#10482", "Linen shirt S", "811.60", "Gold"])
        {
            Assert.DoesNotContain(widget.Events, one => Has(one, secret));
            Assert.DoesNotContain(secret, session.GetRawText(), StringComparison.Ordinal);
        }
        // Whatever is handed to the bot has no place for them.
        Assert.DoesNotContain(typeof(BotTurn).GetProperties(), one => one.PropertyType.ToString().Contains(nameof(ProviderCard), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_demo_shop_signs_its_customer_in_and_her_cards_are_verified()
    {
        using var shop = _desk.Server.Http();
        var token = (await shop.GetFromJsonAsync<JsonElement>("/api/demo/sign-in")).GetProperty("userToken").GetString();
        var anna = await _desk.Server.NewVisitor(userToken: token);
        Assert.Equal("Anna Berger", anna.Session.GetProperty("visitor").GetProperty("name").GetString());
        Assert.All((await _desk.Settled(anna)).EnumerateObject(), card =>
            Assert.Equal(("fresh", true), (DemoDesk.State(card.Value), card.Value.GetProperty("verified").GetBoolean())));

        // Nobody else vouches for anybody.
        await using var real = await TestServer.Start();
        using var stranger = real.Http();
        Assert.Equal(HttpStatusCode.NoContent, (await stranger.GetAsync("/api/demo/sign-in")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("/fakes/calls")).StatusCode);
    }

    [Fact]
    public async Task The_demo_shop_can_sign_in_before_anybody_can_knock()
    {
        await using var server = await TestServer.Start(
            services => services.AddSingleton<SeesSettings>().AddHostedService(all => all.GetRequiredService<SeesSettings>()), "--demo");
        Assert.NotNull(server.Services.GetRequiredService<SeesSettings>().Seen?.IdentitySecret);
    }

    [Fact]
    public async Task Calendlys_word_is_believed_when_it_is_signed_and_new()
    {
        await _desk.Connect(Providers.Calendly, new { auth = "token", token = "demo", webhookSecret = "hush" });
        await OnlySigned(Providers.Calendly, $$$"""{"event":"invitee.created","payload":{"email":"{{{DemoDesk.Anna}}}"}}""", (body, at, key) =>
        {
            var t = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            var v1 = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{t}.{body}")));
            return [("Calendly-Webhook-Signature", $"t={t},v1={v1}")];
        });
    }

    [Fact]
    public async Task Zendesks_word_is_believed_when_it_is_signed_and_new()
    {
        await _desk.Connect(Providers.Zendesk, new { subdomain = "linen", auth = "oauth", token = "demo", webhookSecret = "hush" });
        await OnlySigned(Providers.Zendesk, $$$"""{"requester":{"email":"{{{DemoDesk.Anna}}}"}}""", (body, at, key) =>
        {
            var stamp = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            var signature = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(stamp + body)));
            return [("X-Zendesk-Webhook-Signature", signature), ("X-Zendesk-Webhook-Signature-Timestamp", stamp)];
        });
    }

    private async Task OnlySigned(string provider, string body, Func<string, DateTimeOffset, string, (string Name, string Value)[]> sign)
    {
        await _desk.Settled(await _desk.NewVisitor(DemoDesk.Anna));
        var calls = _desk.Calls(provider);
        var now = _desk.Server.Clock.GetUtcNow();
        foreach (var (headers, what) in new[]
        {
            (sign(body, now, "another"), body), (sign(body, now.AddMinutes(-4), "hush"), body), (sign(body, now.AddMinutes(4), "hush"), body),
            (sign(body, now, "hush"), body + " "), ([], body),
        })
            Assert.Equal(HttpStatusCode.Unauthorized, await Send(provider, what, headers));
        Assert.Equal(calls, _desk.Calls(provider));

        Assert.Equal(HttpStatusCode.NoContent, await Send(provider, body, sign(body, now, "hush")));
        await TestServer.Eventually(() => Task.FromResult(_desk.Calls(provider) > calls));
        // Signed is not yet well formed.
        Assert.Equal(HttpStatusCode.NoContent, await Send(provider, "[]", sign("[]", now, "hush")));
    }

    private async Task<HttpStatusCode> Send(string provider, string body, (string Name, string Value)[] headers)
    {
        using var http = _desk.Server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/integrations/{provider}/webhook/default")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return (await http.SendAsync(request)).StatusCode;
    }

    private static bool Has(JsonElement live, string text) => live.GetRawText().Contains(text, StringComparison.Ordinal);

    /// <summary>Looks when all have started and the background work that waits for that has not begun.</summary>
    private sealed class SeesSettings(IGrainFactory grains) : IHostedLifecycleService
    {
        public WorkspaceSettings? Seen { get; private set; }

        public async Task StartedAsync(CancellationToken stop) => Seen = await grains.GetGrain<IWorkspaceGrain>("default").Settings();

        public Task StartingAsync(CancellationToken stop) => Task.CompletedTask;

        public Task StartAsync(CancellationToken stop) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken stop) => Task.CompletedTask;

        public Task StopAsync(CancellationToken stop) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken stop) => Task.CompletedTask;
    }
}
