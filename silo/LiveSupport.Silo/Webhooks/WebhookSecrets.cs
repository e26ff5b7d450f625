using LiveSupport.Contracts;
using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Silo.Webhooks;

/// <summary>Endpoints' secrets, encrypted at rest with the key ring.</summary>
public sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("webhook.secret.v1");

    public string Seal(string secret) => _protector.Protect(secret);

    public string Open(string sealedSecret) => _protector.Unprotect(sealedSecret);
}
