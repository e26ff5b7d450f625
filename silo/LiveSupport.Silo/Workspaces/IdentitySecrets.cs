using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Silo.Workspaces;

/// <summary>The secret with which a site vouches for its users, encrypted at rest with the key ring.</summary>
public sealed class IdentitySecrets(IDataProtectionProvider protection)
{
    /// <summary>What everything encrypted begins with.</summary>
    private const string Sealed = "CfDJ8";

    private readonly IDataProtector _protector = protection.CreateProtector("workspace.identity.v1");

    public string? Seal(string? secret) => secret is null ? null : _protector.Protect(secret);

    /// <summary>Also opens a secret that was stored before secrets were encrypted.</summary>
    public string? Open(string? stored) => stored?.StartsWith(Sealed, StringComparison.Ordinal) == true ? _protector.Unprotect(stored) : stored;
}
