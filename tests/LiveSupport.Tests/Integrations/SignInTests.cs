using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Integrations;

/// <summary>Tokens that end, change with each use, or are revoked: nobody has to sign in again for it.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private static readonly object Calendly = new { auth = "oauth", clientId = "id", clientSecret = "hush", refreshToken = "the-first" };

    private readonly DemoDesk _desk = new();

    public Task InitializeAsync() => _desk.InitializeAsync();

    public Task DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Shopifys_token_is_used_for_its_day_and_renewed_before_it_ends()
    {
        await Fresh(Providers.Shopify);
        _desk.Server.Clock.Advance(TimeSpan.FromHours(22));
        await Fresh(Providers.Shopify);
        Assert.Equal(1, _desk.Fakes.Tokens.Made[Providers.Shopify]);

        _desk.Server.Clock.Advance(TimeSpan.FromHours(1.5));
        await Fresh(Providers.Shopify);
        Assert.Equal(2, _desk.Fakes.Tokens.Made[Providers.Shopify]);

        // One that is revoked before its time costs one call more, and nobody sees it.
        _desk.Fakes.Tokens.Revoke();
        await Fresh(Providers.Shopify);
        Assert.Equal(3, _desk.Fakes.Tokens.Made[Providers.Shopify]);
        Assert.False((await _desk.Integration(Providers.Shopify)).TryGetProperty("lastError", out var error) && error.ValueKind == JsonValueKind.Object);
    }

    [Fact]
    public async Task Many_who_need_a_token_at_once_fetch_one()
    {
        await _desk.Connect(Providers.Calendly, Calendly);
        var visitors = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _desk.Server.NewVisitor()));
        await Task.WhenAll(visitors.Select(visitor => _desk.Identify(visitor, DemoDesk.Anna)));

        foreach (var visitor in visitors)
            await _desk.Card(visitor, Providers.Calendly, card => DemoDesk.State(card) == "fresh");

        // A second use of the refresh token would have been refused.
        Assert.Equal(1, _desk.Fakes.Tokens.Made[Providers.Calendly]);
    }

    [Theory]
    [InlineData(Providers.Calendly, """{"auth":"oauth","clientId":"id","clientSecret":"hush","refreshToken":"the-first"}""")]
    [InlineData(Providers.Zendesk, """{"subdomain":"linen","auth":"oauth","clientId":"id","clientSecret":"hush","refreshToken":"the-first"}""")]
    public async Task A_refresh_token_that_changes_with_each_use_is_kept_at_once(string provider, string settings)
    {
        // A server of its own that can be stopped, while the provider goes on.
        await using var server = await TestServer.Start(
            "--LiveSupport:Integrations:AllowPrivate=true", $"--LiveSupport:Integrations:Fakes={_desk.Server.Url}fakes");
        using (var admin = await server.SignIn())
            (await admin.Http.PutAsJsonAsync($"/api/integrations/{provider}", JsonSerializer.Deserialize<JsonElement>(settings))).EnsureSuccessStatusCode();
        var answered = false;
        // The token comes, and then the provider goes away.
        _desk.Fakes.Before = of =>
        {
            if (of == provider && answered)
                _desk.Fakes.Modes[provider] = "5xx";
            answered |= of == provider;
            return Task.CompletedTask;
        };
        Assert.Equal(Codes.Unavailable, DemoDesk.Error(await Look()));

        (_desk.Fakes.Before, _desk.Fakes.Modes[provider]) = (null, "ok");
        await server.Restart();
        Assert.Null(DemoDesk.Error(await Look()));
        Assert.Equal(2, _desk.Fakes.Tokens.Made[provider]);
        server.Clock.Advance(TimeSpan.FromHours(3));
        _desk.Server.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Null(DemoDesk.Error(await Look()));
        Assert.Equal(3, _desk.Fakes.Tokens.Made[provider]);

        async Task<JsonElement> Look()
        {
            using var admin = await server.SignIn();
            var visitor = await server.NewVisitor();
            await using var hub = await visitor.Hub();
            await hub.Invoke("Identify", new { email = DemoDesk.Anna });
            JsonElement card = default;
            await TestServer.Eventually(async () =>
            {
                card = (await admin.Http.GetFromJsonAsync<JsonElement>($"/api/visitors/{visitor.Id}")).GetProperty("integrations").GetProperty(provider);
                return DemoDesk.State(card) != "loading";
            });
            return card;
        }
    }

    [Fact]
    public async Task A_refresh_token_that_was_used_elsewhere_asks_for_a_new_sign_in()
    {
        _desk.Fakes.Tokens.Renew(Providers.Calendly, "whatever");
        await _desk.Connect(Providers.Calendly, Calendly);
        var card = await _desk.Card(await _desk.NewVisitor(DemoDesk.Anna), Providers.Calendly, card => DemoDesk.State(card) == "error");
        Assert.Equal(Codes.TokenInvalid, DemoDesk.Error(card));
    }

    [Theory]
    [InlineData("""{"subdomain":"linen","auth":"client-credentials","clientId":"id","clientSecret":"hush"}""", false, 1)]
    [InlineData("""{"subdomain":"linen","auth":"oauth","token":"pasted"}""", false, 0)]
    [InlineData("""{"subdomain":"linen","auth":"api-token","email":"mira@example.com","token":"pasted"}""", true, 0)]
    public async Task Zendesk_takes_three_ways_in_and_one_of_them_is_ending(string settings, bool isLegacy, int tokens)
    {
        await _desk.Connect(Providers.Zendesk, JsonSerializer.Deserialize<JsonElement>(settings));
        Assert.Equal(isLegacy, (await _desk.Integration(Providers.Zendesk)).GetProperty("legacy").GetBoolean());
        Assert.Equal("Mira Kos", (await _desk.Test(Providers.Zendesk)).GetProperty("account").GetString());
        await Fresh(Providers.Zendesk);
        Assert.Equal(tokens, _desk.Fakes.Tokens.Made.GetValueOrDefault(Providers.Zendesk));
    }

    private async Task Fresh(string provider) =>
        await _desk.Card(await _desk.NewVisitor(DemoDesk.Anna), provider, card => DemoDesk.State(card) == "fresh");
}
