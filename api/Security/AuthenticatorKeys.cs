using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Api.Security;

/// <summary>The secrets of authenticator apps, encrypted at rest: who copies the database cannot make codes.</summary>
internal sealed class AuthenticatorKeys(IDataProtectionProvider protection)
{
    /// <summary>What everything encrypted begins with, and no base32 does.</summary>
    private const string Sealed = "CfDJ8";

    private readonly IDataProtector _protector = protection.CreateProtector("agent.authenticator.v1");

    public string Seal(string key) => _protector.Protect(key);

    /// <summary>Also opens a key that was stored before keys were encrypted.</summary>
    public string? Open(string? stored) => stored?.StartsWith(Sealed, StringComparison.Ordinal) == true ? _protector.Unprotect(stored) : stored;
}
