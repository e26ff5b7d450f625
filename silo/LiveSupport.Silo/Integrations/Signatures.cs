using System.Security.Cryptography;
using System.Text;

namespace LiveSupport.Silo.Integrations;

/// <summary>HMAC-SHA256 as providers sign their webhooks, compared in constant time.</summary>
internal static class Signatures
{
    /// <summary>What was signed longer ago is not believed: somebody may have kept it.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromMinutes(3);

    public static byte[] Of(string secret, string before, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(before));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }

    public static bool AreEqual(byte[] made, string? received, bool hex = false)
    {
        if (received is null)
            return false;
        try
        {
            return CryptographicOperations.FixedTimeEquals(made, hex ? Convert.FromHexString(received) : Convert.FromBase64String(received));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    public static bool IsRecent(DateTimeOffset at, DateTimeOffset now) => (now - at).Duration() <= LongestWay;
}
