using System.Buffers.Text;
using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Api.Demo;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Secrets;

/// <summary>No secret is in a log, in an answer or in the database, whatever was done with it and whatever went wrong.</summary>
public sealed class SecretsTests : IAsyncLifetime
{
    private const string Identity = "identity-secret-of-more-than-thirty-two-letters";

    private readonly Everything _said = new();
    private readonly Dictionary<string, string> _secrets = [];
    private readonly List<(string What, string Text)> _answers = [];
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.Start(_said.Use, "--demo", "--LiveSupport:Integrations:AllowPrivate=true");

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _said.Dispose();
    }

    [Fact]
    public async Task No_secret_is_ever_in_clear()
    {
        await using var receiver = await WebhookReceiver.Start();
        using var admin = await _server.SignIn();
        var fakes = _server.Services.GetRequiredService<FakeProviders>();
        await TestServer.Eventually(async () => (await admin.Http.GetFromJsonAsync<JsonElement>("/api/integrations")).GetProperty("integrations")
            .EnumerateArray().All(one => one.GetProperty("connected").GetBoolean()));

        await Providers(admin, fakes);
        var visitor = await Visitors(admin);
        var (program, webhook) = await Programs(admin, receiver);
        await Accounts();
        foreach (var (token, at) in fakes.Tokens.Issued.Select((token, at) => (token, at)))
            _secrets[$"token {at} that a provider issued"] = token;

        // Then everything that can be read is read, by everybody.
        using var agent = await _server.NewAgent("Mo");
        using (program)
        {
            foreach (var (who, http) in new[] { ("administrator", admin.Http), ("agent", agent.Http), ("program", program) })
                await ReadAll(who, http, [visitor.Id, webhook, (await agent.Me()).GetProperty("id").GetString()!, .. await Conversations(admin)]);
        }
        _answers.Add(("metrics", await admin.Http.GetStringAsync("/openapi/v1.json")));

        Assert.True(_said.Lines > 1_000, $"Only {_said.Lines} lines were heard.");
        Assert.True(_answers.Count > 80, $"Only {_answers.Count} answers were read.");
        Assert.True(_secrets.Count >= 20, $"Only {_secrets.Count} secrets are known.");
        var found = new List<string>();
        foreach (var (name, secret) in _secrets)
        {
            found.AddRange(_said.With(secret).Select(line => $"{name} in a log: {line}"));
            found.AddRange(_answers.Where(answer => answer.Text.Contains(secret, StringComparison.Ordinal)).Select(answer => $"{name} in {answer.What}"));
            found.AddRange((await Files(secret)).Select(file => $"{name} in {file}"));
        }
        Assert.True(found.Count == 0, string.Join('\n', found.Select(line => line.Length <= 600 ? line : line[..600])));
    }

    [Theory]
    [InlineData(LogLevel.Trace, "System.Net.Http.HttpClient.integrations.ClientHandler")]
    [InlineData(LogLevel.Debug, "Microsoft.AspNetCore.Hosting")]
    [InlineData(LogLevel.Information, "LiveSupport")]
    public async Task The_search_finds_what_is_there(LogLevel level, string category)
    {
        var secret = $"found-{Guid.NewGuid():N}";
        var log = _server.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        log.Log(level, "Request Headers: Authorization: Bearer {Token}", secret);
        Assert.Single(_said.With(secret));
        // And in the database: a name that a visitor gives is no secret.
        var visitor = await _server.NewVisitor();
        await using var hub = await visitor.Hub();
        await hub.Invoke("Identify", new { name = secret });
        Assert.NotEmpty(await Files(secret));
    }

    private async Task Providers(Browser admin, FakeProviders fakes)
    {
        var shop = new Dictionary<string, object>
        {
            ["shopify"] = new { shop = "linen.myshopify.com", auth = "client-credentials", clientId = "id", clientSecret = Secret("Shopify's client secret") },
            ["calendly"] = new { auth = "oauth", clientId = "id", clientSecret = Secret("Calendly's client secret"), refreshToken = Secret("Calendly's refresh token"), webhookSecret = Secret("Calendly's webhook secret") },
            ["zendesk"] = new { subdomain = "linen", auth = "client-credentials", clientId = "id", clientSecret = Secret("Zendesk's client secret"), webhookSecret = Secret("Zendesk's webhook secret") },
            ["card"] = new { title = "Loyalty", url = $"{_server.Url}fakes/card?email={{email}}", secret = Secret("the card's secret") },
        };
        foreach (var mode in (string[])["ok", "5xx", "malformed", "revoked", "429"])
        {
            foreach (var (provider, settings) in shop)
            {
                fakes.Modes[provider] = mode;
                await Answer($"PUT {provider}", await admin.Http.PutAsJsonAsync($"/api/integrations/{provider}", settings));
                await Answer($"test {provider}", await admin.Http.PostAsync($"/api/integrations/{provider}/test", null));
            }
            await Look(admin);
        }
        fakes.Modes.Clear();
        // Other ways in, and what cannot be sent or is not allowed.
        foreach (var (provider, settings) in new (string, object)[]
        {
            ("zendesk", new { subdomain = "linen", auth = "api-token", email = "mira@example.com", token = Secret("Zendesk's API token") }),
            ("shopify", new { shop = "linen.myshopify.com", auth = "admin-token", token = Secret("Shopify's admin token"), webhookSecret = Secret("Shopify's webhook key") }),
            ("calendly", new { auth = "token", token = Secret("Calendly's token") }),
            ("calendly", new { auth = "token", token = $"{Secret("a token with a line break")}\nX" }),
            ("shopify", new { shop = "evil.example.com", auth = "admin-token", token = Secret("a token for a wrong shop") }),
        })
        {
            await Answer($"PUT {provider}", await admin.Http.PutAsJsonAsync($"/api/integrations/{provider}", settings));
            await Answer($"test {provider}", await admin.Http.PostAsync($"/api/integrations/{provider}/test", null));
        }
        await Look(admin);
        using var stranger = _server.Http();
        await Answer("a forged webhook", await stranger.PostAsJsonAsync("/api/integrations/shopify/webhook/default", new { email = "a@example.com" }));
    }

    /// <summary>Somebody new opens the chat, and an agent the panel.</summary>
    private async Task Look(Browser admin)
    {
        var visitor = await _server.NewVisitor();
        await using var hub = await visitor.Hub();
        await hub.Invoke("Identify", new { email = "anna.berger@example.com" });
        await TestServer.Eventually(async () =>
        {
            var panel = await admin.Http.GetStringAsync($"/api/visitors/{visitor.Id}");
            _answers.Add(("the panel", panel));
            return JsonDocument.Parse(panel).RootElement.GetProperty("integrations").EnumerateObject().All(card =>
                card.Value.GetProperty("state").GetString() != "loading" || _server.Services.GetRequiredService<FakeProviders>().Modes.GetValueOrDefault(card.Name) == "429");
        });
    }

    private async Task<Visitor> Visitors(Browser admin)
    {
        var settings = await admin.Http.GetFromJsonAsync<Dictionary<string, object?>>("/api/settings");
        _secrets["the site's identity secret"] = Identity;
        settings!["identitySecret"] = Identity;
        (await admin.Http.PutAsJsonAsync("/api/settings", settings)).EnsureSuccessStatusCode();
        var visitor = await _server.NewVisitor();
        _secrets["a visitor's secret"] = visitor.Token.Split('.')[1];
        await _server.NewVisitor(visitor.Token);
        await visitor.Write("Hello");
        var vouched = Jwt(new { sub = "customer-7", name = "Astrid", exp = _server.Clock.GetUtcNow().ToUnixTimeSeconds() + 600 });
        _secrets["a user token's signature"] = vouched.Split('.')[2];
        _secrets["a known visitor's secret"] = (await _server.NewVisitor(userToken: vouched)).Token.Split('.')[1];
        using var stranger = _server.Http();
        await Answer("a wrong visitor token", await stranger.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", visitorToken = $"{visitor.Id}.{Secret("a guessed visitor secret")}" }));
        return visitor;
    }

    private async Task<(HttpClient Program, string Webhook)> Programs(Browser admin, WebhookReceiver receiver)
    {
        var key = await _server.NewKey(6_000, [.. Scopes.All]);
        _secrets["an API key"] = key[(key.LastIndexOf('_') + 1)..];
        var program = _server.WithKey(key);
        using var wrong = _server.WithKey($"ls_default_{Secret("a guessed key")}");
        await Answer("a wrong key", await wrong.GetAsync("/api/v1/agents"));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks")
        {
            Content = JsonContent.Create(new { url = receiver.Url, events = WebhookTypes.All }),
            Headers = { { "Idempotency-Key", "kept-for-a-day" } },
        };
        var made = await (await program.SendAsync(request)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        _secrets["a webhook's secret"] = made.GetProperty("secret").GetString()!["whsec_".Length..];
        var webhook = made.GetProperty("endpoint").GetProperty("id").GetString()!;
        var rolled = await (await program.PostAsync($"/api/v1/webhooks/{webhook}/secret", JsonContent.Create(new { }))).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        _secrets["a webhook's new secret"] = rolled.GetProperty("secret").GetString()!["whsec_".Length..];
        foreach (var status in (int[])[200, 500])
        {
            receiver.Answer = _ => status;
            await Answer("a webhook's test", await program.PostAsync($"/api/v1/webhooks/{webhook}/test", JsonContent.Create(new { })));
        }
        return (program, webhook);
    }

    private async Task Accounts()
    {
        _secrets["a password"] = TestServer.Password;
        using var agent = await _server.NewAgent("Tove");
        _secrets["a session"] = agent.Cookie[(agent.Cookie.IndexOf('=') + 1)..];
        var email = (await agent.Me()).GetProperty("email").GetString();
        var totp = await (await agent.Http.PostAsync("/api/me/totp", null)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        var key = totp.GetProperty("secret").GetString()!;
        _secrets["an authenticator's secret"] = key;
        var confirmed = await (await agent.Http.PostAsJsonAsync("/api/me/totp/confirm", new { code = Totp.Code(key) })).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        _secrets["a recovery code"] = confirmed.GetProperty("codes")[0].GetString()!;
        using var stranger = _server.Http();
        await Answer("a wrong password", await stranger.PostAsJsonAsync("/api/auth/login", new { email, password = Secret("a wrong password") }));
        (await stranger.PostAsJsonAsync("/api/auth/login", new { email, password = TestServer.Password, totp = Totp.Code(key) })).EnsureSuccessStatusCode();
    }

    /// <summary>Every address that GET knows, with every id in every place.</summary>
    private async Task ReadAll(string who, HttpClient http, IReadOnlyList<string> ids)
    {
        var paths = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}")
            .Where(path => !path.StartsWith("/fakes", StringComparison.Ordinal))
            .SelectMany(path => path.Contains("{id}", StringComparison.Ordinal) ? ids.Select(id => path.Replace("{id}", id, StringComparison.Ordinal)) : [path]).Distinct();
        foreach (var path in paths.Where(path => !path.Contains('{', StringComparison.Ordinal)))
        {
            var text = await (await http.GetAsync(path)).Content.ReadAsStringAsync();
            _answers.Add(($"GET {path}, asked by a {who}", text));
        }
    }

    private static async Task<IEnumerable<string>> Conversations(Browser admin) =>
        (await admin.Http.GetFromJsonAsync<JsonElement>("/api/conversations?view=all&filter=all")).GetProperty("rows").EnumerateArray()
            .Take(1).Select(row => row.GetProperty("id").GetString()!);

    private async Task Answer(string what, HttpResponseMessage answer) =>
        _answers.Add((what, $"{answer.Headers} {await answer.Content.ReadAsStringAsync()}"));

    private string Secret(string name) => _secrets[name] = $"s3cret{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";

    private async Task<IReadOnlyList<string>> Files(string secret)
    {
        var (found, wanted) = (ImmutableArray.CreateBuilder<string>(), Encoding.UTF8.GetBytes(secret));
        foreach (var file in Directory.EnumerateFiles(_server.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var all = new MemoryStream();
            await open.CopyToAsync(all);
            if (all.GetBuffer().AsSpan(0, (int)all.Length).IndexOf(wanted) >= 0)
                found.Add(Path.GetFileName(file));
        }
        return found.ToImmutable();
    }

    private static string Jwt(object payload)
    {
        var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(payload))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Identity), Encoding.ASCII.GetBytes(signed)))}";
    }
}
