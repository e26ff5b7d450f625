using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Integrations;

/// <summary>
/// How to talk to one kind of provider. Keeps nothing: what it needs is handed in, what it learns is handed back
/// through the <see cref="Upstream"/>.
/// </summary>
internal interface IProvider
{
    /// <summary>As in <see cref="Providers"/>.</summary>
    string Id { get; }

    /// <summary>For people.</summary>
    string Name { get; }

    /// <summary>The settings that are kept encrypted and never shown.</summary>
    ImmutableHashSet<string> Secrets { get; }

    /// <summary>What is wrong with the settings; null: nothing.</summary>
    Refusal? Check(Settings settings);

    /// <summary>The provider is about to end this way of signing in.</summary>
    bool IsLegacy(Settings settings) => false;

    /// <summary>Signs in and answers who we are there, such as the shop's name.</summary>
    /// <exception cref="ProviderFailure"/>
    Task<string> WhoAmI(Upstream upstream, CancellationToken stop);

    /// <summary>The customer's card as JSON; null: nobody of that e-mail.</summary>
    /// <exception cref="ProviderFailure"/>
    Task<string?> LookUp(Upstream upstream, Customer customer, CancellationToken stop);

    /// <summary>The e-mails that a genuine webhook concerns; null: it is not genuine.</summary>
    ImmutableArray<string>? Webhook(Settings settings, ImmutableDictionary<string, string> headers, ReadOnlySpan<byte> body, DateTimeOffset now) => null;
}

/// <summary>Whom to look up.</summary>
internal sealed record Customer(string VisitorId, string Email);

/// <summary>A provider's settings, secrets in clear: lives only while a call is made.</summary>
internal sealed record Settings(ImmutableDictionary<string, string> Values)
{
    public string? this[string name] => Values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <exception cref="ProviderFailure">It is missing.</exception>
    public string Need(string name) =>
        this[name] ?? throw new ProviderFailure(Codes.BadRequest, $"'{name}' is missing. Fill it in under Settings, Integrations.");
}
