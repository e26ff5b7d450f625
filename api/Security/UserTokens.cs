using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Security;

/// <summary>What a customer's site says of its signed-in user.</summary>
internal sealed record VouchedUser(string Id, string? Name, string? Email);

/// <summary>Reads the JWT with which a customer's site vouches for a user: HS256 or RS256 and nothing else, with sub and exp.</summary>
internal static class UserTokens
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    /// <summary>One that gets out must not be worth much for long; a page asks its site for the next.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);
    private const int LongestToken = 4_096;

    /// <exception cref="RefusedException"><see cref="Codes.TokenInvalid"/> or <see cref="Codes.TokenExpired"/>.</exception>
    public static VouchedUser Read(string token, WorkspaceSettings settings, DateTimeOffset now)
    {
        if (token.Length > LongestToken || token.Split('.') is not [var header, var payload, var signature]
            || !IsSigned(Json(header), Encoding.ASCII.GetBytes($"{header}.{payload}"), Bytes(signature), settings))
            throw Invalid();
        var claims = Json(payload);
        if (Seconds(claims, "exp") is not { } expires || Text(claims, "sub") is not { Length: > 0 and <= 256 } sub)
            throw Invalid();
        if (expires < now - Leeway)
            throw new RefusedException(Codes.TokenExpired, "The user token has expired. Ask the site for a new one.");
        if (expires - Leeway > now + LongestLife)
            throw new RefusedException(Codes.TokenInvalid, "The user token is valid for too long: 'exp' may be an hour ahead at most.");
        if (Seconds(claims, "nbf") is { } notBefore && notBefore - Leeway > now)
            throw Invalid();
        return new VouchedUser(sub, Input.Name(Text(claims, "name")), Input.Email(Text(claims, "email")));
    }

    // The token chooses among what the site has set, and each key serves one algorithm: a public key is never a secret.
    private static bool IsSigned(JsonElement header, byte[] signed, byte[] signature, WorkspaceSettings settings) => Text(header, "alg") switch
    {
        "HS256" when settings.IdentitySecret is { Length: > 0 } secret =>
            CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed), signature),
        "RS256" when Key(header, settings.IdentityKeys) is { } key => IsSigned(key, signed, signature),
        _ => false,
    };

    private static IdentityKey? Key(JsonElement header, ImmutableArray<IdentityKey> keys) =>
        header.TryGetProperty("kid", out _) ? keys.FirstOrDefault(key => key.Id == Text(header, "kid"))
        : keys is [var only] ? only
        : null;

    private static bool IsSigned(IdentityKey key, byte[] signed, byte[] signature)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(key.Pem);
        return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static JsonElement Json(string part)
    {
        try
        {
            var json = JsonDocument.Parse(Bytes(part)).RootElement;
            return json.ValueKind == JsonValueKind.Object ? json : throw Invalid();
        }
        catch (JsonException)
        {
            throw Invalid();
        }
    }

    private static byte[] Bytes(string part) => Base64Url.IsValid(part) ? Base64Url.DecodeFromChars(part) : throw Invalid();

    private static string? Text(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text.
            throw Invalid();
        }
    }

    private static DateTimeOffset? Seconds(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static RefusedException Invalid() => new(Codes.TokenInvalid, "The user token is not valid.");
}
