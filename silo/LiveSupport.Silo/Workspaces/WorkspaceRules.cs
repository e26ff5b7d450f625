using System.Text.RegularExpressions;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Workspaces;

/// <summary>What a workspace's settings and articles may be. Pure.</summary>
public static partial class WorkspaceRules
{
    /// <summary>Characters in one article.</summary>
    public const int ArticleText = 100_000;

    /// <summary>Articles in one workspace: the built-in answerer holds them all in memory.</summary>
    public const int Articles = 1_000;

    /// <summary>Entries in a list of the settings.</summary>
    public const int Entries = 100;

    private const int GreetingText = 1_000;

    public static Refusal? Check(WorkspaceSettings settings) =>
        Text(settings.Name, "The workspace's name", Limits.Name)
        ?? Text(settings.TeamName, "The team's name", Limits.Name)
        ?? Text(settings.BotName, "The bot's name", Limits.Name)
        ?? (settings.Greeting.Length > GreetingText ? TooLong("The greeting", GreetingText) : null)
        ?? (Color().IsMatch(settings.Color) ? null : Bad("The colour must look like #2563eb."))
        ?? (settings.AllowedOrigins.Length > Entries ? TooLong("The list of origins", Entries) : null)
        ?? (settings.AllowedOrigins.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong
            ? Bad($"'{Shorten(wrong)}' is not an origin; write https://shop.example.com or https://*.example.com.")
            : null)
        ?? (settings.SiteKeys.Length is 0 or > Entries ? Bad($"A workspace has 1 to {Entries} site keys.") : null)
        ?? (settings.SiteKeys.All(Ids.IsWellFormed) ? null : Bad("A site key has 1 to 64 letters, digits, - or _."))
        ?? (settings.IdentitySecret is { Length: < 32 } ? Bad("The identity secret must have 32 characters or more.") : null)
        ?? IdentityRules.Check(settings);

    public static Refusal? Check(Article article) =>
        (Ids.IsWellFormed(article.Id) ? null : Bad("An article's id has 1 to 64 letters, digits, - or _."))
        ?? Text(article.Title, "An article's title", Limits.Name)
        ?? (string.IsNullOrWhiteSpace(article.Markdown) ? Bad("The article is empty.") : null)
        ?? (article.Markdown.Length > ArticleText ? TooLong("An article", ArticleText) : null)
        ?? (article.Url is null || IsLink(article.Url) ? null : Bad("An article's address must begin with https://, http:// or /."));

    /// <summary>True for <c>scheme://host[:port]</c>, exact or with <c>*.</c> before a host of two parts or more.</summary>
    public static bool IsOrigin(string origin) =>
        !origin.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
        && Uri.TryCreate(origin.Replace("://*.", "://wildcard.", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
        && !origin.EndsWith('/')
        && uri.PathAndQuery == "/" && uri.Fragment.Length == 0
        && (!origin.Contains('*') || (origin.Count(c => c == '*') == 1 && origin.Contains("://*.") && uri.Host.Split('.').Length > 2));

    /// <summary>True when nobody could change the workspace any more.</summary>
    public static bool TakesLastAdministrator(IReadOnlyCollection<AgentProfile> agents, AgentProfile before, AgentProfile now) =>
        IsAdministrator(before) && !IsAdministrator(now) && !agents.Any(other => other.Id != now.Id && IsAdministrator(other));

    private static bool IsAdministrator(AgentProfile agent) => agent is { Role: AgentRole.Admin, Deactivated: false };

    private static bool IsLink(string url) =>
        url.Length <= Limits.Url
        // Browsers read \ as /, and leave out tabs and line breaks: /\evil.example is another site.
        && !url.Any(c => c == '\\' || char.IsControl(c))
        && ((url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal))
            || (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"));

    private static Refusal? Text(string text, string what, int limit) =>
        string.IsNullOrWhiteSpace(text) ? Bad($"{what} is empty.") : text.Length > limit ? TooLong(what, limit) : null;

    private static Refusal TooLong(string what, int limit) => new(Codes.TooLong, $"{what} is longer than {limit}.");

    private static Refusal Bad(string sentence) => new(Codes.BadRequest, sentence);

    private static string Shorten(string text) => text.Length > 80 ? text[..80] + "…" : text;

    [GeneratedRegex("^#[0-9a-fA-F]{6}\\z")]
    private static partial Regex Color();
}
