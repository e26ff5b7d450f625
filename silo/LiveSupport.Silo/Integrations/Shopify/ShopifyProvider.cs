using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Integrations.Shopify;

/// <summary>
/// Orders and lifetime value over the GraphQL Admin API, one call for the whole card. Signs in as an app of the
/// company's own (client credentials, tokens of 24 h) or by an old admin token.
/// </summary>
internal sealed partial class ShopifyProvider : IProvider
{
    /// <summary>Shopify keeps a version for a year.</summary>
    private const string Version = "2026-10";

    /// <summary>Points that the card's query may cost at most.</summary>
    private const int Cost = 60;

    private const string Query = """
        query($email: String!) {
          customerByIdentifier(identifier: {emailAddress: $email}) {
            legacyResourceId numberOfOrders amountSpent { amount currencyCode }
            orders(first: 10, sortKey: CREATED_AT, reverse: true) { nodes {
              id legacyResourceId name createdAt cancelledAt displayFinancialStatus displayFulfillmentStatus
              currentTotalPriceSet { shopMoney { amount currencyCode } }
              lineItems(first: 10) { nodes { title quantity image { url(transform: {maxWidth: 96, maxHeight: 96}) } } }
            } }
          }
        }
        """;

    public string Id => Providers.Shopify;

    public string Name => "Shopify";

    public ImmutableHashSet<string> Secrets { get; } = ["clientSecret", "token", "webhookSecret"];

    public Refusal? Check(Settings settings) =>
        !Shop().IsMatch(settings["shop"] ?? "") ? new Refusal(Codes.BadRequest, "'shop' must be a name such as my-shop.myshopify.com.")
        : settings["auth"] switch
        {
            "client-credentials" => settings["clientId"] is null || settings["clientSecret"] is null
                ? new Refusal(Codes.BadRequest, "'clientId' and 'clientSecret' are needed.") : null,
            "admin-token" => settings["token"] is null ? new Refusal(Codes.BadRequest, "'token' is needed.") : null,
            _ => new Refusal(Codes.BadRequest, "'auth' must be client-credentials or admin-token."),
        };

    public bool IsLegacy(Settings settings) => settings["auth"] == "admin-token";

    public async Task<string> WhoAmI(Upstream upstream, CancellationToken stop) =>
        (await Ask(upstream, "{ shop { name } }", null, stop)).Shop?.Name ?? upstream.Settings.Need("shop");

    public async Task<string?> LookUp(Upstream upstream, Customer customer, CancellationToken stop)
    {
        await upstream.Spend(Cost, stop);
        var found = (await Ask(upstream, Query, customer.Email, stop)).CustomerByIdentifier;
        if (found is null)
            return null;
        var admin = $"https://{upstream.Settings.Need("shop")}/admin";
        return JsonSerializer.Serialize(
            new Shopper(
                found.LegacyResourceId is { } id ? $"{admin}/customers/{id}" : null,
                long.TryParse(found.NumberOfOrders, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0,
                Of(found.AmountSpent),
                [.. (found.Orders?.Nodes ?? []).Select(order => new Order(
                    order.Id,
                    order.Name,
                    order.CreatedAt,
                    order.DisplayFinancialStatus?.ToLowerInvariant(),
                    order.CancelledAt is null ? order.DisplayFulfillmentStatus?.ToLowerInvariant() : "cancelled",
                    Of(order.CurrentTotalPriceSet?.ShopMoney) ?? new Money("0", ""),
                    order.LegacyResourceId is { } orderId ? $"{admin}/orders/{orderId}" : null,
                    [.. (order.LineItems?.Nodes ?? []).Select(item => new OrderItem(item.Title, item.Quantity, item.Image?.Url))]))]),
            PanelJson.Default.Shopper);
    }

    public ImmutableArray<string>? Webhook(
        Settings settings, ImmutableDictionary<string, string> headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        // Shopify signs with the app's secret, and what is set up in the shop's admin with a key of its own.
        if ((settings["webhookSecret"] ?? settings["clientSecret"]) is not { } secret
            || !Signatures.AreEqual(Signatures.Of(secret, "", body), headers.GetValueOrDefault("x-shopify-hmac-sha256")))
            return null;
        var said = JsonSerializer.Deserialize(body, ShopifyJson.Default.ShopifyWebhook);
        return [.. new[] { said?.Email, said?.Customer?.Email }.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private async Task<ShopifyData> Ask(Upstream upstream, string query, string? email, CancellationToken stop)
    {
        HttpRequestMessage Question(string token) => new(HttpMethod.Post, $"{Root(upstream)}/admin/api/{Version}/graphql.json")
        {
            Headers = { { "X-Shopify-Access-Token", token } },
            Content = JsonContent.Create(new ShopifyQuestion(query, new ShopifyVariables(email)), ShopifyJson.Default.ShopifyQuestion),
        };
        var shape = ShopifyJson.Default.ShopifyAnswer;
        var answer = upstream.Settings["auth"] == "admin-token"
            ? await upstream.Ask(() => Question(upstream.Settings.Need("token")), shape, stop)
            : await upstream.Ask(_ => Token(upstream, stop), Question, shape, stop);
        if (answer.Extensions?.Cost?.ThrottleStatus is { RestoreRate: > 0 } throttle)
            upstream.Budget = new ProviderBudget(throttle.CurrentlyAvailable, throttle.MaximumAvailable, upstream.Now, throttle.RestoreRate);
        // Too much asked comes as a success with an error in it.
        if (answer.Errors is [var first, ..])
        {
            throw first.Extensions?.Code == "THROTTLED"
                ? ProviderFailure.Busy(Name, upstream.Budget?.Wait(Cost, upstream.Now))
                : first.Extensions?.Code == "ACCESS_DENIED"
                    ? ProviderFailure.Refused(Name)
                    : new ProviderFailure(Codes.Unavailable, "Shopify did not understand our question.");
        }
        return answer.Data ?? throw ProviderFailure.Unreadable(Name);
    }

    private static async Task<FetchedToken> Token(Upstream upstream, CancellationToken stop)
    {
        var made = await upstream.Ask(
            () => new HttpRequestMessage(HttpMethod.Post, $"{Root(upstream)}/admin/oauth/access_token")
            {
                Content = new FormUrlEncodedContent([
                    new("grant_type", "client_credentials"),
                    new("client_id", upstream.Settings.Need("clientId")),
                    new("client_secret", upstream.Settings.Need("clientSecret")),
                ]),
            },
            ShopifyJson.Default.ShopifyToken, stop);
        // An hour early, so that no call begins with a token that ends under way.
        return new FetchedToken(made.AccessToken, upstream.Now.AddSeconds(made.ExpiresIn).AddHours(-1));
    }

    private static string Root(Upstream upstream) => upstream.Root ?? $"https://{upstream.Settings.Need("shop")}";

    private static Money? Of(ShopifyMoney? money) => money is null ? null : new Money(money.Amount, money.CurrencyCode);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]*\.myshopify\.com\z")]
    private static partial Regex Shop();
}
