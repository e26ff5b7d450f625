using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LiveSupport.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<AgentRole>))]
public enum AgentRole
{
    [JsonStringEnumMemberName("agent")] Agent = 0,
    [JsonStringEnumMemberName("supervisor")] Supervisor = 1,
    [JsonStringEnumMemberName("admin")] Admin = 2,
}

[JsonConverter(typeof(JsonStringEnumConverter<Availability>))]
public enum Availability
{
    [JsonStringEnumMemberName("online")] Online = 0,
    [JsonStringEnumMemberName("away")] Away = 1,
    [JsonStringEnumMemberName("offline")] Offline = 2,
}

/// <summary>One agent of one workspace: profile, credentials, availability. Key: <see cref="Ids.Key"/>(workspace, agent).</summary>
[Alias("ls.agent")]
public interface IAgentGrain : IGrainWithStringKey
{
    /// <summary>The account; null when there is no such agent. For the sign-in only: it holds the password's hash.</summary>
    [Alias("account"), ReadOnly] Task<AgentAccount?> Account();

    /// <summary>Writes the account if <see cref="AgentAccount.ConcurrencyStamp"/> is the stored one (null: there is none yet).</summary>
    [Alias("save")] Task<Outcome<AgentAccount>> Save(AgentAccount account, string? expectedStamp);

    [Alias("profile"), ReadOnly] Task<AgentProfile?> Profile();

    /// <summary>A session was signed out: a copy of its cookie is worth nothing, on every edge, until it would have run out.</summary>
    [Alias("end-session")] Task EndSession(string session, DateTimeOffset until);
    [Alias("has-ended"), ReadOnly] Task<bool> HasEnded(string session);

    [Alias("availability")] Task<Outcome<AgentProfile>> SetAvailability(Availability availability);
}

[GenerateSerializer, Immutable, Alias("ls.agent-profile")]
public sealed record AgentProfile(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Email,
    [property: Id(3)] AgentRole Role,
    [property: Id(4)] Availability Availability,
    [property: Id(5)] bool Deactivated = false)
{
    [JsonIgnore]
    public AgentRef Ref => new(Id, Name);
}

/// <summary>What ASP.NET Core Identity keeps of an agent.</summary>
[GenerateSerializer, Immutable, Alias("ls.agent-account")]
public sealed record AgentAccount
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public required string Email { get; init; }
    [Id(3)] public required string NormalizedEmail { get; init; }
    [Id(4)] public required AgentRole Role { get; init; }
    [Id(5)] public string? PasswordHash { get; init; }
    [Id(6)] public string? SecurityStamp { get; init; }
    [Id(7)] public string? ConcurrencyStamp { get; init; }

    /// <summary>This and the next two: Identity's lockout, for the version before. It kept the owner out for a stranger's guesses.</summary>
    [Id(8)] public bool LockoutEnabled { get; init; } = true;
    [Id(9)] public DateTimeOffset? LockoutEnd { get; init; }
    [Id(10)] public int AccessFailedCount { get; init; }
    [Id(11)] public bool TwoFactorEnabled { get; init; }
    [Id(12)] public string? AuthenticatorKey { get; init; }
    [Id(13)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Hashes of the recovery codes that are left, each good for one sign-in without the authenticator.</summary>
    [Id(14)] public ImmutableArray<string> RecoveryCodes { get; init; } = [];

    /// <summary>An administrator has switched the account off: it cannot sign in.</summary>
    [Id(15)] public bool Deactivated { get; init; }
}
