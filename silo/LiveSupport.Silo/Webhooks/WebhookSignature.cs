using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LiveSupport.Silo.Webhooks;

/// <summary>Signs as <see href="https://www.standardwebhooks.com">Standard Webhooks</see> says, so that receivers can use its libraries.</summary>
public static class WebhookSignature
{
    private const string Begin = "whsec_";
    private const int SecretBytes = 32;

    public static string NewSecret() => Begin + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The value of <c>webhook-signature</c>: one signature for each secret, the newest first.</summary>
    public static string Sign(IEnumerable<string> secrets, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.")), .. body];
        return string.Join(' ', secrets.Select(secret =>
            $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Begin.Length..]), signed))}"));
    }
}
