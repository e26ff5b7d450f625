using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Integrations.Zendesk;

/// <summary>
/// Open and earlier tickets of one requester, by user id: the search index lags behind by minutes. Signs in as an OAuth
/// client of the company's own (client credentials), by an OAuth token (renewed where there is a refresh token), or by
/// the API token that Zendesk ends on 30 April 2027.
/// </summary>
internal sealed partial class ZendeskProvider : IProvider
{
    /// <summary>Calls that a card takes.</summary>
    private const int Cost = 2;

    /// <summary>Where Zendesk does not say how long its token lives: one that has ended is fetched anew anyway.</summary>
    private static readonly TimeSpan TokenLives = TimeSpan.FromMinutes(30);

    public string Id => Providers.Zendesk;

    public string Name => "Zendesk";

    public ImmutableHashSet<string> Secrets { get; } = ["token", "clientSecret", "refreshToken", "webhookSecret"];

    public Refusal? Check(Settings settings) =>
        !Subdomain().IsMatch(settings["subdomain"] ?? "") ? new Refusal(Codes.BadRequest, "'subdomain' is the name before .zendesk.com: letters, digits and hyphens.")
        : settings["auth"] switch
        {
            "client-credentials" => HasClient(settings) ? null : new Refusal(Codes.BadRequest, "'clientId' and 'clientSecret' are needed."),
            "oauth" => settings["refreshToken"] is not null
                ? HasClient(settings) ? null : new Refusal(Codes.BadRequest, "'clientId' and 'clientSecret' are needed beside 'refreshToken'.")
                : settings["token"] is null ? new Refusal(Codes.BadRequest, "'token' or 'refreshToken' is needed.") : null,
            "api-token" => settings["token"] is null || settings["email"] is null
                ? new Refusal(Codes.BadRequest, "'token' and 'email' of the token's agent are needed.") : null,
            _ => new Refusal(Codes.BadRequest, "'auth' must be client-credentials, oauth or api-token."),
        };

    public bool IsLegacy(Settings settings) => settings["auth"] == "api-token";

    public async Task<string> WhoAmI(Upstream upstream, CancellationToken stop) =>
        (await Ask(upstream, "/api/v2/users/me.json", ZendeskJson.Default.ZendeskMe, stop)).User is { Id: > 0 } me
            ? me.Name ?? Name
            : throw ProviderFailure.Refused(Name);

