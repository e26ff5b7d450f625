using Microsoft.Extensions.Primitives;

namespace LiveSupport.Api.Http;

/// <summary>
/// The queue's and the search's parameters are all optional: one without a value (<c>?view=&amp;limit=</c>) is as one
/// that was left out. Only what is searched for may be blank.
/// </summary>
internal sealed class BlankParameters(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (request.QueryString.HasValue
            && (request.Path.StartsWithSegments("/api/conversations") || request.Path.StartsWithSegments("/api/search"))
            && request.Query.Any(IsLeftOut))
            request.Query = new QueryCollection(request.Query.Where(one => !IsLeftOut(one)).ToDictionary());
        return next(http);
    }

    private static bool IsLeftOut(KeyValuePair<string, StringValues> parameter) =>
        parameter.Key != "q" && StringValues.IsNullOrEmpty(parameter.Value);
}
