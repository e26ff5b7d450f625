using System.Collections.Immutable;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Outbound;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Integrations;

[GrainType("integration"), Reentrant]
internal sealed partial class IntegrationGrain(
    [PersistentState("integration", StorageNames.Grains)] IPersistentState<IntegrationState> stored,
    IEnumerable<IProvider> providers,
    IntegrationSecrets secrets,
    ProviderAddresses addresses,
    [FromKeyedServices(IntegrationServices.Http)] PublicHttp http,
    TimeProvider clock,
    ILogger<IntegrationGrain> logger) : Grain, IIntegrationGrain
{
    private const int LongestSetting = 2_000;

    /// <summary>A provider that asks for more patience is asked again after this.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>Success is written down this often; each failure, at once.</summary>
    private static readonly TimeSpan NoteEvery = TimeSpan.FromMinutes(1);

    /// <summary>The settings that say where secrets go.</summary>
    private static readonly ImmutableArray<string> Doors = ["auth", "shop", "subdomain", "url", "clientId"];

    private static readonly Refusal NotConnected = new(Codes.NotFound, "This provider is not connected.");

    private IProvider _provider = null!;
    private Upstream? _upstream;
    private DateTimeOffset _waitUntil;
    private Task _writing = Task.CompletedTask;
    private DateTimeOffset? _lastSuccessAt;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (_, id) = Ids.Split(this.GetPrimaryKeyString());
        _provider = providers.Single(provider => provider.Id == id);
        _lastSuccessAt = stored.State.LastSuccessAt;
        return Task.CompletedTask;
    }

    public Task<IntegrationView> View()
    {
        var state = stored.State;
        return Task.FromResult(new IntegrationView
        {
            Provider = _provider.Id,
            Connected = state.Connected,
            Settings = state.Settings,
            HasSecret = state.Secrets.Count > 0,
            LastSuccessAt = _lastSuccessAt,
            LastError = state.LastError,
            Quota = _upstream?.Budget?.View(clock.GetUtcNow()),
            Legacy = state.Connected && _provider.IsLegacy(new Settings(state.Settings)),
        });
    }

    public async Task<Outcome<IntegrationView>> Connect(ImmutableDictionary<string, string> settings)
    {
        if (settings.Values.Any(value => value.Length > LongestSetting))
            return new Refusal(Codes.TooLong, $"A setting may have at most {LongestSetting} characters.");
        // What a header cannot carry would be named in the error of whoever tries.
        if (settings.Any(one => one.Value.Trim().Any(letter => char.IsControl(letter) || (_provider.Secrets.Contains(one.Key) && !char.IsAscii(letter)))))
            return new Refusal(Codes.BadRequest, "A setting holds a line break or a letter that cannot be sent. Copy it anew.");
        var state = stored.State;
        var given = settings.Where(one => one.Value.Length > 0).ToImmutableDictionary(one => one.Key, one => one.Value.Trim());
        // Another way in, or another host, needs its own secrets: the old ones must not reach it.
        var sameDoor = state.Connected && Doors.All(name => given.GetValueOrDefault(name) == state.Settings.GetValueOrDefault(name));
        var kept = sameDoor ? state.Secrets : ImmutableDictionary<string, string>.Empty;
        var next = new IntegrationState
        {
            Connected = true,
            Settings = given.Where(one => !_provider.Secrets.Contains(one.Key)).ToImmutableDictionary(),
            Secrets = kept.SetItems(given.Where(one => _provider.Secrets.Contains(one.Key))
                .Select(one => KeyValuePair.Create(one.Key, secrets.Seal(one.Value)))),
        };
        if (_provider.Check(Clear(next)) is { } refusal)
            return refusal;
        _upstream = null;
        await Write(_ => next);
        (_upstream, _lastSuccessAt, _waitUntil) = (null, null, default);
        return await View();
    }

    public async Task Disconnect()
    {
        (_upstream, _lastSuccessAt) = (null, null);
        await Write(_ => new IntegrationState());
    }

    public Task<Outcome<string>> Test() => Call(async upstream => await _provider.WhoAmI(upstream, CancellationToken.None));

    public async Task<Outcome<string>> LookUp(string visitorId, string email)
    {
        if (_waitUntil > clock.GetUtcNow())
            return ProviderFailure.Busy(_provider.Name, null).Refusal;
        return await Call(upstream => _provider.LookUp(upstream, new Customer(visitorId, email), CancellationToken.None));
    }

    public Task<ImmutableArray<string>?> Webhook(ImmutableDictionary<string, string> headers, ImmutableArray<byte> body)
    {
        try
        {
            return Task.FromResult(stored.State.Connected
                ? _provider.Webhook(Clear(stored.State), headers, body.AsSpan(), clock.GetUtcNow())
                : null);
        }
        catch (JsonException)
        {
            return Task.FromResult<ImmutableArray<string>?>([]);
        }
    }

    private async Task<Outcome<string>> Call(Func<Upstream, Task<string?>> call)
    {
        if (!stored.State.Connected)
            return NotConnected;
        var upstream = _upstream ??= NewUpstream();
        try
        {
            var found = await call(upstream);
            // Whoever connected another shop meanwhile wants nothing of this one.
            if (upstream != _upstream)
                return ProviderFailure.Away(_provider.Name).Refusal;
            await Succeeded();
            return found is null ? new Refusal(Codes.NotFound, "Nobody of that e-mail address.") : found;
        }
        catch (ProviderFailure failure)
        {
            if (upstream == _upstream)
                await Failed(failure);
            // That somebody is unknown there is for the provider's own code to say.
            return failure.Code == Codes.NotFound ? new Refusal(Codes.Unavailable, failure.Message) : failure.Refusal;
        }
    }

    private Upstream NewUpstream()
    {
        Upstream made = null!;
        // Kept at once, and not after the call: the one before is worth nothing any more.
        return made = new Upstream(_provider.Name, Clear(stored.State), addresses.Of(_provider.Id), http, clock, token =>
            Write(state => made == _upstream ? state with { Secrets = state.Secrets.SetItem("refreshToken", secrets.Seal(token)) } : state));
    }

    private async Task Succeeded()
    {
        _lastSuccessAt = clock.GetUtcNow();
        if (stored.State.LastSuccessAt is { } noted && _lastSuccessAt - noted < NoteEvery)
            return;
        await Write(state => state with { LastSuccessAt = _lastSuccessAt });
    }

    private async Task Failed(ProviderFailure failure)
    {
        var now = clock.GetUtcNow();
        if (failure.Code == Codes.RateLimited)
            _waitUntil = now + (failure.RetryAfter is not { } wait ? TimeSpan.FromSeconds(5) : wait < LongestWait ? wait : LongestWait);
        CallFailed(_provider.Name, failure.Message);
        if (stored.State.LastError is { } known && known.Code == failure.Code && now - known.At < NoteEvery)
            return;
        await Write(state => state with { LastError = new FailedAt(failure.Code, failure.Message, now) });
    }

    /// <summary>One write after the other: this grain is reentrant, and a record has one ETag.</summary>
    private async Task Write(Func<IntegrationState, IntegrationState> change)
    {
        var before = _writing;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _writing = done.Task;
        await before;
        try
        {
            await stored.Write(change(stored.State), DeactivateOnIdle);
        }
        finally
        {
            done.SetResult();
        }
    }

    private Settings Clear(IntegrationState state) => new(state.Settings.SetItems(secrets.Open(state.Secrets)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Provider}: {Problem}")]
    private partial void CallFailed(string provider, string problem);
}
