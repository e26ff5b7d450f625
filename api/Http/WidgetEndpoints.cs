using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

internal sealed record PageSeen(string Url, string? Title = null, string? Referrer = null);

internal sealed record BeginSession(
    string SiteKey,
    string? VisitorToken = null,
    string? UserToken = null,
    string? Locale = null,
    string? TimeZone = null,
    PageSeen? Page = null);

/// <summary>What the widget shows of the workspace.</summary>
internal sealed record WidgetSettings(string TeamName, string Greeting, string Color, bool BotEnabled, string BotName);

/// <param name="ConversationId">
/// Where the visitor wrote last, so that the widget can show it; null before the first message. It may be over
/// (<c>visitor.previous</c> has it then): the next message lands in it or opens another one, as its answer says.
/// </param>
internal sealed record Session(
    string VisitorToken,
    string AccessToken,
    int ExpiresInSeconds,
    VisitorView Visitor,
    string? ConversationId,
    WidgetSettings Settings);

/// <summary>The widget's way in: who the visitor is, and a token for its socket.</summary>
internal static class WidgetEndpoints
{
    public static void MapWidget(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/widget/session", Begin).AllowAnonymous().WithSummary("Begins or resumes a visitor's session.");

        // A page on an allowed site may call it directly; whether the origin is allowed, the call itself checks.
        routes.MapMethods("/api/widget/session", [HttpMethods.Options], (HttpContext http) =>
        {
            Share(http);
            http.Response.Headers.AccessControlAllowMethods = "POST";
            http.Response.Headers.AccessControlAllowHeaders = "content-type, x-livesupport";
            http.Response.Headers.AccessControlMaxAge = "600";
            return TypedResults.NoContent();
        }).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<Session> Begin(
        BeginSession request, HttpContext http, IGrainFactory grains, SettingsCache cache, VisitorTokens tokens,
        EdgeBudgets budgets, TimeProvider clock, IConfiguration configuration)
    {
        budgets.Sessions.Take(Client.Address(http), "Too many sessions from this address.");
        if (await cache.BySite(request.SiteKey) is not var (workspaceId, settings))
            throw Refusals.NotFound();
        if (Origins.Of(http.Request) is { } origin && !Origins.IsAllowed(http.Request, origin, settings))
            throw new RefusedException(Codes.OriginNotAllowed, "This site may not show the chat. An administrator can allow it in the settings.");
        Share(http);

        var user = request.UserToken is { } signed ? UserTokens.Read(signed, settings, clock.GetUtcNow()) : null;
        var proof = user is not null ? tokens.Known(workspaceId, user.Id, request.VisitorToken)
            : request.VisitorToken is null ? tokens.New()
            : await Returning(workspaceId, request.VisitorToken, grains);
        if (settings.RequireIdentity && !VisitorTokens.IsKnown(proof.VisitorId))
            throw new RefusedException(Codes.NotSignedIn, "Please sign in on this site to chat with us.");

        var page = request.Page is { } seen ? Input.Page(seen.Url, seen.Title, seen.Referrer) : null;
        var visitor = await grains.Visitor(workspaceId, proof.VisitorId).Begin(new VisitorSession
        {
            SecretHash = proof.SecretHash,
            Device = Client.Device(http.Request),
            Browser = Client.Browser(http.Request),
            Location = Client.Location(http.Request, configuration["LiveSupport:Edge:CountryHeader"]),
            Locale = Short(request.Locale, "locale"),
            TimeZone = Short(request.TimeZone, "timeZone"),
            Page = page,
            Vouched = user is null ? null : new Contact(proof.VisitorId, user.Name, user.Email, Verified: true),
        }).OrThrow();
        if (user is not null && request.VisitorToken is { } before && VisitorTokens.Read(before) is { } earlier)
            visitor = visitor with { ConversationId = await grains.GoOn(workspaceId, earlier, visitor) };

        return new Session(
            proof.Token,
            tokens.Access(workspaceId, visitor.Id, request.SiteKey, visitor.ConversationId, page),
            (int)VisitorTokens.AccessLife.TotalSeconds,
            await VisitorView.Of(grains, workspaceId, visitor, new Reader(AuthorType.Visitor, visitor.Id)),
            visitor.ConversationId,
            new WidgetSettings(settings.TeamName, settings.Greeting, settings.Color, settings.BotEnabled, settings.BotName));
    }

    private static async Task<VisitorProof> Returning(string workspaceId, string token, IGrainFactory grains) =>
        VisitorTokens.Read(token) is { } proof
        && (!VisitorTokens.IsKnown(proof.VisitorId) || await grains.Visitor(workspaceId, proof.VisitorId).Profile() is not null)
            ? proof
            : throw new RefusedException(Codes.TokenInvalid, "The visitor token is not valid.");

    private static string? Short(string? text, string name) => string.IsNullOrEmpty(text) ? null : Input.Text(text, name, 64);

    private static void Share(HttpContext http)
    {
        if (Origins.Of(http.Request) is not { } origin)
            return;
        http.Response.Headers.AccessControlAllowOrigin = origin;
        http.Response.Headers.Vary = "Origin";
    }
}
