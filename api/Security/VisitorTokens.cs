using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Api.Security;

/// <summary>Who a visitor's connection belongs to.</summary>
/// <param name="ConversationId">The conversation that was open when the token was made.</param>
/// <param name="Page">The page on which the session began.</param>
internal sealed record VisitorPass(
    string WorkspaceId, string VisitorId, string SiteKey, string? ConversationId, PageView? Page, DateTimeOffset Expires);

/// <summary>What a visitor token proves: the visitor, and the hash by which its grain knows the secret.</summary>
internal sealed record VisitorProof(string VisitorId, ImmutableArray<byte> SecretHash, string Token);

/// <summary>
/// A visitor's two tokens. The visitor token is kept by the browser and proves who it is: <c>{id}.{secret}</c>.
/// The access token opens a socket for ten minutes and is worth nothing after.
/// </summary>
internal sealed class VisitorTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    public static readonly TimeSpan AccessLife = TimeSpan.FromMinutes(10);
    private const int SecretBytes = 32;
    private const int LongestToken = 4_096;

    /// <summary>A page's address and title that are longer together lose the query first.</summary>
    private const int LongestPage = 1_000;

    /// <summary>Begins the id of a visitor whom a site vouches for; made-up ids are hexadecimal.</summary>
    private const char KnownPrefix = 'u';

    private readonly IDataProtector _access = protection.CreateProtector("visitor.access.v1");

    public VisitorProof New() => WithNewSecret(Ids.New(clock));

    /// <summary>A known user is one visitor on all devices, whose id comes from the site's user id; each browser gets its own secret.</summary>
    public VisitorProof Known(string workspaceId, string userId, string? visitorToken)
    {
        var id = KnownId(workspaceId, userId);
        return visitorToken is not null && Read(visitorToken) is { } earlier && earlier.VisitorId == id ? earlier : WithNewSecret(id);
    }

    /// <summary>The visitor that a site's user is.</summary>
    public static string KnownId(string workspaceId, string userId) =>
        KnownPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{workspaceId}/{userId}")))[..31];

    /// <summary>True when only a site can have made this visitor known: nobody else may be the first to use the id.</summary>
    public static bool IsKnown(string visitorId) => visitorId[0] == KnownPrefix;

    /// <summary>Reads a visitor token; null when it is none. Whether the secret is right, the visitor's grain knows.</summary>
    public static VisitorProof? Read(string token)
    {
        if (token.Length > LongestToken || token.Split('.') is not [var id, var encoded] || !Ids.IsWellFormed(id))
            return null;
        Span<byte> secret = stackalloc byte[SecretBytes];
        return encoded.Length == Base64Url.GetEncodedLength(SecretBytes)
            && Base64Url.IsValid(encoded)
            && Base64Url.TryDecodeFromChars(encoded, secret, out var written) && written == SecretBytes
            ? new VisitorProof(id, [.. SHA256.HashData(secret)], token)
            : null;
    }

    public string Access(string workspaceId, string visitorId, string siteKey, string? conversationId, PageView? page)
    {
        var room = LongestPage - (page?.Title?.Length ?? 0);
        var carried = page is null ? null : new PageView(
            page.Url.Length <= room ? page.Url : Texts.Cut(page.Url.Split('?', '#')[0], room), page.Title);
        var token = Carrying(carried);
        // Letters beyond ASCII take several bytes, and a token that is too long would open nothing.
        return token.Length <= LongestToken ? token : Carrying(new PageView(new Uri(page!.Url).GetLeftPart(UriPartial.Authority), null));

        string Carrying(PageView? seen) => _access.Protect(JsonSerializer.Serialize(
            new VisitorPass(workspaceId, visitorId, siteKey, conversationId, seen, clock.GetUtcNow() + AccessLife), WireJson.Options));
    }

    /// <returns>The pass, or the refusal code <see cref="Codes.TokenInvalid"/> or <see cref="Codes.TokenExpired"/>.</returns>
    public (VisitorPass? Pass, string? Refused) ReadAccess(string? token)
    {
        if (token is not { Length: > 0 and <= LongestToken } || Unprotect(_access, token) is not { } json)
            return (null, Codes.TokenInvalid);
        var pass = JsonSerializer.Deserialize<VisitorPass>(json, WireJson.Options)!;
        return pass.Expires > clock.GetUtcNow() ? (pass, null) : (null, Codes.TokenExpired);
    }

    private static VisitorProof WithNewSecret(string id)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        return new VisitorProof(id, [.. SHA256.HashData(secret)], $"{id}.{Base64Url.EncodeToString(secret)}");
    }

    private static string? Unprotect(IDataProtector protector, string token)
    {
        try
        {
            return protector.Unprotect(token);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
