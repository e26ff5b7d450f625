using LiveSupport.Contracts;

namespace LiveSupport.Silo.Integrations;

/// <summary>A provider did not answer as it should. The message is for people, and holds nothing secret.</summary>
public sealed class ProviderFailure(string code, string sentence, TimeSpan? retryAfter = null) : Exception(sentence)
{
    public string Code { get; } = code;

    /// <summary>The provider does not want to be asked before.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public Refusal Refusal => new(Code, Message);

    public static ProviderFailure Away(string name) => new(Codes.Unavailable, $"{name} does not answer just now.");

    public static ProviderFailure Unreadable(string name) => new(Codes.Unavailable, $"{name} answered something that cannot be read.");

    public static ProviderFailure Refused(string name) =>
        new(Codes.TokenInvalid, $"{name} refused our sign-in: its token or secret is wrong, expired or revoked. Change it under Settings, Integrations.");

    public static ProviderFailure Busy(string name, TimeSpan? retryAfter) =>
        new(Codes.RateLimited, $"{name} asks us to wait: its limit of calls is used up.", retryAfter);
}
