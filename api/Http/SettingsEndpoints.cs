using System.Collections.Immutable;
using System.Text.RegularExpressions;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

/// <summary>A help article as it is written.</summary>
internal sealed record ArticleText(string Title, string Markdown, string? Url = null);

/// <summary>The settings as they are changed. Site keys are listed to be read; they cannot be changed here.</summary>
internal sealed record SettingsChange(
    string Name,
    string TeamName,
    string Greeting,
    string Color,
    IReadOnlyList<string> AllowedOrigins,
    bool BotEnabled,
    string BotName,
    string? IdentitySecret = null,
    IReadOnlyList<string>? SiteKeys = null);

/// <summary>The workspace's settings and its knowledge.</summary>
internal static partial class SettingsEndpoints
{
    private const int MostOrigins = 100;
    private const int LongestGreeting = 500;
    private const int LongestArticle = 100_000;
    private const int ShortestSecret = 32;

    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/settings", async (HttpContext http, IGrainFactory grains) =>
        {
            var me = http.User.Agent();
            var settings = await grains.Workspace(me.WorkspaceId).Settings() ?? throw Refusals.NotFound();
            return me.Role == AgentRole.Admin ? settings : settings with { IdentitySecret = null };
        }).RequireAuthorization(Policies.Agent).WithSummary("The workspace's settings; the identity secret for administrators only.");

        routes.MapPut("/api/settings", async (SettingsChange request, HttpContext http, IGrainFactory grains, SettingsCache cache) =>
        {
            var me = http.User.Agent();
            var workspace = grains.Workspace(me.WorkspaceId);
            var before = await workspace.Settings() ?? throw Refusals.NotFound();
            var saved = await workspace.SetSettings(Checked(request, before)).OrThrow();
            cache.Forget(me.WorkspaceId);
            return saved;
        }).RequireAuthorization(Policies.Admin).WithSummary("Replaces the settings.");

        routes.MapGet("/api/articles", async (HttpContext http, IGrainFactory grains) =>
            await grains.Workspace(http.User.Agent().WorkspaceId).Knowledge())
            .RequireAuthorization(Policies.Agent).WithSummary("The help articles that the bot answers from.");

        routes.MapPut("/api/articles/{id}", async (string id, ArticleText request, HttpContext http, IGrainFactory grains) =>
        {
            if (!Ids.IsWellFormed(id))
                throw Input.Bad("An article's id is 1 to 64 of A-Z a-z 0-9 _ -.");
            var article = new Article(
                id,
                Input.Name(request.Title) ?? throw Input.Bad("'title' is empty."),
                Input.Text(request.Markdown, "markdown", LongestArticle),
                string.IsNullOrEmpty(request.Url) ? null : Link(request.Url));
            await grains.Workspace(http.User.Agent().WorkspaceId).PutArticle(article).OrThrow();
            return Results.NoContent();
        }).RequireAuthorization(Policies.Admin).WithSummary("Adds or replaces an article.");

        routes.MapDelete("/api/articles/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            await grains.Workspace(http.User.Agent().WorkspaceId).RemoveArticle(Input.Known(id)).OrThrow();
            return Results.NoContent();
        }).RequireAuthorization(Policies.Admin).WithSummary("Removes an article.");
    }

    private static WorkspaceSettings Checked(SettingsChange request, WorkspaceSettings before)
    {
        if (request.SiteKeys is { } keys && !keys.SequenceEqual(before.SiteKeys))
            throw Input.Bad("'siteKeys' cannot be changed here.");
        if (!ColorPattern().IsMatch(request.Color))
            throw Input.Bad("'color' must be #rrggbb.");
        if (request.AllowedOrigins.Count > MostOrigins || request.AllowedOrigins.FirstOrDefault(origin => !Origins.IsPattern(origin)) is not null)
            throw Input.Bad("'allowedOrigins' are at most 100 of the form https://shop.example.com or https://*.example.com.");
        if (!string.IsNullOrEmpty(request.IdentitySecret) && request.IdentitySecret.Length < ShortestSecret)
            throw Input.Bad($"'identitySecret' needs at least {ShortestSecret} characters.");
        return before with
        {
            Name = Input.Name(request.Name) ?? throw Input.Bad("'name' is empty."),
            TeamName = Input.Name(request.TeamName) ?? throw Input.Bad("'teamName' is empty."),
            Greeting = Input.Text(request.Greeting, "greeting", LongestGreeting),
            Color = request.Color.ToLowerInvariant(),
            AllowedOrigins = [.. request.AllowedOrigins.Select(origin => origin.TrimEnd('/'))],
            BotEnabled = request.BotEnabled,
            BotName = Input.Name(request.BotName) ?? throw Input.Bad("'botName' is empty."),
            IdentitySecret = string.IsNullOrEmpty(request.IdentitySecret) ? null : Input.Text(request.IdentitySecret, "identitySecret", 512),
        };
    }

    private static string Link(string url) =>
        Uri.TryCreate(Input.Text(url, "url", Limits.Url), UriKind.RelativeOrAbsolute, out var parsed)
        && (!parsed.IsAbsoluteUri ? url.StartsWith('/') : parsed.Scheme is "http" or "https")
            ? url
            : throw Input.Bad("'url' is no web address.");

    [GeneratedRegex("^#[0-9a-fA-F]{6}$", RegexOptions.NonBacktracking)]
    private static partial Regex ColorPattern();
}
