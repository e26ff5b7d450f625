using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace LiveSupport.Api.Security;

/// <summary>The program that calls.</summary>
internal sealed record Caller(string WorkspaceId, ApiKey Key)
{
    /// <summary>Who a change is by, when the program names no agent. The dash keeps it apart from agents' ids.</summary>
    public AgentRef Itself => new($"api-{Key.Id}", Key.Name);
}

/// <summary>A key as a program holds it: <c>ls_{workspace}_{secret}</c>.</summary>
internal static class ApiKeyText
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string Begin = "ls_";
    private const int SecretLength = 40;
    private const int Shown = 4;

    public static (string Text, string Prefix) New(string workspaceId)
    {
        var text = $"{Begin}{workspaceId}_{RandomNumberGenerator.GetString(Alphabet, SecretLength)}";
        return (text, text[..^(SecretLength - Shown)]);
    }

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The workspace that the key names; null when it is no key.</summary>
    public static string? Workspace(string text) =>
        text.StartsWith(Begin, StringComparison.Ordinal)
        && text.LastIndexOf('_') is var last && last > Begin.Length
        && text.Length - last - 1 == SecretLength && text.AsSpan(last + 1).IndexOfAnyExcept(Alphabet) < 0
        && text[Begin.Length..last] is var workspace && Ids.IsWellFormed(workspace)
            ? workspace
            : null;
}

/// <summary>Lets programs in by <c>Authorization: Bearer ls_…</c>, and takes each call from the key's budget.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    IGrainFactory grains, EdgeBudgets budgets)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "api-key";
    public const string ScopeClaim = "ls:scope";

    public static Caller Of(HttpContext http) => (Caller)http.Items[typeof(Caller)]!;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var bearer = Request.Headers.Authorization.ToString();
        if (!bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var guesses = budgets.WrongKeys.For(Client.Address(Context));
        if (guesses.Wait() is { Ticks: > 0 } wait)
            throw Refusals.TooMany("Too many unknown keys from this address.", wait);
        var text = bearer[7..].Trim();
        if (ApiKeyText.Workspace(text) is not { } workspaceId
            || await grains.ApiKeys(workspaceId).Use(ApiKeyText.Hash(text)) is not { } use)
        {
            guesses.TryTake();
            return AuthenticateResult.Fail(Codes.TokenInvalid);
        }

        // Set when the answer begins: one that refuses begins its headers anew.
        Response.OnStarting(() =>
        {
            var headers = Response.Headers;
            headers["RateLimit-Limit"] = use.Key.PerMinute.ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Remaining"] = use.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Reset"] = use.ResetSeconds.ToString(CultureInfo.InvariantCulture);
            if (!use.Granted)
                headers.RetryAfter = use.RetrySeconds.ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        if (!use.Granted)
            throw new RefusedException(Codes.RateLimited, $"This key may make {use.Key.PerMinute} calls a minute. Try again in {use.RetrySeconds} s.");

        Context.Items[typeof(Caller)] = new Caller(workspaceId, use.Key);
        ImmutableArray<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, Ids.Key(workspaceId, use.Key.Id)),
            .. use.Key.Scopes.Select(scope => new Claim(ScopeClaim, scope)),
        ];
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Write(Context, Request.Headers.Authorization.Count == 0
            ? new Refusal(Codes.NotSignedIn, "Send an API key: Authorization: Bearer ls_…")
            : new Refusal(Codes.TokenInvalid, "This API key is not known here, or was revoked."));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.Write(Context, new Refusal(Codes.Forbidden, "This key has not the scope that the call needs."));
}
