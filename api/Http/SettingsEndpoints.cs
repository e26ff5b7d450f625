using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

/// <summary>A help article as it is written.</summary>
internal sealed record ArticleText(string Title, string Markdown, string? Url = null);

/// <summary>The settings as they are read: whether there is an identity secret, never which.</summary>
internal sealed record SettingsShown(
    string Name,
    string TeamName,
    string Greeting,
    string Color,
    IReadOnlyList<string> AllowedOrigins,
    IReadOnlyList<string> SiteKeys,
    bool BotEnabled,
    string BotName,
    bool HasIdentitySecret,
    IReadOnlyList<IdentityKey> IdentityKeys,
    bool RequireIdentity)
{
    public static SettingsShown Of(WorkspaceSettings settings) => new(
        settings.Name,
        settings.TeamName,
        settings.Greeting,
        settings.Color,
        settings.AllowedOrigins,
        settings.SiteKeys,
        settings.BotEnabled,
        settings.BotName,
        settings.IdentitySecret is not null,
        settings.IdentityKeys,
        settings.RequireIdentity);
}

/// <summary>The settings as they are changed: as they were read, with what is to be another. Site keys cannot be changed here.
/// An identity secret, public keys or the duty to be known that are left out stay; an empty secret takes it away.</summary>
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
    bool? RequireIdentity = null,
    bool? HasIdentitySecret = null);

/// <summary>The workspace's settings and its knowledge.</summary>
internal static class SettingsEndpoints
{
    private const int LongestText = 2_000;
    private const int LongestArticle = 100_000;

    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/settings", async (HttpContext http, IGrainFactory grains) =>
            SettingsShown.Of(await grains.Workspace(http.User.Agent().WorkspaceId).Settings() ?? throw Refusals.NotFound()))
            .RequireAuthorization(Policies.Agent).WithSummary("The workspace's settings; of the identity secret only whether there is one.");

        routes.MapPut("/api/settings", async (SettingsChange request, HttpContext http, IGrainFactory grains, SettingsCache cache) =>
        {
            var me = http.User.Agent();
            var workspace = grains.Workspace(me.WorkspaceId);
            var before = await workspace.Settings() ?? throw Refusals.NotFound();
            var saved = await workspace.SetSettings(Changed(request, before)).OrThrow();
            cache.Forget(me.WorkspaceId);
            return SettingsShown.Of(saved);
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
                IdentitySecret = request.IdentitySecret switch
                {
                    null => before.IdentitySecret,
                    "" => null,
                    var secret => Input.Text(secret, "identitySecret", LongestText),
                },
                IdentityKeys = request.IdentityKeys is { } given
                    ? [.. given.Select(key => new IdentityKey(Input.Text(key.Id, "identityKeys", LongestText), Input.Text(key.Pem, "identityKeys", LongestText).Trim()))]
                    : before.IdentityKeys,
                RequireIdentity = request.RequireIdentity ?? before.RequireIdentity,
            };
}
