using System.Security.Cryptography;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Workspaces;

/// <summary>With what a customer's site may vouch for its users. Pure.</summary>
public static class IdentityRules
{
    /// <summary>Keys at once: more than one is needed while a site changes to the next.</summary>
    public const int Keys = 10;

    /// <summary>Bits of the shortest key that is held to be safe (NIST SP 800-131A).</summary>
    private const int ShortestKey = 2_048;

    public static Refusal? Check(WorkspaceSettings settings) =>
        (settings.IdentityKeys.Length > Keys ? new Refusal(Codes.TooLong, $"There may be {Keys} public keys at most.") : null)
        ?? (settings.IdentityKeys.All(key => Ids.IsWellFormed(key.Id)) ? null : Bad("A public key's id has 1 to 64 letters, digits, - or _."))
        ?? (settings.IdentityKeys.DistinctBy(key => key.Id).Count() == settings.IdentityKeys.Length ? null : Bad("Two public keys have the same id."))
        ?? settings.IdentityKeys.Select(Check).FirstOrDefault(refusal => refusal is not null)
        ?? (settings.RequireIdentity && settings.IdentitySecret is null && settings.IdentityKeys.IsEmpty
            ? Bad("Nobody could chat: set an identity secret or a public key first.")
            : null);

    private static Refusal? Check(IdentityKey key)
    {
        if (key.Pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            return Bad($"'{key.Id}' is a private key: keep it, and give its public key.");
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(key.Pem);
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            return Bad($"'{key.Id}' is not an RSA public key in PEM: it begins with -----BEGIN PUBLIC KEY-----.");
        }

        return rsa.KeySize < ShortestKey ? Bad($"'{key.Id}' has {rsa.KeySize} bits; {ShortestKey} are the least.") : null;
    }

    private static Refusal Bad(string sentence) => new(Codes.BadRequest, sentence);
}
