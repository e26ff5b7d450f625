using System.Collections.Immutable;
using LiveSupport.Contracts;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Integrations;

/// <summary>Keeps what the providers say in memory only: it is theirs, and they are asked again.</summary>
[GrainType("customer"), Reentrant]
internal sealed partial class CustomerGrain(TimeProvider clock, ILogger<CustomerGrain> logger) : Grain, ICustomerGrain
{
    // research/product §5.4
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Shown = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan NobodyFor = TimeSpan.FromMinutes(5);

    /// <summary>A provider that failed is not asked again before.</summary>
    private static readonly TimeSpan FailedFor = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Known> _known = [];
    private readonly HashSet<string> _asking = [];
    private string? _email;
    private bool _verified;

    public async Task<ImmutableArray<ProviderCard>> Panel()
    {
        var (workspace, visitorId) = Ids.Split(this.GetPrimaryKeyString());
        if (await GrainFactory.GetGrain<IVisitorGrain>(this.GetPrimaryKeyString()).Profile() is not { } visitor)
            return [];
        if (!string.Equals(visitor.Email, _email, StringComparison.OrdinalIgnoreCase))
            _known.Clear();
        (_email, _verified) = (visitor.Email, visitor.Verified);
        var connected = await Task.WhenAll(Providers.All.Select(id => Integration(workspace, id).View()));
        foreach (var gone in connected.Where(provider => !provider.Connected))
            _known.Remove(gone.Provider);
        var cards = connected.Where(provider => provider.Connected).Select(provider => provider.Provider).ToList();
        foreach (var provider in cards.Where(IsOld))
            Ask(workspace, visitorId, provider);
        return [.. cards.Select(Card)];
    }

    public async Task Refresh(string? provider)
    {
        foreach (var id in provider is null ? Providers.All : [provider])
        {
            if (_known.TryGetValue(id, out var known))
                _known[id] = known with { AskAgainAt = DateTimeOffset.MinValue };
        }
        await Panel();
    }

    private bool IsOld(string provider) =>
        _email is not null && !_asking.Contains(provider)
        && (!_known.TryGetValue(provider, out var known) || known.AskAgainAt <= clock.GetUtcNow());

    /// <summary>Not waited for: whoever looks sees what is known, and hears of the rest.</summary>
    private void Ask(string workspace, string visitorId, string provider)
    {
        _asking.Add(provider);
        _ = AskNow(workspace, visitorId, provider, _email!);
    }

    private async Task AskNow(string workspace, string visitorId, string provider, string email)
    {
        Outcome<string> answer;
        try
        {
            answer = await Integration(workspace, provider).LookUp(visitorId, email);
        }
        catch (Exception broken)
        {
            LookFailed(broken, provider);
            answer = new Refusal(Codes.Unavailable, "The provider could not be asked.");
        }
        _asking.Remove(provider);
        if (email != _email)
        {
            // The visitor gave another address meanwhile, and nobody could ask about it until now.
            if (IsOld(provider))
                Ask(workspace, visitorId, provider);
            return;
        }
        var now = clock.GetUtcNow();
        var known = _known.GetValueOrDefault(provider);
        _known[provider] = answer.Refusal switch
        {
            null => new Known(answer.Value, now, null, now + Fresh),
            { Code: Codes.NotFound } => new Known(null, now, null, now + NobodyFor),
            var error when known is { Json: not null } && now - known.At < Shown => known with { Error = error, AskAgainAt = now + FailedFor },
            var error => new Known(null, null, error, now + FailedFor),
        };
        await this.Publish(workspace, new CustomerChanged(visitorId, [Card(provider)]), logger);
    }

    private ProviderCard Card(string provider)
    {
        var known = _known.GetValueOrDefault(provider);
        var age = clock.GetUtcNow() - known?.At;
        var json = age < Shown ? known!.Json : null;
        return new ProviderCard
        {
            Provider = provider,
            Verified = _verified,
            At = json is null ? null : known!.At,
            // That a provider asks for patience is no news while there is something to show.
            Error = json is not null && known!.Error?.Code == Codes.RateLimited ? null : known?.Error,
            Json = json,
            State = _email is null ? CardState.NoEmail
                : known is null ? CardState.Loading
                : json is not null ? known.Error is null && age < Fresh ? CardState.Fresh : CardState.Stale
                : known.Error is not null ? CardState.Error
                : known.Json is not null ? CardState.Loading
                : CardState.NotFound,
        };
    }

    private IIntegrationGrain Integration(string workspace, string provider) =>
        GrainFactory.GetGrain<IIntegrationGrain>(Ids.Key(workspace, provider));

    /// <param name="Json">Null: the provider knows nobody, or has not answered yet.</param>
    /// <param name="At">When it answered.</param>
    private sealed record Known(string? Json, DateTimeOffset? At, Refusal? Error, DateTimeOffset AskAgainAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Provider} could not be asked.")]
    private partial void LookFailed(Exception error, string provider);
}
