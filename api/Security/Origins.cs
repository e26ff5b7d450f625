using LiveSupport.Contracts;

namespace LiveSupport.Api.Security;

/// <summary>Which web pages may talk to us. A request without an origin comes from no web page and is judged by its token alone.</summary>
internal static class Origins
{
    public static string? Of(HttpRequest request) => request.Headers.Origin.Count switch
    {
        0 => null,
        _ => request.Headers.Origin.ToString(),
    };

    /// <summary>The page is one of ours. A proxy that ends TLS before us says so; no web page can add that header.</summary>
    public static bool IsOwn(HttpRequest request, string origin) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
        || (request.Headers["X-Forwarded-Proto"] == "https"
            && string.Equals(origin, $"https://{request.Host}", StringComparison.OrdinalIgnoreCase));

    public static bool IsAllowed(HttpRequest request, string origin, WorkspaceSettings settings) =>
        IsOwn(request, origin) || settings.AllowedOrigins.Any(allowed => Matches(allowed, origin));

    /// <summary>Exactly, or by <c>https://*.example.com</c>: any name below, but not the name itself.</summary>
    public static bool Matches(string allowed, string origin)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) is var authority
            && !string.Equals(authority, origin, StringComparison.OrdinalIgnoreCase))
            return false;
        var star = allowed.IndexOf("://*.", StringComparison.Ordinal);
        if (star < 0)
            return string.Equals(allowed.TrimEnd('/'), authority, StringComparison.OrdinalIgnoreCase);
        var scheme = allowed[..(star + 3)];
        return authority.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && authority.EndsWith(allowed[(star + 4)..], StringComparison.OrdinalIgnoreCase)
            && authority.Length > allowed.Length - 1;
    }

    /// <summary>Nothing but scheme, host and port, perhaps with a star: safe to stand in a header.</summary>
    public static bool IsPattern(string text)
    {
        var plain = text.Replace("://*.", "://", StringComparison.Ordinal);
        return plain.Length is > 0 and <= 300
            && !plain.Contains('*', StringComparison.Ordinal)
            && Uri.TryCreate(plain, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && uri.GetLeftPart(UriPartial.Authority) == plain.TrimEnd('/').ToLowerInvariant();
    }
}
