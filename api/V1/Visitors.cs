using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveSupport.Api.V1;

internal static class Visitors
{
    public static void MapVisitors(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/visitors").WithTags("Visitors");

        group.MapGet("", async (HttpContext http, IGrainFactory grains, string? email, string? userId, string? cursor, int? limit) =>
        {
            http.Only("email", "userId", "cursor", "limit");
            if (email is not null && userId is not null)
                throw Input.Bad("Give 'email' or 'userId', not both.");
            if (email is null && userId is null)
                return await WhoHaveWritten(grains, ApiKeyAuthentication.Of(http).WorkspaceId, Input.Id(cursor, "cursor"), Input.Limit(limit ?? 50));
            var workspaceId = ApiKeyAuthentication.Of(http).WorkspaceId;
            var ids = userId is not null
                ? [VisitorTokens.KnownId(workspaceId, Input.Message(userId, Limits.Name))]
                : await grains.GetGrain<IEmailGrain>(Ids.EmailKey(workspaceId, Input.Email(email)!)).Visitors();
            var found = await Task.WhenAll(ids.Select(id => grains.Visitor(workspaceId, id).Profile()));
            return new Listing<VisitorItem>(
            [
                .. found.OfType<VisitorProfile>()
                    .Where(visitor => email is null || string.Equals(visitor.Email, email, StringComparison.OrdinalIgnoreCase))
                    .Select(VisitorItem.Of),
            ]);
        }).Needs(Scopes.VisitorsRead).WithSummary("Lists or finds visitors")
            .WithDescription("Without a filter all who have ever written, in the order of their first conversations; a page may hold fewer than `limit`. By `email` (the newest hundred that gave it; anybody can type any address, so look at `verified`) or by your own `userId`.");

        group.MapGet("/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
            VisitorItem.Of(await grains.Visitor(ApiKeyAuthentication.Of(http).WorkspaceId, Input.Known(id)).Profile() ?? throw Refusals.NotFound()))
            .Needs(Scopes.VisitorsRead).WithSummary("Gets a visitor");

        group.MapPost("", async Task<Created<VisitorItem>> (NewVisitor request, HttpContext http, IGrainFactory grains, TimeProvider clock) =>
        {
            var caller = ApiKeyAuthentication.Of(http);
            var id = request.UserId is { } userId
                ? VisitorTokens.KnownId(caller.WorkspaceId, Input.Message(userId, Limits.Name))
                : Idempotency.NewId(http, clock);
            var visitor = await grains.Visitor(caller.WorkspaceId, id).Describe(
                Details(request.Name, request.Email, request.Locale, request.TimeZone) with { Create = true, Vouched = request.UserId is not null }).OrThrow();
            return TypedResults.Created($"{PublicApi.Root}/visitors/{id}", VisitorItem.Of(visitor));
        }).Needs(Scopes.VisitorsWrite).Idempotent().WithSummary("Creates a visitor")
            .WithDescription("With `userId` it is the visitor that this user of yours is on your site: made if missing, else changed.");

        group.MapPatch("/{id}", async (string id, VisitorPatch request, HttpContext http, IGrainFactory grains) =>
            VisitorItem.Of(await grains.Visitor(ApiKeyAuthentication.Of(http).WorkspaceId, Input.Known(id))
                .Describe(Details(request.Name, request.Email, request.Locale, request.TimeZone)).OrThrow()))
            .Needs(Scopes.VisitorsWrite).WithSummary("Changes a visitor").WithDescription("What is not sent stays as it is.");

        group.MapDelete("/{id}", (string id, HttpContext http, IGrainFactory grains) =>
        {
            var caller = ApiKeyAuthentication.Of(http);
            return grains.Erase(caller.WorkspaceId, Input.Known(id), caller.Itself);
        }).Needs(Scopes.VisitorsWrite).WithSummary("Erases a visitor")
            .WithDescription("For good: name, e-mail and all else that is known, every line of the conversations with notes and files, and what was kept of connected systems. Each conversation stays as one line that says so, under the id without a name. The answer is the receipt; a repeat gets the same one, and finishes what was cut off. Webhooks get `conversation.erased` for each conversation.");
    }

    /// <summary>Each visitor once: beside the first of its conversations, whose place in the list never changes.</summary>
    private static async Task<Listing<VisitorItem>> WhoHaveWritten(IGrainFactory grains, string workspaceId, string? cursor, int limit)
    {
        var queue = grains.Queue(workspaceId);
        var rows = await queue.List(new RowFilter(limit, AfterId: cursor));
        var found = await Task.WhenAll(rows.Select(async row =>
            await queue.List(new RowFilter(1, VisitorId: row.Visitor.Id)) is [var first] && first.Id == row.Id
                ? await grains.Visitor(workspaceId, row.Visitor.Id).Profile()
                : null));
        return new Listing<VisitorItem>([.. found.OfType<VisitorProfile>().Select(VisitorItem.Of)], rows.Length == limit ? rows[^1].Id : null);
    }

    private static VisitorDetails Details(string? name, string? email, string? locale, string? timeZone) => new()
    {
        Name = Input.Name(name),
        Email = Input.Email(email),
        Locale = locale is null ? null : Input.Text(locale, "locale", 100),
        TimeZone = timeZone is null ? null : Input.Text(timeZone, "timeZone", 100),
    };
}
