namespace LiveSupport.Contracts;

/// <summary>
/// First answers to calls that carry an idempotency key, for a day. Key: <see cref="Ids.Key"/>(workspace, a part of
/// the API key's calls).
/// </summary>
[Alias("ls.idempotency")]
public interface IIdempotencyGrain : IGrainWithStringKey
{
    /// <summary>Asks whether this call was made before, and if not, marks it as running.</summary>
    /// <param name="key">The caller's own.</param>
    /// <param name="fingerprint">What is asked for: the same key with another one is refused.</param>
    [Alias("begin")] Task<Earlier> Begin(string key, string fingerprint);

    /// <summary>Keeps the first answer.</summary>
    [Alias("keep")] Task Keep(string key, string fingerprint, FirstAnswer answer);

    /// <summary>The call came to nothing: the next one with the key may run.</summary>
    [Alias("forget")] Task Forget(string key);
}

/// <summary>What is known of a call.</summary>
public enum EarlierCall
{
    /// <summary>None like it: do it.</summary>
    None = 0,

    /// <summary>One like it runs now.</summary>
    Running = 1,

    /// <summary>It was done, and answered.</summary>
    Answered = 2,

    /// <summary>The key was used for something else.</summary>
    Another = 3,
}

[GenerateSerializer, Immutable, Alias("ls.earlier")]
public sealed record Earlier([property: Id(0)] EarlierCall Call, [property: Id(1)] FirstAnswer? Answer = null);

/// <param name="Json">The body, encrypted; empty when there was none.</param>
[GenerateSerializer, Immutable, Alias("ls.first-answer")]
public sealed record FirstAnswer([property: Id(0)] int Status, [property: Id(1)] string Json, [property: Id(2)] string? Location);
