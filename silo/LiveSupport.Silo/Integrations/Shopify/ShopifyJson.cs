using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveSupport.Silo.Integrations.Shopify;

// What of Shopify's answers is read. A member without a default must be there, or the answer cannot be read.

internal sealed record ShopifyQuestion(string Query, ShopifyVariables Variables);
internal sealed record ShopifyVariables(string? Email);
internal sealed record ShopifyToken([property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);
internal sealed record ShopifyAnswer(ShopifyData? Data = null, ShopifyError[]? Errors = null, ShopifyExtensions? Extensions = null);
internal sealed record ShopifyError(ShopifyErrorExtensions? Extensions = null);
internal sealed record ShopifyErrorExtensions(string? Code = null);
internal sealed record ShopifyExtensions(ShopifyCost? Cost = null);
internal sealed record ShopifyCost(ShopifyThrottle? ThrottleStatus = null);
internal sealed record ShopifyThrottle(double MaximumAvailable, double CurrentlyAvailable, double RestoreRate);
internal sealed record ShopifyData(ShopifyShop? Shop = null, ShopifyCustomer? CustomerByIdentifier = null);
internal sealed record ShopifyShop(string? Name = null);
internal sealed record ShopifyMoney(string Amount, string CurrencyCode);
internal sealed record ShopifyMoneySet(ShopifyMoney? ShopMoney = null);

internal sealed record ShopifyCustomer(
    string? LegacyResourceId = null, string? NumberOfOrders = null, ShopifyMoney? AmountSpent = null, ShopifyNodes<ShopifyOrder>? Orders = null);

internal sealed record ShopifyNodes<T>(T[] Nodes);

internal sealed record ShopifyOrder(
    string Id, string Name, DateTimeOffset CreatedAt, string? LegacyResourceId = null, DateTimeOffset? CancelledAt = null,
    string? DisplayFinancialStatus = null, string? DisplayFulfillmentStatus = null, ShopifyMoneySet? CurrentTotalPriceSet = null,
    ShopifyNodes<ShopifyLine>? LineItems = null);

internal sealed record ShopifyLine(string Title, int Quantity, ShopifyImage? Image = null);
internal sealed record ShopifyImage(string? Url = null);
internal sealed record ShopifyWebhook(string? Email = null, ShopifyWebhookCustomer? Customer = null);
internal sealed record ShopifyWebhookCustomer(string? Email = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ShopifyQuestion))]
[JsonSerializable(typeof(ShopifyToken))]
[JsonSerializable(typeof(ShopifyAnswer))]
[JsonSerializable(typeof(ShopifyWebhook))]
internal sealed partial class ShopifyJson : JsonSerializerContext;
