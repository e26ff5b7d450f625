using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Integrations.Zendesk;

/// <summary>
/// Open and earlier tickets of one requester, by user id: the search index lags behind by minutes. OAuth, or the
/// API token that Zendesk is ending in April 2027. Contract: research/product §5.3.
/// </summary>
internal sealed partial class ZendeskProvider : IProvider
{
    public string Id => Providers.Zendesk;

    public string Name => "Zendesk";

    public ImmutableHashSet<string> Secrets { get; } = ["token", "webhookSecret"];

    public Refusal? Check(Settings settings) =>
        !Subdomain().IsMatch(settings["subdomain"] ?? "") ? new Refusal(Codes.BadRequest, "'subdomain' is the name before .zendesk.com: letters, digits and hyphens.")
        : settings["token"] is null ? new Refusal(Codes.BadRequest, "'token' is needed.")
        : settings["auth"] switch
        {
            "oauth" => null,
            "api-token" => settings["email"] is null ? new Refusal(Codes.BadRequest, "'email' of the token's agent is needed.") : null,
            _ => new Refusal(Codes.BadRequest, "'auth' must be oauth or api-token."),
        };

    public bool IsLegacy(Settings settings) => settings["auth"] == "api-token";

    public async Task<string> WhoAmI(Upstream upstream, CancellationToken stop) =>
        (await Ask(upstream, "/api/v2/users/me.json", ZendeskJson.Default.ZendeskMe, stop)).User is { Id: > 0 } me
            ? me.Name ?? Name
            : throw ProviderFailure.Refused(Name);

    public async Task<string?> LookUp(Upstream upstream, Customer customer, CancellationToken stop)
    {
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
        var token = settings.Need("token");
        return upstream.Ask(
            () => new HttpRequestMessage(HttpMethod.Get, (upstream.Root ?? $"https://{settings.Need("subdomain")}.zendesk.com") + path)
            {
                Headers =
                {
                    Authorization = settings["auth"] == "oauth"
                        ? new AuthenticationHeaderValue("Bearer", token)
                        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Need("email")}/token:{token}"))),
                },
            },
            shape, stop);
    }

    private static Ticket Of(Upstream upstream, ZendeskTicket ticket) => new(
        ticket.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), ticket.Subject ?? "No subject", ticket.Status, ticket.Priority, ticket.UpdatedAt,
        $"https://{upstream.Settings.Need("subdomain")}.zendesk.com/agent/tickets/{ticket.Id}");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]*\z")]
    private static partial Regex Subdomain();
}

internal sealed record ZendeskMe(ZendeskUser? User);
internal sealed record ZendeskUsers(ZendeskUser[] Users);
internal sealed record ZendeskUser(long? Id, string? Name, string? Email);
internal sealed record ZendeskTickets(ZendeskTicket[] Tickets);
internal sealed record ZendeskTicket(long Id, string? Subject, string Status, string? Priority, [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt);
internal sealed record ZendeskWebhook(string? Email, ZendeskRequester? Requester);
internal sealed record ZendeskRequester(string? Email);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ZendeskMe))]
[JsonSerializable(typeof(ZendeskUsers))]
[JsonSerializable(typeof(ZendeskTickets))]
[JsonSerializable(typeof(ZendeskWebhook))]
internal sealed partial class ZendeskJson : JsonSerializerContext;
