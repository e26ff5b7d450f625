namespace LiveSupport.Contracts;

/// <summary>
/// What a grain answers to a command: a value, or a refusal by the rules. Refusals are values because they are
/// part of the business; exceptions are for broken machinery.
/// </summary>
[GenerateSerializer, Immutable, Alias("ls.outcome`1")]
public sealed record Outcome<T>(
    [property: Id(0)] T? Value,
    [property: Id(1)] Refusal? Refusal)
{
    public bool Accepted => Refusal is null;

    public static implicit operator Outcome<T>(T value) => new(value, null);
    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>Why a command was refused.</summary>
/// <param name="Code">A stable code of <see cref="Codes"/>.</param>
/// <param name="Sentence">What happened and what to do, for a person.</param>
/// <param name="By">Who stands in the way, where somebody does.</param>
[GenerateSerializer, Immutable, Alias("ls.refusal")]
public sealed record Refusal(
    [property: Id(0)] string Code,
    [property: Id(1)] string Sentence,
    [property: Id(2)] AgentRef? By = null);

/// <summary>The answer of a command that has nothing to say but "done".</summary>
[GenerateSerializer, Immutable, Alias("ls.done")]
public sealed record Done
{
    public static readonly Done It = new();
}

/// <summary>The stable error codes of the public protocol.</summary>
public static class Codes
{
    public const string BadRequest = "bad-request";
    public const string TooLong = "too-long";
    public const string NotSignedIn = "not-signed-in";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not-found";
    public const string Conflict = "conflict";
    public const string ClaimedByOther = "claimed-by-other";
    public const string RateLimited = "rate-limited";
    public const string OriginNotAllowed = "origin-not-allowed";
    public const string TokenInvalid = "token-invalid";
    public const string TokenExpired = "token-expired";
    public const string Unavailable = "unavailable";

    /// <summary>
    /// The conversation is over (ended by the visitor, or solved for a day): the next message opens another one.
    /// Never leaves the server; the edge asks the visitor's grain for a new conversation and posts there.
    /// </summary>
    public const string Ended = "ended";

    /// <summary>A bot turn that began before the mode or owner changed. Never leaves the server.</summary>
    public const string Stale = "stale";
}
