using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

/// <summary>A help article as it is written.</summary>
internal sealed record ArticleText(string Title, string Markdown, string? Url = null);

/// <summary>The settings as they are changed. Site keys are listed to be read; they cannot be changed here. Who knows nothing of
/// public keys and of the duty to be known changes neither.</summary>
internal sealed record SettingsChange(
    string Name,
    string TeamName,
    string Greeting,
    string Color,
    IReadOnlyList<string> AllowedOrigins,
    bool BotEnabled,
    string BotName,
    string? IdentitySecret = null,
    IReadOnlyList<string>? SiteKeys = null,
    IReadOnlyList<IdentityKey>? IdentityKeys = null,
    bool? RequireIdentity = null);

/// <summary>The workspace's settings and its knowledge.</summary>
internal static class SettingsEndpoints
{
    private const int LongestText = 2_000;
    private const int LongestArticle = 100_000;

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
            var saved = await workspace.SetSettings(Changed(request, before)).OrThrow();
            cache.Forget(me.WorkspaceId);
            return saved;
        }).RequireAuthorization(Policies.Admin).WithSummary("Replaces the settings.");

        routes.MapGet("/api/articles", async (HttpContext http, IGrainFactory grains) =>
            await grains.Workspace(http.User.Agent().WorkspaceId).Knowledge())
            .RequireAuthorization(Policies.Agent).WithSummary("The help articles that the bot answers from.");

        routes.MapPut("/api/articles/{id}", async (string id, ArticleText request, HttpContext http, IGrainFactory grains) =>
        {
            var article = new Article(
                id,
                Input.Name(request.Title) ?? "",
                Input.Text(request.Markdown, "markdown", LongestArticle),
                string.IsNullOrEmpty(request.Url) ? null : Input.Text(request.Url, "url", Limits.Url));
            await grains.Workspace(http.User.Agent().WorkspaceId).PutArticle(article).OrThrow();
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Admin).WithSummary("Adds or replaces an article.");

        routes.MapDelete("/api/articles/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            await grains.Workspace(http.User.Agent().WorkspaceId).RemoveArticle(Input.Known(id)).OrThrow();
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Admin).WithSummary("Removes an article.");
    }

    /// <summary>Texts are checked here; what settings may be, the workspace knows.</summary>
    private static WorkspaceSettings Changed(SettingsChange request, WorkspaceSettings before) =>
        request.SiteKeys is { } keys && !keys.SequenceEqual(before.SiteKeys)
            ? throw Input.Bad("'siteKeys' cannot be changed here.")
            : before with
            {
                Name = Input.Name(request.Name) ?? "",
                TeamName = Input.Name(request.TeamName) ?? "",
                Greeting = Input.Text(request.Greeting, "greeting", LongestText),
                Color = Input.Text(request.Color, "color", LongestText),
                AllowedOrigins = [.. request.AllowedOrigins.Select(origin => Input.Text(origin, "allowedOrigins", LongestText).Trim().TrimEnd('/'))],
                BotEnabled = request.BotEnabled,
                BotName = Input.Name(request.BotName) ?? "",
                IdentitySecret = string.IsNullOrEmpty(request.IdentitySecret) ? null : Input.Text(request.IdentitySecret, "identitySecret", LongestText),
                IdentityKeys = request.IdentityKeys is { } given
                    ? [.. given.Select(key => new IdentityKey(Input.Text(key.Id, "identityKeys", LongestText), Input.Text(key.Pem, "identityKeys", LongestText).Trim()))]
                    : before.IdentityKeys,
                RequireIdentity = request.RequireIdentity ?? before.RequireIdentity,
            };
}
