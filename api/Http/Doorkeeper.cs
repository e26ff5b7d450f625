using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace LiveSupport.Api.Http;

/// <summary>What a token alone does not settle: from which page a request comes, and how many sockets one address holds.</summary>
internal sealed class Doorkeeper(
    RequestDelegate next, SettingsCache settings, EdgeBudgets budgets, Admission admission, TimeProvider clock)
{
    private const string OwnHeader = "X-LiveSupport";

    /// <summary>A session's beginning: two tokens and a page, of which the longest are 8 KB and twice 2 KB.</summary>
    private const int LargestSession = 16 * 1024;
    private static readonly TimeSpan SessionWithin = TimeSpan.FromSeconds(5);

    /// <summary>A guess: nobody knows when one of a full address's goes.</summary>
    private static readonly TimeSpan ConnectionsEndWithin = TimeSpan.FromSeconds(30);

    public async Task InvokeAsync(HttpContext http)
    {
        // 405 and 415 are the router's own endpoints: the same answer for everybody.
        if (http.GetEndpoint() is { RequestDelegate: { } routers } and not RouteEndpoint)
        {
            await routers(http);
            return;
        }
        // Paths as the router sees them: in whatever case.
        var path = http.Request.Path;
        if (path.StartsWithSegments("/hubs/agent"))
        {
            if (Origins.Of(http.Request) is { } origin && !Origins.IsOwn(http.Request, origin))
                throw NotAllowed();
            await Enter(http, await admission.EnterAgent(http.RequestAborted));
            return;
        }
        else if (path.StartsWithSegments("/hubs/visitor"))
        {
            await Visitor(http);
            return;
        }
        else if (ChangesByCookie(http.Request) && http.Request.Headers[OwnHeader] != "1")
        {
            throw new RefusedException(Codes.Forbidden, $"Send the header {OwnHeader}: 1 with a call that changes something.");
        }
        if (path.StartsWithSegments("/api/widget/session") && HttpMethods.IsPost(http.Request.Method))
        {
            await ReadSession(http);
            await Enter(http, await admission.Enter(http.RequestAborted));
        }
        else
            await next(http);
    }

    /// <summary>
    /// Lets in as many at once as the process can take. With the answer one is in: what is left of a socket's beginning
    /// is for the client to say, and whoever never says it must not stand in the door.
    /// </summary>
    private async Task Enter(HttpContext http, IDisposable entering)
    {
        using var _ = entering;
        http.Response.OnStarting(static entering =>
        {
            ((IDisposable)entering).Dispose();
            return Task.CompletedTask;
        }, entering);
        await next(http);
    }

    /// <summary>Has all of the body before anybody is let in for it: whoever sends slowly waits for itself only.</summary>
    private async Task ReadSession(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = LargestSession;
        using var late = new CancellationTokenSource(SessionWithin, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, http.RequestAborted);
        var body = new MemoryStream();
        try
        {
            await http.Request.Body.CopyToAsync(body, stop.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The body was too slow.", StatusCodes.Status408RequestTimeout);
        }
        body.Position = 0;
        http.Request.Body = body;
    }

    private async Task Visitor(HttpContext http)
    {
        if (Origins.Of(http.Request) is { } origin && !Origins.IsOwn(http.Request, origin)
            && !((await http.AuthenticateAsync(VisitorAuthentication.SchemeName)).Succeeded
                && await settings.Of(VisitorAuthentication.Pass(http).WorkspaceId) is { } workspace
                && Origins.IsAllowed(http.Request, origin, workspace)))
            throw NotAllowed();

        // An upgraded request lasts as long as its socket.
        var address = $"address:{Client.Address(http)}";
        if (!budgets.TryOpen(address, budgets.Limits.ConnectionsPerAddress))
            throw Refusals.TooMany("Too many connections from this address.", ConnectionsEndWithin);
        try
        {
            await Enter(http, await admission.Enter(http.RequestAborted));
        }
        finally
        {
            budgets.Closed(address);
        }
    }

    private static bool ChangesByCookie(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        && request.Path.StartsWithSegments("/api")
        && !request.Path.StartsWithSegments("/api/widget")
        && !request.Path.StartsWithSegments("/api/v1")
        && request.Cookies.ContainsKey(Policies.CookieName);

    private static RefusedException NotAllowed() => new(Codes.OriginNotAllowed, "This site may not connect here.");
}
