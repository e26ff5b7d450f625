using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LiveSupport.Contracts;

/// <summary>The systems beside the chat, by the names that the public protocol uses.</summary>
public static class Providers
{
    public const string Shopify = "shopify";
    public const string Calendly = "calendly";
    public const string Zendesk = "zendesk";

    /// <summary>The company's own system, asked over a signed link.</summary>
    public const string Card = "card";

    public static readonly ImmutableArray<string> All = [Shopify, Calendly, Zendesk, Card];
}

[JsonConverter(typeof(JsonStringEnumConverter<CardState>))]
public enum CardState
{
    [JsonStringEnumMemberName("loading")] Loading = 0,
    [JsonStringEnumMemberName("fresh")] Fresh = 1,
    [JsonStringEnumMemberName("stale")] Stale = 2,
    [JsonStringEnumMemberName("error")] Error = 3,

    /// <summary>The visitor has no e-mail to look up.</summary>
    [JsonStringEnumMemberName("no-email")] NoEmail = 4,

    /// <summary>The provider knows nobody of that e-mail.</summary>
    [JsonStringEnumMemberName("not-found")] NotFound = 5,
}

/// <summary>What one provider says of one customer.</summary>
[GenerateSerializer, Immutable, Alias("ls.card")]
public sealed record ProviderCard
{
    [Id(0)] public required string Provider { get; init; }
    [Id(1)] public required CardState State { get; init; }

    /// <summary>When <see cref="Json"/> was true.</summary>
    [Id(2)] public DateTimeOffset? At { get; init; }

    /// <summary>The site vouches for the e-mail that was looked up.</summary>
    [Id(3)] public bool Verified { get; init; }

    /// <summary>Why the newest attempt failed; what is shown is then older.</summary>
    [Id(4)] public Refusal? Error { get; init; }

    /// <summary>The provider's data, in the shape that the panel shows.</summary>
    [Id(5)] public string? Json { get; init; }
}

/// <summary>
/// One customer as other systems know it. Key: <see cref="Ids.Key"/>(workspace, visitor). However many look, each
/// provider is asked once: fresh for 60 s, shown for 15 min.
/// </summary>
[Alias("ls.customer")]
public interface ICustomerGrain : IGrainWithStringKey
{
    /// <summary>What is known now; what is old is being fetched, and comes as <see cref="CustomerChanged"/>.</summary>
    [Alias("panel")] Task<ImmutableArray<ProviderCard>> Panel();

    /// <summary>Fetches anew what is older than this call: all, or one provider's while somebody may be looking.</summary>
    [Alias("refresh")] Task Refresh(string? provider);

    /// <summary>The visitor is being erased. Answers of which providers something was known.</summary>
    [Alias("forget")] Task<ImmutableArray<string>> Forget();
}

/// <summary>
/// One provider of one workspace. Key: <see cref="Ids.Key"/>(workspace, provider). Alone holds its secrets, its token
/// and its budget, so that the whole cluster keeps to one limit. Reentrant: calls out do not wait for each other.
/// </summary>
[Alias("ls.integration")]
public interface IIntegrationGrain : IGrainWithStringKey
{
    [Alias("view"), ReadOnly] Task<IntegrationView> View();

    /// <summary>Connects it or changes how; a secret that is left out stays.</summary>
    [Alias("connect")] Task<Outcome<IntegrationView>> Connect(ImmutableDictionary<string, string> settings);

    /// <summary>Forgets it, secrets and all.</summary>
    [Alias("disconnect")] Task Disconnect();

    [Alias("test")] Task<Outcome<string>> Test();

    /// <summary>Asks the provider for one customer. <see cref="Codes.NotFound"/>: it knows nobody of that e-mail.</summary>
    [Alias("look-up")] Task<Outcome<string>> LookUp(string visitorId, string email);

    /// <summary>The provider says that something changed: the e-mails that it concerns.</summary>
    /// <returns>Null when the signature is not the provider's.</returns>
    [Alias("webhook")] Task<ImmutableArray<string>?> Webhook(ImmutableDictionary<string, string> headers, ImmutableArray<byte> body);
}

/// <summary>A provider as administrators see it. Secrets go in and never come out.</summary>
[GenerateSerializer, Immutable, Alias("ls.integration-view")]
public sealed record IntegrationView
{
    [Id(0)] public required string Provider { get; init; }
    [Id(1)] public required bool Connected { get; init; }

    /// <summary>What is no secret.</summary>
    [Id(2)] public required ImmutableDictionary<string, string> Settings { get; init; }
    [Id(3)] public bool HasSecret { get; init; }
    [Id(4)] public DateTimeOffset? LastSuccessAt { get; init; }
    [Id(5)] public FailedAt? LastError { get; init; }
    [Id(6)] public Quota? Quota { get; init; }

    /// <summary>The provider is about to end this way of signing in.</summary>
    [Id(7)] public bool Legacy { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.failed-at")]
public sealed record FailedAt([property: Id(0)] string Code, [property: Id(1)] string Detail, [property: Id(2)] DateTimeOffset At);

/// <summary>What the provider says may still be asked.</summary>
[GenerateSerializer, Immutable, Alias("ls.quota")]
public sealed record Quota([property: Id(0)] long Remaining, [property: Id(1)] long Limit, [property: Id(2)] DateTimeOffset? ResetsAt = null);

/// <summary>Cards of a visitor changed.</summary>
[GenerateSerializer, Immutable, Alias("ls.stream.customer")]
public sealed record CustomerChanged([property: Id(0)] string VisitorId, [property: Id(1)] ImmutableArray<ProviderCard> Cards) : WorkspaceEvent;
