using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveSupport.Silo.Integrations.Shopify;

// What of Shopify's answers is read.

internal sealed record ShopifyQuestion(string Query, ShopifyVariables Variables);
internal sealed record ShopifyVariables(string? Email);
internal sealed record ShopifyToken([property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);
internal sealed record ShopifyAnswer(ShopifyData? Data, ShopifyError[]? Errors, ShopifyExtensions? Extensions);
internal sealed record ShopifyError(string? Message, ShopifyErrorExtensions? Extensions);
internal sealed record ShopifyErrorExtensions(string? Code);
internal sealed record ShopifyExtensions(ShopifyCost? Cost);
internal sealed record ShopifyCost(ShopifyThrottle? ThrottleStatus);
internal sealed record ShopifyThrottle(double MaximumAvailable, double CurrentlyAvailable, double RestoreRate);
internal sealed record ShopifyData(ShopifyShop? Shop, ShopifyCustomer? CustomerByIdentifier);
internal sealed record ShopifyShop(string? Name);
internal sealed record ShopifyMoney(string Amount, string CurrencyCode);
internal sealed record ShopifyMoneySet(ShopifyMoney? ShopMoney);
internal sealed record ShopifyCustomer(string? LegacyResourceId, string? NumberOfOrders, ShopifyMoney? AmountSpent, ShopifyNodes<ShopifyOrder>? Orders);
internal sealed record ShopifyNodes<T>(T[]? Nodes);

internal sealed record ShopifyOrder(
    string Id, string? LegacyResourceId, string Name, DateTimeOffset CreatedAt, DateTimeOffset? CancelledAt,
    string? DisplayFinancialStatus, string? DisplayFulfillmentStatus, ShopifyMoneySet? CurrentTotalPriceSet, ShopifyNodes<ShopifyLine>? LineItems);

internal sealed record ShopifyLine(string Title, int Quantity, ShopifyImage? Image);
internal sealed record ShopifyImage(string? Url);
internal sealed record ShopifyWebhook(string? Email, ShopifyWebhookCustomer? Customer);
internal sealed record ShopifyWebhookCustomer(string? Email);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ShopifyQuestion))]
[JsonSerializable(typeof(ShopifyToken))]
[JsonSerializable(typeof(ShopifyAnswer))]
[JsonSerializable(typeof(ShopifyWebhook))]
internal sealed partial class ShopifyJson : JsonSerializerContext;
