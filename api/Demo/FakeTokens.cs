using System.Collections.Concurrent;

namespace LiveSupport.Api.Demo;

/// <summary>
/// The sign-ins that the fakes have handed out, as strict as the providers: a token ends, and each use of a refresh
/// token ends it. What a person could have pasted is accepted.
/// </summary>
internal sealed class FakeTokens(TimeProvider clock)
{
    private const string Mark = "issued-";

    private readonly ConcurrentDictionary<string, DateTimeOffset> _issued = new();
    private readonly ConcurrentDictionary<string, string> _refreshTokens = new();

    /// <summary>Tokens so far, by provider.</summary>
    public ConcurrentDictionary<string, int> Made { get; } = new();

    public IReadOnlyCollection<string> Issued => [.. _issued.Keys];

    public string Issue(string provider, TimeSpan life)
    {
        Made.AddOrUpdate(provider, 1, static (_, made) => made + 1);
        var token = $"{Mark}{Guid.NewGuid():N}";
        _issued[token] = clock.GetUtcNow() + life;
        return token;
    }

    /// <summary>The refresh token after this one; null: this one is worth nothing.</summary>
    public string? Renew(string provider, string refreshToken)
    {
        var next = $"refresh-{Guid.NewGuid():N}";
        return _refreshTokens.TryAdd(provider, next) || _refreshTokens.TryUpdate(provider, next, refreshToken) ? next : null;
    }

    /// <summary>Ends every token before its time, as an administrator there can.</summary>
    public void Revoke() => _issued.Clear();

    public bool Accepts(HttpRequest request)
    {
        var token = request.Headers["X-Shopify-Access-Token"].FirstOrDefault() ?? request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        return !token.StartsWith(Mark, StringComparison.Ordinal) || (_issued.TryGetValue(token, out var until) && until > clock.GetUtcNow());
    }
}
