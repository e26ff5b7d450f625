using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>One workspace: its sites, settings, people and knowledge. Key: the workspace's id.</summary>
[Alias("ls.workspace")]
public interface IWorkspaceGrain : IGrainWithStringKey
{
    /// <summary>Creates the workspace with its first settings and articles; does nothing when it exists.</summary>
    [Alias("create")] Task Create(WorkspaceSettings settings, ImmutableArray<Article> articles);

    /// <summary>Null when the workspace does not exist.</summary>
    [Alias("settings"), ReadOnly] Task<WorkspaceSettings?> Settings();
    [Alias("set-settings")] Task<Outcome<WorkspaceSettings>> SetSettings(WorkspaceSettings settings);

    [Alias("agents"), ReadOnly] Task<ImmutableArray<AgentProfile>> Agents();

    /// <summary>The agent who signs in with this e-mail; null when there is none.</summary>
    [Alias("find-agent"), ReadOnly] Task<string?> FindAgent(string normalizedEmail);

    /// <summary>Enters an agent into the list, or changes the entry. <see cref="Codes.Conflict"/> when another one
    /// has the e-mail, or when it was the last administrator. <paramref name="onlyFirst"/>: refused once there is anybody (the set-up works once).</summary>
    [Alias("enter-agent")] Task<Outcome<Done>> EnterAgent(AgentProfile agent, bool onlyFirst);

    [Alias("articles"), ReadOnly] Task<Knowledge> Knowledge();

    /// <summary>Adds an article or replaces the one of the same id.</summary>
    [Alias("put-article")] Task<Outcome<Done>> PutArticle(Article article);
    [Alias("remove-article")] Task<Outcome<Done>> RemoveArticle(string articleId);

    /// <summary>Puts an article in the place of <paramref name="expected"/> (null: of none); null removes it.
    /// <see cref="Codes.Conflict"/> when something else stands there by now.</summary>
    [Alias("change-article")] Task<Outcome<Done>> ChangeArticle(string articleId, Article? expected, Article? article);
}

/// <summary>Which workspace a site key belongs to. Key: the site key, as it stands in the embed snippet.</summary>
[Alias("ls.site")]
public interface ISiteGrain : IGrainWithStringKey
{
    [Alias("workspace"), ReadOnly] Task<string?> Workspace();
    [Alias("claim")] Task<Outcome<Done>> Claim(string workspaceId);
}

[GenerateSerializer, Immutable, Alias("ls.workspace-settings")]
public sealed record WorkspaceSettings
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>What the widget's header says, e.g. "Linnea".</summary>
    [Id(1)] public required string TeamName { get; init; }
    [Id(2)] public string Greeting { get; init; } = "Hi! Ask me anything, or talk to a person at any time.";

    /// <summary>The site's colour, <c>#rrggbb</c>.</summary>
    [Id(3)] public string Color { get; init; } = "#2563eb";

    /// <summary>Origins that may embed the widget, exact or <c>https://*.example.com</c>. The server's own is always allowed.</summary>
    [Id(4)] public ImmutableArray<string> AllowedOrigins { get; init; } = [];
    [Id(5)] public ImmutableArray<string> SiteKeys { get; init; } = [];
    [Id(6)] public bool BotEnabled { get; init; } = true;
    [Id(7)] public string BotName { get; init; } = "AI";

    /// <summary>HS256 key with which the customer's site signs its users' identity; null: nobody is vouched for.</summary>
    [Id(8)] public string? IdentitySecret { get; init; }

    /// <summary>RS256 keys with which it may sign instead: no secret of the site leaves it then.</summary>
    // A silo of the version before tells of none.
    [Id(9)] public ImmutableArray<IdentityKey> IdentityKeys { get => field.IsDefault ? [] : field; init; }

    /// <summary>Only whom the site has vouched for may chat.</summary>
    [Id(10)] public bool RequireIdentity { get; init; }

    /// <summary>Without the secret: an engine that traces its messages writes this.</summary>
    public override string ToString() => $"{nameof(WorkspaceSettings)} {Name}";
}

/// <summary>A customer's site's public key.</summary>
/// <param name="Id">What a token's <c>kid</c> says; a token without one fits where there is one key only.</param>
/// <param name="Pem">RSA, of 2048 bits or more.</param>
[GenerateSerializer, Immutable, Alias("ls.identity-key")]
public sealed record IdentityKey([property: Id(0)] string Id, [property: Id(1)] string Pem);

/// <summary>A help article, in Markdown.</summary>
[GenerateSerializer, Immutable, Alias("ls.article")]
public sealed record Article(
    [property: Id(0)] string Id,
    [property: Id(1)] string Title,
    [property: Id(2)] string Markdown,
    [property: Id(3)] string? Url = null);

/// <param name="Version">Grows with every change of an article: an index built for it can be kept.</param>
[GenerateSerializer, Immutable, Alias("ls.knowledge")]
public sealed record Knowledge([property: Id(0)] long Version, [property: Id(1)] ImmutableArray<Article> Articles);
