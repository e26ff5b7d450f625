using System.Security.Cryptography;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.V1;

/// <summary>The knowledge that the bot answers from. Changes carry <c>If-Match</c>, so that nobody overwrites unseen.</summary>
internal static class Articles
{
    private const int LongestArticle = 100_000;

    public static void MapArticles(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/articles").WithTags("Articles");

        group.MapGet("", async (HttpContext http, IGrainFactory grains, string? cursor, int? limit) =>
        {
            http.Only("cursor", "limit");
            Input.Id(cursor, "cursor");
            var most = Input.Limit(limit ?? 50);
            var knowledge = await Workspace(http, grains).Knowledge();
            var page = knowledge.Articles.OrderBy(article => article.Id, StringComparer.Ordinal)
                .Where(article => cursor is null || string.CompareOrdinal(article.Id, cursor) > 0).Take(most + 1).ToArray();
            return new Listing<Article>([.. page.Take(most)], page.Length > most ? page[most - 1].Id : null);
        }).Needs(Scopes.KnowledgeRead).WithSummary("Lists articles");

        group.MapGet("/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            var article = await Find(http, grains, Input.Known(id)) ?? throw Refusals.NotFound();
            http.Response.Headers.ETag = ETag(article);
            return http.Request.Headers.IfNoneMatch == ETag(article) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(article);
        }).Needs(Scopes.KnowledgeRead).Produces<Article>().WithSummary("Gets an article").WithDescription("Its `ETag` goes into `If-Match` of a change.");

        group.MapPost("", async (ArticleWish request, HttpContext http, IGrainFactory grains, TimeProvider clock) =>
        {
            var article = Made(Idempotency.NewId(http, clock), request);
            // A repeat whose first answer was lost finds what it made.
            if (await Find(http, grains, article.Id) != article)
                await Workspace(http, grains).ChangeArticle(article.Id, expected: null, article).OrThrow();
            http.Response.Headers.ETag = ETag(article);
            return TypedResults.Created($"{PublicApi.Root}/articles/{article.Id}", article);
        }).Needs(Scopes.KnowledgeWrite).Idempotent().WithSummary("Adds an article");

        group.MapPut("/{id}", async (string id, ArticleWish request, HttpContext http, IGrainFactory grains) =>
        {
            var before = await Find(http, grains, Input.Known(id));
            if (!Matches(http, before))
                return Stale();
            var article = Made(id, request);
            await Workspace(http, grains).ChangeArticle(id, before, article).OrThrow();
            http.Response.Headers.ETag = ETag(article);
            return Results.Json(article, statusCode: before is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        }).Needs(Scopes.KnowledgeWrite).Produces<Article>().Produces<Article>(StatusCodes.Status201Created).WithSummary("Writes an article under an id")
            .WithDescription("With `If-Match` only if it is still the one that was read; with `If-None-Match: *` only if there is none.");

        group.MapDelete("/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            var before = await Find(http, grains, Input.Known(id)) ?? throw Refusals.NotFound();
            if (!Matches(http, before))
                return Stale();
            await Workspace(http, grains).ChangeArticle(id, before, article: null).OrThrow();
            return Results.NoContent();
        }).Needs(Scopes.KnowledgeWrite).Produces(StatusCodes.Status204NoContent).WithSummary("Removes an article");
    }

    private static IWorkspaceGrain Workspace(HttpContext http, IGrainFactory grains) => grains.Workspace(ApiKeyAuthentication.Of(http).WorkspaceId);

    private static async Task<Article?> Find(HttpContext http, IGrainFactory grains, string id) =>
        (await Workspace(http, grains).Knowledge()).Articles.FirstOrDefault(article => article.Id == id);

    private static Article Made(string id, ArticleWish request) => new(
        id,
        Input.Name(request.Title) ?? throw Input.Bad("'title' is empty."),
        Input.Message(request.Markdown, LongestArticle),
        string.IsNullOrEmpty(request.Url) ? null : Input.Text(request.Url, "url", Limits.Url));

    private static string ETag(Article article) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(article, WireJson.Options)).AsSpan(0, 12))}\"";

    private static bool Matches(HttpContext http, Article? before)
    {
        var headers = http.Request.Headers;
        return (headers.IfMatch.Count == 0 || (before is not null && (headers.IfMatch == "*" || headers.IfMatch == ETag(before))))
            && (headers.IfNoneMatch != "*" || before is null);
    }

    private static IResult Stale() => new ProblemResult(
        new Refusal(Codes.Conflict, "The article is not the one that you read. Read it again."), StatusCodes.Status412PreconditionFailed);
}

/// <summary>A refusal with a status of its own.</summary>
internal sealed class ProblemResult(Refusal refusal, int status) : IResult
{
    public Task ExecuteAsync(HttpContext http) => Problems.Write(http, refusal, status);
}
