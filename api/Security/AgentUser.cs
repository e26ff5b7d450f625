using LiveSupport.Contracts;

namespace LiveSupport.Api.Security;

/// <summary>An agent as ASP.NET Core Identity handles one: the mutable twin of <see cref="AgentAccount"/>.</summary>
internal sealed class AgentUser
{
    public required string WorkspaceId { get; init; }
    public required string Id { get; init; }
    public required string Name { get; set; }
    public required string Email { get; set; }
    public string NormalizedEmail { get; set; } = "";
    public required AgentRole Role { get; set; }
    public string? PasswordHash { get; set; }
    public string? SecurityStamp { get; set; }

    /// <summary>The stamp that is stored; null before the account was saved for the first time.</summary>
    public string? ConcurrencyStamp { get; set; }
    public bool TwoFactorEnabled { get; set; }

    /// <summary>Encrypted by <see cref="AuthenticatorKeys"/>.</summary>
    public string? AuthenticatorKey { get; set; }
    public IReadOnlyList<string> RecoveryCodes { get; set; } = [];
    public bool Deactivated { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The first administrator's id: a set-up that was cut off half-way can be done again.</summary>
    public const string FirstId = "first";

    /// <summary>Only to be created while the workspace has no agent at all: the set-up works once.</summary>
    public bool OnlyAsFirst { get; init; }

    /// <summary>The key of the agent's grain, and the user id that Identity and the cookie know.</summary>
    public string Key => Ids.Key(WorkspaceId, Id);

    public static AgentUser Of(string workspaceId, AgentAccount account) => new()
    {
        WorkspaceId = workspaceId,
        Id = account.Id,
        Name = account.Name,
        Email = account.Email,
        NormalizedEmail = account.NormalizedEmail,
        Role = account.Role,
        PasswordHash = account.PasswordHash,
        SecurityStamp = account.SecurityStamp,
        ConcurrencyStamp = account.ConcurrencyStamp,
        TwoFactorEnabled = account.TwoFactorEnabled,
        AuthenticatorKey = account.AuthenticatorKey,
        RecoveryCodes = account.RecoveryCodes,
        Deactivated = account.Deactivated,
        CreatedAt = account.CreatedAt,
    };

    public AgentAccount ToAccount(string concurrencyStamp) => new()
    {
        Id = Id,
        Name = Name,
        Email = Email,
        NormalizedEmail = NormalizedEmail,
        Role = Role,
        PasswordHash = PasswordHash,
        SecurityStamp = SecurityStamp,
        ConcurrencyStamp = concurrencyStamp,
        TwoFactorEnabled = TwoFactorEnabled,
        AuthenticatorKey = AuthenticatorKey,
        RecoveryCodes = [.. RecoveryCodes],
        Deactivated = Deactivated,
        CreatedAt = CreatedAt,
    };
}
