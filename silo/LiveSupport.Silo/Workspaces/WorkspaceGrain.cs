using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Workspaces;

[GrainType("workspace")]
public sealed class WorkspaceGrain(
    [PersistentState("workspace", StorageNames.Grains)] IPersistentState<WorkspaceState> stored,
    IdentitySecrets secrets) : Grain, IWorkspaceGrain
{
    /// <summary>As stored, but with its secret in clear: asked for with every session that begins.</summary>
    private (WorkspaceSettings Stored, WorkspaceSettings Clear)? _clear;

    public async Task Create(WorkspaceSettings settings, ImmutableArray<Article> articles)
    {
        if (stored.State.Settings is not null)
            return;
        if (WorkspaceRules.Check(settings) is { } refusal)
            throw new ArgumentException(refusal.Sentence);
        // The site keys first: a crash in between leaves a key that leads to a workspace that is made at the next start.
        if (await ClaimSites(settings) is { } taken)
            throw new ArgumentException(taken.Sentence);
        await Write(stored.State with { Settings = Sealed(settings), Knowledge = new Knowledge(1, articles) });
    }

    public Task<WorkspaceSettings?> Settings()
    {
        if (stored.State.Settings is not { } settings)
            return Task.FromResult<WorkspaceSettings?>(null);
        if (_clear is not { } known || !ReferenceEquals(known.Stored, settings))
            _clear = known = (settings, settings with { IdentitySecret = secrets.Open(settings.IdentitySecret) });
        return Task.FromResult<WorkspaceSettings?>(known.Clear);
    }

    public async Task<Outcome<WorkspaceSettings>> SetSettings(WorkspaceSettings settings)
    {
        if (stored.State.Settings is null)
            return new Refusal(Codes.NotFound, "There is no such workspace.");
        if ((WorkspaceRules.Check(settings) ?? await ClaimSites(settings)) is { } refusal)
            return refusal;
        await Write(stored.State with { Settings = Sealed(settings) });
        return settings;
    }

    public Task<ImmutableArray<AgentProfile>> Agents() => Task.FromResult(stored.State.Agents);

    public Task<string?> FindAgent(string normalizedEmail) =>
        Task.FromResult(stored.State.Agents.FirstOrDefault(agent => Same(agent.Email, normalizedEmail))?.Id);

    public async Task<Outcome<Done>> EnterAgent(AgentProfile agent, bool onlyFirst)
    {
        var agents = stored.State.Agents;
        if (onlyFirst && agents.Any(other => other.Id != agent.Id))
            return new Refusal(Codes.NotFound, "The workspace is set up already.");
        if (agents.Any(other => other.Id != agent.Id && Same(other.Email, agent.Email)))
            return new Refusal(Codes.Conflict, "Another agent has this e-mail address.");
        var known = agents.FirstOrDefault(other => other.Id == agent.Id);
        if (known is not null && WorkspaceRules.TakesLastAdministrator(agents, known, agent))
            return new Refusal(Codes.Conflict, "This is the last administrator. Make somebody else one first.");
        if (known != agent)
            await Write(stored.State with { Agents = known is null ? agents.Add(agent) : agents.Replace(known, agent) });
        return Done.It;
    }

    public Task<Knowledge> Knowledge() => Task.FromResult(stored.State.Knowledge);

    public async Task<Outcome<Done>> PutArticle(Article article)
    {
        if (WorkspaceRules.Check(article) is { } refusal)
            return refusal;
        var articles = stored.State.Knowledge.Articles;
        var known = articles.FirstOrDefault(other => other.Id == article.Id);
        if (known is null && articles.Length >= WorkspaceRules.Articles)
            return new Refusal(Codes.TooLong, $"A workspace has at most {WorkspaceRules.Articles} articles.");
        await WriteArticles(known is null ? articles.Add(article) : articles.Replace(known, article));
        return Done.It;
    }

    public async Task<Outcome<Done>> RemoveArticle(string articleId)
    {
        var articles = stored.State.Knowledge.Articles;
        if (articles.FirstOrDefault(article => article.Id == articleId) is not { } known)
            return new Refusal(Codes.NotFound, "There is no such article.");
        await WriteArticles(articles.Remove(known));
        return Done.It;
    }

    public async Task<Outcome<Done>> ChangeArticle(string articleId, Article? expected, Article? article)
    {
        if (stored.State.Knowledge.Articles.FirstOrDefault(known => known.Id == articleId) != expected)
            return new Refusal(Codes.Conflict, "Somebody else has changed this article meanwhile. Read it again.");
        return article is not null ? await PutArticle(article) : await RemoveArticle(articleId);
    }

    private async Task<Refusal?> ClaimSites(WorkspaceSettings settings)
    {
        foreach (var key in settings.SiteKeys)
        {
            if ((await GrainFactory.GetGrain<ISiteGrain>(key).Claim(this.GetPrimaryKeyString())).Refusal is { } refusal)
                return refusal;
        }
        return null;
    }

    private WorkspaceSettings Sealed(WorkspaceSettings settings) => settings with { IdentitySecret = secrets.Seal(settings.IdentitySecret) };

    private Task WriteArticles(ImmutableArray<Article> articles) =>
        Write(stored.State with { Knowledge = new Knowledge(stored.State.Knowledge.Version + 1, articles) });

    private Task Write(WorkspaceState next) => stored.Write(next, DeactivateOnIdle);

    private static bool Same(string email, string other) => string.Equals(email, other, StringComparison.OrdinalIgnoreCase);
}