    public async Task<string?> LookUp(Upstream upstream, Customer customer, CancellationToken stop)
    {
        await upstream.Spend(Cost, stop);
        // Quoted, because the e-mail stands in a query language.
        var query = Uri.EscapeDataString($"email:\"{customer.Email.Replace("\"", "", StringComparison.Ordinal)}\"");
        var users = await Ask(upstream, $"/api/v2/users/search.json?query={query}", ZendeskJson.Default.ZendeskUsers, stop);
        if (users.Users.FirstOrDefault(user => string.Equals(user.Email, customer.Email, StringComparison.OrdinalIgnoreCase)) is not { } requester)
            return null;
        var tickets = (await Ask(upstream, $"/api/v2/users/{requester.Id}/tickets/requested.json?page[size]=25&sort=-updated_at", ZendeskJson.Default.ZendeskTickets, stop)).Tickets
            .OrderByDescending(ticket => ticket.UpdatedAt).ToLookup(ticket => ticket.Status is not ("solved" or "closed"), ticket => Of(upstream, ticket));
        return JsonSerializer.Serialize(new Tickets([.. tickets[true]], [.. tickets[false]]), PanelJson.Default.Tickets);
    }

    public ImmutableArray<string>? Webhook(
        Settings settings, ImmutableDictionary<string, string> headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var stamp = headers.GetValueOrDefault("x-zendesk-webhook-signature-timestamp") ?? "";
        if (settings["webhookSecret"] is not { } secret
            || !DateTimeOffset.TryParse(stamp, null, System.Globalization.DateTimeStyles.AssumeUniversal, out var at)
            || !Signatures.IsRecent(at, now)
            || !Signatures.AreEqual(Signatures.Of(secret, stamp, body), headers.GetValueOrDefault("x-zendesk-webhook-signature")))
            return null;
        var said = JsonSerializer.Deserialize(body, ZendeskJson.Default.ZendeskWebhook);
        return [.. new[] { said?.Email, said?.Requester?.Email }.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static Task<T> Ask<T>(Upstream upstream, string path, JsonTypeInfo<T> shape, CancellationToken stop)
    {
        var settings = upstream.Settings;
        HttpRequestMessage Question(AuthenticationHeaderValue who) => new(HttpMethod.Get, Root(upstream) + path) { Headers = { Authorization = who } };
        return settings["auth"] switch
        {
            "api-token" => upstream.Ask(
                () => Question(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Need("email")}/token:{settings.Need("token")}")))),
                shape, stop),
            "oauth" when settings["refreshToken"] is null => upstream.Ask(() => Question(new AuthenticationHeaderValue("Bearer", settings.Need("token"))), shape, stop),
            _ => upstream.Ask(
                refreshToken => Token(upstream, refreshToken, stop), token => Question(new AuthenticationHeaderValue("Bearer", token)), shape, stop),
        };
    }

    private static async Task<FetchedToken> Token(Upstream upstream, string? refreshToken, CancellationToken stop)
    {
        var byRefresh = upstream.Settings["auth"] == "oauth";
        var asked = new ZendeskTokenAsked(
            byRefresh ? "refresh_token" : "client_credentials",
            upstream.Settings.Need("clientId"), upstream.Settings.Need("clientSecret"), "read", byRefresh ? refreshToken : null);
        var made = await upstream.Ask(
            () => new HttpRequestMessage(HttpMethod.Post, $"{Root(upstream)}/oauth/tokens") { Content = JsonContent.Create(asked, ZendeskJson.Default.ZendeskTokenAsked) },
            ZendeskJson.Default.ZendeskToken, stop);
        var lives = made.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : TokenLives;
        // A tenth early, so that no call begins with a token that ends under way.
        return new FetchedToken(made.AccessToken, upstream.Now + (lives * 0.9), made.RefreshToken);
    }

    private static bool HasClient(Settings settings) => settings["clientId"] is not null && settings["clientSecret"] is not null;

    private static string Root(Upstream upstream) => upstream.Root ?? $"https://{upstream.Settings.Need("subdomain")}.zendesk.com";

    private static Ticket Of(Upstream upstream, ZendeskTicket ticket) => new(
        ticket.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), ticket.Subject ?? "No subject", ticket.Status, ticket.Priority, ticket.UpdatedAt,
        $"https://{upstream.Settings.Need("subdomain")}.zendesk.com/agent/tickets/{ticket.Id}");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]*\z")]
    private static partial Regex Subdomain();
}

// A member without a default must be there, or the answer cannot be read.

internal sealed record ZendeskTokenAsked(
    [property: JsonPropertyName("grant_type")] string GrantType,
    [property: JsonPropertyName("client_id")] string ClientId,
    [property: JsonPropertyName("client_secret")] string ClientSecret,
    string Scope,
    [property: JsonPropertyName("refresh_token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken = null);

internal sealed record ZendeskToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int? ExpiresIn = null,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null);

internal sealed record ZendeskMe(ZendeskUser User);
internal sealed record ZendeskUsers(ZendeskUser[] Users);
internal sealed record ZendeskUser(long? Id = null, string? Name = null, string? Email = null);
internal sealed record ZendeskTickets(ZendeskTicket[] Tickets);

internal sealed record ZendeskTicket(
    long Id, string Status, [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt, string? Subject = null, string? Priority = null);

internal sealed record ZendeskWebhook(string? Email = null, ZendeskRequester? Requester = null);
internal sealed record ZendeskRequester(string? Email = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ZendeskTokenAsked))]
[JsonSerializable(typeof(ZendeskToken))]
[JsonSerializable(typeof(ZendeskMe))]
[JsonSerializable(typeof(ZendeskUsers))]
[JsonSerializable(typeof(ZendeskTickets))]
[JsonSerializable(typeof(ZendeskWebhook))]
internal sealed partial class ZendeskJson : JsonSerializerContext;
