using LiveSupport.Contracts;

namespace LiveSupport.Api.Security;

/// <summary>A request is refused. Becomes <c>code: sentence</c> on a hub and a problem over HTTP.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Sentence)
{
    public RefusedException(string code, string sentence)
        : this(new Refusal(code, sentence))
    {
    }

    public Refusal Refusal { get; } = refusal;

    /// <summary>When it may work, if that is not in a moment. Never depends on what the caller must not learn.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

internal static class Refusals
{
    /// <summary>What is not there and what is not the caller's are refused with the same words.</summary>
    public static RefusedException NotFound() => new(Codes.NotFound, "There is no such thing here, or it is not yours.");

    /// <summary>Too much at once.</summary>
    /// <param name="sentence">What is too much; when it works again is added.</param>
    public static RefusedException TooMany(string sentence, TimeSpan wait) =>
        new(Codes.RateLimited, $"{sentence} Try again in {Texts.Wait(wait)}.") { RetryAfter = wait };

    /// <summary>The value, or the refusal thrown.</summary>
    public static T OrThrow<T>(this Outcome<T> outcome) =>
        outcome.Refusal is not { } refusal ? outcome.Value!
        : throw (refusal.Code == Codes.NotFound ? NotFound() : new RefusedException(refusal));

    public static async Task<T> OrThrow<T>(this Task<Outcome<T>> outcome) => (await outcome).OrThrow();
}
