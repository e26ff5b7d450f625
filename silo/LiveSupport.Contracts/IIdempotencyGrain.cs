using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>First answers to calls that carry an idempotency key, for a day. Key: <see cref="IdempotencyParts.Key"/>.</summary>
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

    /// <summary>What answers tell of these visitors and conversations is forgotten; that the calls were made is not, so that
    /// no repeat makes again what was erased.</summary>
    [Alias("erase")] Task Erase(ImmutableArray<string> about);
}

/// <summary>How an API key's calls are spread over grains, so that no record grows with all of them.</summary>
public static class IdempotencyParts
{
    public const int Count = 64;

    public static string Key(string workspaceId, string apiKeyId, int part) => Ids.Key(workspaceId, $"{apiKeyId}.{part}");
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
/// <param name="About">The visitor or conversation of which it tells.</param>
[GenerateSerializer, Immutable, Alias("ls.first-answer")]
public sealed record FirstAnswer(
    [property: Id(0)] int Status, [property: Id(1)] string Json, [property: Id(2)] string? Location, [property: Id(3)] string? About = null);
