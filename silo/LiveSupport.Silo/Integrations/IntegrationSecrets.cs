using System.Collections.Immutable;
using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Silo.Integrations;

/// <summary>Providers' secrets, encrypted at rest with the key ring.</summary>
internal sealed class IntegrationSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("integration.secret.v1");

    public string Seal(string secret) => _protector.Protect(secret);

    public ImmutableDictionary<string, string> Open(ImmutableDictionary<string, string> secrets) =>
        secrets.ToImmutableDictionary(known => known.Key, known => _protector.Unprotect(known.Value));
}
