using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Outbound;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Webhooks;

[GrainType("webhooks")]
public sealed class WebhooksGrain(
    [PersistentState("webhooks", StorageNames.Grains)] IPersistentState<WebhooksState> stored,
    WebhookSecrets secrets,
    PublicHttp http,
    TimeProvider clock) : Grain, IWebhooksGrain
{
    private static readonly Refusal NotFound = new(Codes.NotFound, "There is no such webhook.");

    private ImmutableArray<StoredWebhook> Endpoints => stored.State.Endpoints;

    public Task<ImmutableArray<WebhookEndpoint>> List() => Task.FromResult(Endpoints.Select(known => known.Endpoint).ToImmutableArray());

    public async Task<Outcome<WebhookMade>> Create(WebhookWish wish, AgentRef by)
    {
        if ((WebhookRules.Check(wish) ?? http.Check(wish.Url)) is { } refusal)
            return refusal;
        if (Endpoints.Length >= WebhookRules.Endpoints)
            return new Refusal(Codes.Conflict, $"A workspace has at most {WebhookRules.Endpoints} webhooks.");
        var secret = WebhookSignature.NewSecret();
        var made = new StoredWebhook(
            new WebhookEndpoint
            {
                Id = Ids.New(clock),
                Url = wish.Url,
                Events = wish.Events,
                Description = wish.Description,
                Paused = wish.Paused,
                CreatedAt = clock.GetUtcNow(),
                CreatedBy = by,
            },
            secrets.Seal(secret));
        await Write(Endpoints.Add(made));
        await Run(made);
        return new WebhookMade(made.Endpoint, secret);
    }

    public async Task<Outcome<WebhookEndpoint>> Change(string id, WebhookWish wish)
    {
        if (Find(id) is not { } known)
            return NotFound;
        if ((WebhookRules.Check(wish) ?? http.Check(wish.Url)) is { } refusal)
            return refusal;
        var changed = known with
        {
            Endpoint = known.Endpoint with { Url = wish.Url, Events = wish.Events, Description = wish.Description, Paused = wish.Paused },
        };
        await Write(Endpoints.Replace(known, changed));
        await Run(changed);
        return changed.Endpoint;
    }

    public async Task<Outcome<WebhookMade>> Roll(string id)
    {
        if (Find(id) is not { } known)
            return NotFound;
        var secret = WebhookSignature.NewSecret();
        var rolled = known with { Secret = secrets.Seal(secret), OldSecret = known.Secret, OldUntil = clock.GetUtcNow() + WebhookRules.OldSecretLives };
        await Write(Endpoints.Replace(known, rolled));
        await Run(rolled);
        return new WebhookMade(rolled.Endpoint, secret);
    }

    public async Task<Outcome<Done>> Remove(string id)
    {
        if (Find(id) is not { } known)
            return NotFound;
        await stored.Write(stored.State with { Endpoints = Endpoints.Remove(known), Leaving = stored.State.Leaving.Add(id) }, DeactivateOnIdle);
        await Clear();
        return Done.It;
    }

    public async Task<int> Run()
    {
        await Task.WhenAll(Endpoints.Select(Run));
        await Clear();
        return Endpoints.Length;
    }

    public Task Changed(ImmutableArray<string> conversationIds) =>
        Task.WhenAll(Endpoints.Select(known => Endpoint(known.Endpoint.Id).Changed(conversationIds)));

    public Task Forget(ImmutableArray<string> conversationIds) =>
        Task.WhenAll(Endpoints.Select(known => Endpoint(known.Endpoint.Id).Forget(conversationIds)));

    /// <summary>Goes on with what a removed endpoint left behind, also after a crash in the middle.</summary>
    private async Task Clear()
    {
        foreach (var id in stored.State.Leaving)
        {
            if (await Endpoint(id).Clear())
                await stored.Write(stored.State with { Leaving = stored.State.Leaving.Remove(id) }, DeactivateOnIdle);
        }
    }

    private Task Run(StoredWebhook known) => Endpoint(known.Endpoint.Id).Run(new WebhookTerms(
        known.Endpoint,
        known is { OldSecret: { } old, OldUntil: { } until } && until > clock.GetUtcNow() ? [known.Secret, old] : [known.Secret]));

    private StoredWebhook? Find(string id) => Endpoints.FirstOrDefault(known => known.Endpoint.Id == id);

    private IWebhookGrain Endpoint(string id) => GrainFactory.GetGrain<IWebhookGrain>(Ids.Key(this.GetPrimaryKeyString(), id));

    private Task Write(ImmutableArray<StoredWebhook> endpoints) => stored.Write(stored.State with { Endpoints = endpoints }, DeactivateOnIdle);
}
