using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveSupport.Contracts;
using LiveSupport.Silo.Outbound;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace LiveSupport.Silo.Integrations;

/// <summary>
/// The way out to one provider of one workspace: 5 s a call, two more tries with jitter when it is busy or broken, as
/// long as it does not ask for more patience than a person has; a circuit that opens when it fails on and on; 1 MB of
/// answer at most.
/// </summary>
internal sealed class Upstream
{
    private const int LongestAnswer = 1_000_000;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    /// <summary>Whoever asks for a longer wait is asked again by the next look, not by this one.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly string _name;
    private readonly PublicHttp _http;
    private readonly TimeProvider _clock;
    private readonly Func<string, Task> _keepRefreshToken;
    private readonly ResiliencePipeline<Answer> _pipeline;
    private Task<FetchedToken>? _token;
    private string? _refreshToken;

    /// <param name="root">Where a fake of the provider stands; null: the real one.</param>
    /// <param name="keepRefreshToken">Stores the refresh token that came for the one that was used: the old one is worth nothing after.</param>
    public Upstream(string name, Settings settings, string? root, PublicHttp http, TimeProvider clock, Func<string, Task> keepRefreshToken)
    {
        (_name, Settings, Root, _http, _clock, _keepRefreshToken) = (name, settings, root, http, clock, keepRefreshToken);
        _refreshToken = settings["refreshToken"];
        _pipeline = new ResiliencePipelineBuilder<Answer> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<Answer>
            {
                MaxRetryAttempts = 2,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(200),
                ShouldHandle = args => ValueTask.FromResult(
                    IsTrouble(args.Outcome.Exception)
                    || (args.Outcome.Result is { } answer && IsTrouble(answer.Status) && (answer.RetryAfter ?? TimeSpan.Zero) <= LongestWait)),
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result?.RetryAfter),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Answer>
            {
                FailureRatio = 0.8,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(15),
                ShouldHandle = args => ValueTask.FromResult(
                    IsTrouble(args.Outcome.Exception) || args.Outcome.Result is { Status: >= HttpStatusCode.InternalServerError }),
            })
            .AddTimeout(Within)
            .Build();
    }

    public Settings Settings { get; }

    public string? Root { get; }

    /// <summary>What the provider's code wants to remember while the connection stays the same.</summary>
    public string? Note { get; set; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>What the provider last said that it lets us ask.</summary>
    public ProviderBudget? Budget { get; set; }

    /// <summary>Takes that much out of the budget. A short wait is waited for; they queue up in it.</summary>
    /// <exception cref="ProviderFailure">The wait is longer than a person has patience.</exception>
    public async Task Spend(int cost, CancellationToken stop)
    {
        if (Budget is not { } budget)
            return;
        var wait = budget.Wait(cost, Now);
        if (wait > LongestWait)
            throw ProviderFailure.Busy(_name, wait);
        Budget = budget.Spend(cost, Now);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, _clock, stop);
    }

    /// <summary>Asks with a token that is fetched by the secrets when there is none or it has expired. One that is
    /// refused before its time is fetched anew, once.</summary>
    /// <param name="fetch">Given the newest refresh token, where there is one.</param>
    /// <exception cref="ProviderFailure">It did not answer, or not so.</exception>
    public async Task<T> Ask<T>(
        Func<string?, Task<FetchedToken>> fetch, Func<string, HttpRequestMessage> request, JsonTypeInfo<T> shape, CancellationToken stop)
    {
        var (known, used) = (_token, Token(fetch));
        var token = await used;
        try
        {
            return await Ask(() => request(token.Value), shape, stop);
        }
        catch (ProviderFailure refused) when (refused.Code == Codes.TokenInvalid && ReferenceEquals(known, used))
        {
            if (ReferenceEquals(_token, used))
                _token = null;
            token = await Token(fetch);
            return await Ask(() => request(token.Value), shape, stop);
        }
    }

    /// <summary>Whoever needs the token while it is being fetched waits for the same: a refresh token is good for one use.</summary>
    private Task<FetchedToken> Token(Func<string?, Task<FetchedToken>> fetch)
    {
        if (_token is null or { IsFaulted: true } or { IsCanceled: true } || (_token.IsCompletedSuccessfully && _token.Result.Until <= Now))
            _token = Fetch(fetch);
        return _token;
    }

    private async Task<FetchedToken> Fetch(Func<string?, Task<FetchedToken>> fetch)
    {
        FetchedToken token;
        try
        {
            token = await fetch(_refreshToken);
        }
        catch (ProviderFailure wrong) when (wrong.Code == Codes.BadRequest)
        {
            // OAuth says so of an id, a secret or a refresh token that is not good any more.
            throw ProviderFailure.Refused(_name);
        }
        if (token.RefreshToken is { } next && next != _refreshToken)
        {
            _refreshToken = next;
            await _keepRefreshToken(next);
        }
        return token;
    }

    /// <summary>Sends what <paramref name="request"/> makes, anew for each try, and reads its JSON.</summary>
    /// <exception cref="ProviderFailure">It did not answer, or not so.</exception>
    public async Task<T> Ask<T>(Func<HttpRequestMessage> request, JsonTypeInfo<T> shape, CancellationToken stop)
    {
        Answer answer;
        try
        {
            answer = await _pipeline.ExecuteAsync(async within => await Send(request(), within), stop);
        }
        catch (Exception error) when (error is HttpRequestException or TimeoutRejectedException or BrokenCircuitException or IOException)
        {
            throw ProviderFailure.Away(_name);
        }
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw ProviderFailure.Refused(_name);
        if (answer.Status == HttpStatusCode.TooManyRequests)
            throw ProviderFailure.Busy(_name, answer.RetryAfter);
        if (answer.Status == HttpStatusCode.NotFound)
            throw new ProviderFailure(Codes.NotFound, $"{_name} knows nothing at the address that we ask.");
        if (answer.Status == HttpStatusCode.BadRequest)
            throw new ProviderFailure(Codes.BadRequest, $"{_name} did not understand our question.");
        if (answer.Status != HttpStatusCode.OK)
            throw ProviderFailure.Away(_name);
        try
        {
            return JsonSerializer.Deserialize(answer.Body, shape) ?? throw ProviderFailure.Unreadable(_name);
        }
        catch (JsonException)
        {
            throw ProviderFailure.Unreadable(_name);
        }
    }

    private async Task<Answer> Send(HttpRequestMessage request, CancellationToken stop)
    {
        using (request)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("LiveSupport", "1"));
            var (answer, body) = await _http.Send(request, LongestAnswer, stop);
            using (answer)
            {
                Learn(answer);
                return new Answer(answer.StatusCode, Patience(answer), body);
            }
        }
    }

    /// <summary>Calendly and Zendesk count calls a minute; each spells it in its own way.</summary>
    private void Learn(HttpResponseMessage answer)
    {
        if (Number(answer, "X-RateLimit-Remaining", "X-Rate-Limit-Remaining") is { } remaining
            && Number(answer, "X-RateLimit-Limit", "X-Rate-Limit") is { } limit)
            Budget = new ProviderBudget(remaining, limit, Now, ResetsAt: Number(answer, "X-RateLimit-Reset", "RateLimit-Reset") is { } seconds and < 86_400 ? Now.AddSeconds(seconds) : null);
    }

    private static long? Number(HttpResponseMessage answer, params string[] names)
    {
        foreach (var name in names)
        {
            if (answer.Headers.TryGetValues(name, out var values)
                && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
        }
        return null;
    }

    private TimeSpan? Patience(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > Now ? date - Now : TimeSpan.Zero,
        _ => null,
    };

    private static bool IsTrouble(Exception? error) => error is HttpRequestException or IOException or TimeoutRejectedException;

    private static bool IsTrouble(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private sealed record Answer(HttpStatusCode Status, TimeSpan? RetryAfter, byte[] Body);
}

/// <summary>A token that was fetched with the secrets. Never stored.</summary>
/// <param name="RefreshToken">What the next one is fetched with, where the provider changes it each time.</param>
internal sealed record FetchedToken(string Value, DateTimeOffset Until, string? RefreshToken = null);
