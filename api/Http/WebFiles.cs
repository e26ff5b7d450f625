using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace LiveSupport.Api.Http;

/// <summary>Serves what Vite built, as it was precompressed, with the headers that each page needs.</summary>
internal sealed class WebFiles(RequestDelegate next, SettingsCache settings, SetupLink setup)
{
    private const string Page =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; ";

    private static readonly FileExtensionContentTypeProvider Types = new();
    private static readonly Lazy<string?> Root = new(FindRoot);

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not null)
        {
            await next(http);
            return;
        }
        // CONNECT has none, nor has OPTIONS *.
        var path = http.Request.Path is { HasValue: true, Value: var asked } ? asked : "/";
        var file = path switch
        {
            "/" => "dashboard/index.html",
            "/setup" => await setup.Opens(http.Request.Query["code"]) ? "dashboard/index.html" : null,
            "/widget" => "widget/index.html",
            "/docs/api" => "docs/api.html",
            "/demo" or "/demo/" => "demo/index.html",
            _ when path.StartsWith("/demo/", StringComparison.Ordinal) && !path[6..].Contains('.', StringComparison.Ordinal) => $"{path[1..]}.html",
            _ when path.StartsWith("/demo/", StringComparison.Ordinal) && path.EndsWith(".html", StringComparison.Ordinal) => path[1..],
            _ when path.EndsWith(".html", StringComparison.Ordinal) => null,
            _ => path[1..],
        };
        if (file is null || Find(file) is not { } found)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            // Somebody followed a link: say it on a page, not as JSON.
            if (HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
                && Find("dashboard/gone.html") is { } gone)
                await Send(http, "dashboard/gone.html", gone, $"{Page}frame-ancestors 'none'");
            return;
        }
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET, HEAD";
            return;
        }
        var policy = file switch
        {
            "widget/index.html" => $"{Page}frame-ancestors {await Ancestors(http.Request)}",
            _ when file.StartsWith("demo/", StringComparison.Ordinal) => $"{Page}frame-src 'self'; frame-ancestors 'none'",
            // The pictures of ordered goods lie with the shop.
            "dashboard/index.html" => $"{Page.Replace("img-src", "img-src https://cdn.shopify.com", StringComparison.Ordinal)}frame-ancestors 'none'",
            _ => $"{Page}frame-ancestors 'none'",
        };
        await Send(http, file, found, policy);
    }

    private static async Task Send(HttpContext http, string name, FileInfo file, string policy)
    {
        var (request, response) = (http.Request, http.Response);
        var encoding = Accepts(request, "br") && File.Exists($"{file.FullName}.br") ? "br"
            : Accepts(request, "gzip") && File.Exists($"{file.FullName}.gz") ? "gzip"
            : null;
        var body = encoding switch { "br" => new FileInfo($"{file.FullName}.br"), "gzip" => new FileInfo($"{file.FullName}.gz"), _ => file };
        var etag = new EntityTagHeaderValue($"\"{file.LastWriteTimeUtc.Ticks:x}-{body.Length:x}\"");

        response.Headers.ContentSecurityPolicy = policy;
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.ETag = etag.ToString();
        // Names below assets/ carry a hash of the content; everything else is asked for anew.
        response.Headers.CacheControl = name.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        if (name == "widget.js")
            response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        // A proxy that packed it anew has made the tag a weak one.
        if (request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = Types.TryGetContentType(name, out var type)
            ? type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type
            : "application/octet-stream";
        if (encoding is not null)
            response.Headers.ContentEncoding = encoding;
        response.ContentLength = body.Length;
        await response.SendFileAsync(body.FullName, http.RequestAborted);
    }

    /// <summary>Which sites may show the widget of this site key in a frame.</summary>
    private async Task<string> Ancestors(HttpRequest request)
    {
        var siteKey = request.Query["siteKey"].ToString() is { Length: > 0 } named ? named : request.Query["site"].ToString();
        var allowed = await settings.BySite(siteKey) is var (_, workspace) ? workspace.AllowedOrigins : [];
        return string.Join(' ', ["'self'", .. allowed.Where(Origins.IsPattern)]);
    }

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.Headers.AcceptEncoding.ToString().Split(',').Any(offer =>
            offer.Split(';') is [var name, .. var rest] && name.Trim() == encoding && !rest.Any(q => q.Trim() is "q=0" or "q=0.0"));

    private static FileInfo? Find(string name)
    {
        if (Root.Value is not { } root || name.Contains('\\', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
            return null;
        var full = Path.GetFullPath(name, root);
        return full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(full) ? new FileInfo(full) : null;
    }

    /// <summary>Beside the program when it is published, in the source tree when it is run from there.</summary>
    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            foreach (var candidate in (ReadOnlySpan<string>)["wwwroot", Path.Combine("api", "wwwroot")])
                if (Path.Combine(folder.FullName, candidate) is var root && Directory.Exists(root))
                    return Path.GetFullPath(root);
        return null;
    }
}
