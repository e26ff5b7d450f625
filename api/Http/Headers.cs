namespace LiveSupport.Api.Http;

/// <summary>What every answer says to a browser, unless its page knows better.</summary>
internal sealed class Headers(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        // At the last moment: an error begins its answer anew.
        http.Response.OnStarting(static context => Set((HttpContext)context), http);
        return next(http);
    }

    private static Task Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        if (headers.CacheControl.Count == 0 && http.Request.Path.StartsWithSegments("/api"))
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
