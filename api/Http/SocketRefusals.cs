using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

/// <summary>What SignalR refuses at a hub's address, it says in plain text: these are problems like all others.</summary>
internal sealed class SocketRefusals(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/hubs") || http.Request.Path.Value!.EndsWith("/negotiate", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }
        var body = http.Response.Body;
        http.Response.Body = Stream.Null;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = body;
        }
        if (http.Response is { HasStarted: false, StatusCode: >= 400 and var status })
        {
            http.Response.Clear();
            await (status == StatusCodes.Status400BadRequest
                ? Problems.Write(http, new Refusal(Codes.BadRequest, "This address takes WebSockets only."))
                : Problems.Write(http, status));
        }
    }
}
