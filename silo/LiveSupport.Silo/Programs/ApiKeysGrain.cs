using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Programs;

[GenerateSerializer, Immutable, Alias("ls.api-keys-state"), Stored(1)]
public sealed record ApiKeysState
{
    /// <summary>Newest first.</summary>
    [Id(0)] public ImmutableArray<StoredApiKey> Keys { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("ls.stored-api-key")]
public sealed record StoredApiKey([property: Id(0)] ApiKey Key, [property: Id(1)] string Hash);

[GrainType("api-keys")]
public sealed class ApiKeysGrain(
    [PersistentState("api-keys", StorageNames.Grains)] IPersistentState<ApiKeysState> stored, TimeProvider clock) : Grain, IApiKeysGrain
{
    private const int Most = 200;
    private const int MostInUse = 100;

    /// <summary>"Last used" is stored no more often.</summary>
    private static readonly TimeSpan UseIsNoted = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, CallBudget> _budgets = [];

    private ImmutableArray<StoredApiKey> Keys => stored.State.Keys;

    public Task<ImmutableArray<ApiKey>> List() => Task.FromResult(Keys.Select(known => known.Key).ToImmutableArray());

    public async Task<Outcome<ApiKey>> Create(NewApiKey key)
    {
        if (key.Scopes.Length == 0 || key.Scopes.Except(Scopes.All).Any() || key.Scopes.Distinct().Count() != key.Scopes.Length)
            return new Refusal(Codes.BadRequest, $"A key has one or more of the scopes {string.Join(", ", Scopes.All)}.");
        if (key.PerMinute is < 1 or > 60_000)
            return new Refusal(Codes.BadRequest, "A key's budget is 1 to 60000 calls a minute.");
        if (Keys.Count(known => known.Key.RevokedAt is null) >= MostInUse)
            return new Refusal(Codes.Conflict, $"A workspace has at most {MostInUse} keys. Revoke one that is not used any more.");
        var made = new ApiKey
        {
            Id = Ids.New(clock),
            Name = key.Name,
            Prefix = key.Prefix,
            Scopes = key.Scopes,
            PerMinute = key.PerMinute,
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = key.By,
        };
        await Write([new StoredApiKey(made, key.Hash), .. Keys.Take(Most - 1)]);
        return made;
    }

    public async Task<Outcome<Done>> Revoke(string id)
    {
        if (Keys.FirstOrDefault(known => known.Key.Id == id) is not { } found)
            return new Refusal(Codes.NotFound, "There is no such key.");
        if (found.Key.RevokedAt is null)
            await Write(Keys.Replace(found, found with { Key = found.Key with { RevokedAt = clock.GetUtcNow() } }));
        return Done.It;
    }

    public async Task<ApiKeyUse?> Use(string hash)
    {
        // The hash of a secret of 200 bits: where a comparison ends tells nobody anything.
        if (Keys.FirstOrDefault(known => known.Hash == hash && known.Key.RevokedAt is null) is not { } found)
            return null;
        var now = clock.GetUtcNow();
        if (!(now - found.Key.LastUsedAt < UseIsNoted))
        {
            var used = found with { Key = found.Key with { LastUsedAt = now } };
            await Write(Keys.Replace(found, used));
            found = used;
        }
        var budget = _budgets.GetValueOrDefault(found.Key.Id) ?? CallBudget.Whole(found.Key.PerMinute, now);
        var (after, granted) = budget.Take(now);
        _budgets[found.Key.Id] = after;
        return new ApiKeyUse(found.Key, granted, after.Remaining, after.ResetSeconds, after.RetrySeconds);
    }

    private Task Write(ImmutableArray<StoredApiKey> keys) => stored.Write(new ApiKeysState { Keys = keys }, DeactivateOnIdle);
}
