using System.Collections.Immutable;
using LiveSupport.Contracts;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Integrations;

/// <summary>Keeps what the providers say in memory only: it is theirs, and they are asked again.</summary>
[GrainType("customer"), Reentrant]
internal sealed partial class CustomerGrain(LiveFeed live, TimeProvider clock, ILogger<CustomerGrain> logger) : Grain, ICustomerGrain
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Shown = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan NobodyFor = TimeSpan.FromMinutes(5);

    /// <summary>A provider that failed is not asked again before; by itself less and less often, while somebody may still look.</summary>
    private static readonly TimeSpan FailedFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>That a provider asks for patience is no error for this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, Known> _known = [];
    private readonly HashSet<(string Provider, string Email)> _asking = [];
    private readonly HashSet<string> _askAgain = [];
    private DateTimeOffset _lookedAt;
    private IGrainTimer? _heal;

    private string WorkspaceId => Ids.Split(this.GetPrimaryKeyString()).WorkspaceId;
    private string VisitorId => Ids.Split(this.GetPrimaryKeyString()).Id;

    public async Task<ImmutableArray<ProviderCard>> Panel()
    {
        _lookedAt = clock.GetUtcNow();
        return await Look(IsOld);
    }

    public async Task Refresh(string? provider)
    {
        foreach (var id in provider is null ? Providers.All : [provider])
        {
            if (_known.TryGetValue(id, out var known))
                _known[id] = known with { AskAgainAt = DateTimeOffset.MinValue };
            if (_asking.Any(asked => asked.Provider == id))
                _askAgain.Add(id);
        }
        // A provider tells of all its customers: of one at whom nobody looks it is asked when somebody does.
        if (provider is null)
            await Panel();
        else if (clock.GetUtcNow() - _lookedAt < Shown)
            await Look(IsOld);
    }

    public Task<ImmutableArray<string>> Forget()
    {
        ImmutableArray<string> known = [.. _known.Where(one => one.Value.Json is not null).Select(one => one.Key).Order()];
        _known.Clear();
        _askAgain.Clear();
        // An answer that is still on its way finds no visitor any more, and is dropped.
        _lookedAt = default;
        return Task.FromResult(known);
    }

    /// <param name="isDue">Which of the connected providers are asked now.</param>
    private async Task<ImmutableArray<ProviderCard>> Look(Func<string, bool> isDue)
    {
        if (await Visitor() is not { } visitor)
            return [];
        var views = await Task.WhenAll(Providers.All.Select(id => Integration(id).View()));
        foreach (var gone in views.Where(view => !view.Connected))
            _known.Remove(gone.Provider);
        // What was said of the address before is somebody else's: it leaves the screens before anything new is known.
        var others = _known.Where(known => !IsOf(visitor, known.Value.Email)).Select(known => known.Key).ToList();
        others.ForEach(provider => _known.Remove(provider));
        var connected = views.Where(view => view.Connected).Select(view => view.Provider).ToList();
        if (others.Count > 0)
            live.Publish(WorkspaceId, new CustomerChanged(VisitorId, [.. connected.Select(provider => Card(provider, visitor))]));
        if (visitor.Email is { } email)
        {
            foreach (var provider in connected.Where(isDue))
                Ask(provider, email);
        }
        return [.. connected.Select(provider => Card(provider, visitor))];
    }

    private bool IsOld(string provider) => !_known.TryGetValue(provider, out var known) || known.AskAgainAt <= clock.GetUtcNow();

    /// <summary>Not waited for: whoever looks sees what is known, and hears of the rest. However many look, one asks.</summary>
    private void Ask(string provider, string email)
    {
        if (_asking.Add((provider, email)))
            _ = AskNow(provider, email);
    }

    private async Task AskNow(string provider, string email)
    {
        Outcome<string> answer;
        try
        {
            answer = await Integration(provider).LookUp(VisitorId, email);
        }
        catch (Exception broken)
        {
            LookFailed(broken, provider);
            answer = new Refusal(Codes.Unavailable, "The provider could not be asked.");
        }
        try
        {
            await Learn(provider, email, answer);
        }
        catch (Exception broken)
        {
            LookFailed(broken, provider);
            _asking.Remove((provider, email));
        }
    }

    private async Task Learn(string provider, string email, Outcome<string> answer)
    {
        var visitor = await Visitor();
        // Not earlier: who looks meanwhile would find it neither asked for nor known, and ask again.
        _asking.Remove((provider, email));
        var again = _askAgain.Remove(provider);
        // The visitor gave another address meanwhile: this is about somebody else.
        if (visitor is null || !IsOf(visitor, email))
            return;
        var now = clock.GetUtcNow();
        var known = _known.GetValueOrDefault(provider) is { } before && IsOf(visitor, before.Email) ? before : null;
        var next = new Known(email, now, now + Fresh);
        _known[provider] = answer.Refusal switch
        {
            null => next with { Json = answer.Value },
            { Code: Codes.NotFound } => next with { AskAgainAt = now + NobodyFor },
            var error => next with
            {
                Json = known?.Json,
                At = known is { Json: not null } ? known.At : null,
                Error = error,
                AskAgainAt = now + FailedFor,
                Failures = (known?.Failures ?? 0) + 1,
                FailingSince = known?.FailingSince ?? now,
            },
        };
        if (answer.Refusal is not (null or { Code: Codes.NotFound }))
            HealLater();
        live.Publish(WorkspaceId, new CustomerChanged(VisitorId, [Card(provider, visitor)]));
        if (again)
            Ask(provider, email);
    }

    /// <summary>A card that could not be had comes by itself when the provider is back, for as long as somebody may look at it.</summary>
    private void HealLater() =>
        _heal ??= this.RegisterGrainTimer(
            async _ =>
            {
                var now = clock.GetUtcNow();
                if (now - _lookedAt < Shown && _known.Values.Any(known => known.Error is not null))
                {
                    await Look(provider => _known.TryGetValue(provider, out var known) && known.Error is not null && known.HealAt <= now);
                    return;
                }
                _heal?.Dispose();
                _heal = null;
            },
            new GrainTimerCreationOptions { DueTime = FailedFor, Period = FailedFor, Interleave = true });

    private ProviderCard Card(string provider, VisitorProfile visitor)
    {
        var known = _known.GetValueOrDefault(provider);
        var now = clock.GetUtcNow();
        var json = now - known?.At < Shown ? known!.Json : null;
        var error = known?.Error;
        // That a provider asks for patience is no news while there is something to show, and none for a while when there is not.
        if (error?.Code == Codes.RateLimited && (json is not null || now - known!.FailingSince < Patience))
            error = null;
        return new ProviderCard
        {
            Provider = provider,
            Verified = visitor.Verified,
            At = json is null ? null : known!.At,
            Error = error,
            Json = json,
            State = visitor.Email is null ? CardState.NoEmail
                : known is null ? CardState.Loading
                : json is not null ? known.Error is null && now - known.At < Fresh ? CardState.Fresh : CardState.Stale
                : error is not null ? CardState.Error
                : known.Error is not null || known.Json is not null ? CardState.Loading
                : CardState.NotFound,
        };
    }

    private static bool IsOf(VisitorProfile visitor, string email) => string.Equals(visitor.Email, email, StringComparison.OrdinalIgnoreCase);

    private Task<VisitorProfile?> Visitor() => GrainFactory.GetGrain<IVisitorGrain>(this.GetPrimaryKeyString()).Profile();

    private IIntegrationGrain Integration(string provider) => GrainFactory.GetGrain<IIntegrationGrain>(Ids.Key(WorkspaceId, provider));

    /// <param name="Email">Of whom it is.</param>
    /// <param name="At">When the provider answered; null: it has not.</param>
    private sealed record Known(string Email, DateTimeOffset? At, DateTimeOffset AskAgainAt)
    {
        /// <summary>Null: the provider knows nobody, or has not answered.</summary>
        public string? Json { get; init; }

        /// <summary>Why the newest attempt failed.</summary>
        public Refusal? Error { get; init; }
        public int Failures { get; init; }
        public DateTimeOffset? FailingSince { get; init; }

        public DateTimeOffset HealAt => AskAgainAt - FailedFor + TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FailedFor.Ticks << Math.Min(Failures - 1, 10)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Provider} could not be asked.")]
    private partial void LookFailed(Exception error, string provider);
}
