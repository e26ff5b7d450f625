using System.Collections.Immutable;
using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>A provider's card as the protocol shows it.</summary>
internal sealed record CardView(CardState State, DateTimeOffset? At, bool Verified, CardError? Error, JsonElement? Data);

internal sealed record CardError(string Code, string Detail);

internal static class CustomerCards
{
    /// <summary>By provider; what is not connected is absent.</summary>
    public static ImmutableDictionary<string, JsonElement> Of(IEnumerable<ProviderCard> cards) => cards.ToImmutableDictionary(
        card => card.Provider,
        card => JsonSerializer.SerializeToElement(
            new CardView(
                card.State,
                card.At,
                card.Verified,
                card.Error is { } error ? new CardError(error.Code, error.Sentence) : null,
                card.Json is { } json ? JsonSerializer.Deserialize<JsonElement>(json) : null),
            WireJson.Options));
}
