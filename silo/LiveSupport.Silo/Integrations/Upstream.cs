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
/// answer at most (research/product §5.4).
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
    private readonly ResiliencePipeline<Answer> _pipeline;

    public Upstream(string name, Settings settings, string? root, PublicHttp http, TimeProvider clock)
    {
        (_name, Settings, Root, _http, _clock) = (name, settings, root, http, clock);
        _pipeline = new ResiliencePipelineBuilder<Answer> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<Answer>
            {
                MaxRetryAttempts = 2,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(200),
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is HttpRequestException or TimeoutRejectedException
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
                    args.Outcome.Exception is HttpRequestException or TimeoutRejectedException || args.Outcome.Result is { Status: >= HttpStatusCode.InternalServerError }),
            })
            .AddTimeout(Within)
            .Build();
    }

    public Settings Settings { get; }

    /// <summary>Where a fake of the provider stands; null: the real one.</summary>
    public string? Root { get; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>A token that was fetched with the secrets, until it expires. Never stored.</summary>
    public (string Token, DateTimeOffset Until)? Token { get; set; }

    /// <summary>The newest refresh token, where each use makes another.</summary>
    public string? RefreshToken { get; set; }

    /// <summary>What the provider last said of its limit.</summary>
    public Quota? Quota { get; set; }

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
        {
            Token = null;
            throw ProviderFailure.Refused(_name);
        }
        if (answer.Status == HttpStatusCode.TooManyRequests)
            throw ProviderFailure.Busy(_name, answer.RetryAfter);
        if (answer.Status == HttpStatusCode.NotFound)
            throw new ProviderFailure(Codes.NotFound, $"{_name} knows no such thing.");
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
        if (Number(answer, "X-RateLimit-Remaining", "X-Rate-Limit-Remaining") is not { } remaining
            || Number(answer, "X-RateLimit-Limit", "X-Rate-Limit") is not { } limit)
            return;
        Quota = new Quota(remaining, limit, Number(answer, "X-RateLimit-Reset", "X-Rate-Limit-Reset") is { } seconds and < 86_400 ? Now.AddSeconds(seconds) : null);
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

    private static bool IsTrouble(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private sealed record Answer(HttpStatusCode Status, TimeSpan? RetryAfter, byte[] Body);
}
