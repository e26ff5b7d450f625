using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>What a program may do with a key.</summary>
public static class Scopes
{
    public const string ConversationsRead = "conversations:read";
    public const string ConversationsWrite = "conversations:write";
    public const string VisitorsRead = "visitors:read";
    public const string VisitorsWrite = "visitors:write";
    public const string AgentsRead = "agents:read";
    public const string KnowledgeRead = "knowledge:read";
    public const string KnowledgeWrite = "knowledge:write";
    public const string WebhooksManage = "webhooks:manage";

    public static readonly ImmutableArray<string> All =
    [
        ConversationsRead, ConversationsWrite, VisitorsRead, VisitorsWrite, AgentsRead, KnowledgeRead, KnowledgeWrite, WebhooksManage,
    ];
}

/// <summary>The keys with which programs use one workspace, and each key's budget. Key: the workspace's id.</summary>
[Alias("ls.api-keys")]
public interface IApiKeysGrain : IGrainWithStringKey
{
    /// <summary>All keys, the revoked ones too, newest first.</summary>
    [Alias("list"), ReadOnly] Task<ImmutableArray<ApiKey>> List();

    /// <summary>Enters a key. Only the hash of its secret is ever stored.</summary>
    [Alias("create")] Task<Outcome<ApiKey>> Create(NewApiKey key);

    /// <summary>From this moment on the key is unknown to <see cref="Use"/>.</summary>
    [Alias("revoke")] Task<Outcome<Done>> Revoke(string id);

    /// <summary>Takes one call from the budget of the key with that hash; null when there is no such key.</summary>
    [Alias("use")] Task<ApiKeyUse?> Use(string hash);
}

[GenerateSerializer, Immutable, Alias("ls.new-api-key")]
public sealed record NewApiKey
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>SHA-256 of the whole key, in hexadecimal.</summary>
    [Id(2)] public required string Hash { get; init; }

    /// <summary>The beginning of the key, by which people tell it from others.</summary>
    [Id(3)] public required string Prefix { get; init; }
    [Id(4)] public required AgentRef By { get; init; }

    /// <summary>Calls in a minute.</summary>
    [Id(5)] public required int PerMinute { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.api-key")]
public sealed record ApiKey
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public required string Prefix { get; init; }
    [Id(3)] public required ImmutableArray<string> Scopes { get; init; }
    [Id(4)] public required int PerMinute { get; init; }
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(6)] public required AgentRef CreatedBy { get; init; }

    /// <summary>To the minute.</summary>
    [Id(7)] public DateTimeOffset? LastUsedAt { get; init; }
    [Id(8)] public DateTimeOffset? RevokedAt { get; init; }
}

/// <param name="Granted">There was something left of the budget.</param>
/// <param name="Remaining">Calls that are left now.</param>
/// <param name="ResetSeconds">Until the budget is whole again.</param>
/// <param name="RetrySeconds">Until one more call is granted; 0 when it is now.</param>
[GenerateSerializer, Immutable, Alias("ls.api-key-use")]
public sealed record ApiKeyUse(
    [property: Id(0)] ApiKey Key,
    [property: Id(1)] bool Granted,
    [property: Id(2)] int Remaining,
    [property: Id(3)] int ResetSeconds,
    [property: Id(4)] int RetrySeconds);
