using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LiveSupport.Contracts;
using LiveSupport.Silo.Outbound;

namespace LiveSupport.Silo.Integrations.Card;

/// <summary>
/// A card of the company's own: GET to its address with the customer filled in, signed, answered by
/// <c>{"title": "…", "fields": [{"label": "…", "value": "…", "url": "…"}]}</c>. The signature is the base64
/// HMAC-SHA256 of "timestamp.path?query" in <c>X-LiveSupport-Signature</c>, beside <c>X-LiveSupport-Timestamp</c>.
/// </summary>
internal sealed class CardProvider(PublicHttp http) : IProvider
{
    private const int MostFields = 20;

    public string Id => Providers.Card;

    public string Name => "Your own system";

    public ImmutableHashSet<string> Secrets { get; } = ["secret"];

    public Refusal? Check(Settings settings) =>
        settings["title"] is null ? new Refusal(Codes.BadRequest, "'title' is needed.")
        : settings["secret"] is null ? new Refusal(Codes.BadRequest, "'secret' is needed: your system checks our signature with it.")
        : settings["url"] is not { } url ? new Refusal(Codes.BadRequest, "'url' is needed.")
        : !HasPlaceOnlyAfterHost(url) ? new Refusal(Codes.BadRequest, "'url' must hold {email} or {id}, and not in the name of the host.")
        : http.Check(Address(url, new Customer("id", "someone@example.com")));

    public async Task<string> WhoAmI(Upstream upstream, CancellationToken stop)
    {
        // Somebody who is not there: any proper answer will do.
        await LookUp(upstream, new Customer("test", "test@example.com"), stop);
        return upstream.Settings.Need("title");
    }

    public async Task<string?> LookUp(Upstream upstream, Customer customer, CancellationToken stop)
    {
        try
        {
            return await Ask(upstream, customer, stop);
        }
        catch (ProviderFailure nobody) when (nobody.Code == Codes.NotFound)
        {
            return null;
        }
    }

    private static async Task<string?> Ask(Upstream upstream, Customer customer, CancellationToken stop)
    {
        var address = new Uri(Address(upstream.Settings.Need("url"), customer));
        var secret = upstream.Settings.Need("secret");
        var answer = await upstream.Ask(
            () =>
            {
                var stamp = upstream.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                return new HttpRequestMessage(HttpMethod.Get, address)
                {
                    Headers =
                    {
                        { "X-LiveSupport-Timestamp", stamp },
                        { "X-LiveSupport-Signature", Convert.ToBase64String(Signatures.Of(secret, $"{stamp}.{address.PathAndQuery}", [])) },
                    },
                };
            },
            CardJson.Default.CardAnswer, stop);
        if (answer.Fields is not [_, ..] fields)
            return null;
        return JsonSerializer.Serialize(
            new OwnCard(
                Texts.Cut(answer.Title ?? upstream.Settings.Need("title"), 60),
                [.. fields.Take(MostFields).Select(field =>
                    new OwnField(Texts.Cut(field.Label, 60), Texts.Cut(Text(field.Value), 300), field.Url))]),
            PanelJson.Default.OwnCard);
    }

    private static string Address(string template, Customer customer) => template
        .Replace("{email}", Uri.EscapeDataString(customer.Email), StringComparison.Ordinal)
        .Replace("{id}", Uri.EscapeDataString(customer.VisitorId), StringComparison.Ordinal);

    /// <summary>A place in the host's name would let a visitor choose whom we call.</summary>
    private static bool HasPlaceOnlyAfterHost(string url)
    {
        var hostEnds = url.IndexOf('/', Math.Max(0, url.IndexOf("://", StringComparison.Ordinal)) + 3);
        return hostEnds > 0 && !url[..hostEnds].Contains('{', StringComparison.Ordinal)
            && (url.Contains("{email}", StringComparison.Ordinal) || url.Contains("{id}", StringComparison.Ordinal));
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Number => value.GetRawText(),
        _ => "",
    };
}

internal sealed record CardAnswer(CardField[] Fields, string? Title = null);
internal sealed record CardField(string Label, JsonElement Value = default, string? Url = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CardAnswer))]
internal sealed partial class CardJson : JsonSerializerContext;
