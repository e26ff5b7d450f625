using System.Globalization;

namespace LiveSupport.Load.Traffic;

/// <summary>A message's id: "m-" and its number.</summary>
internal static class MessageId
{
    public static ReadOnlySpan<byte> Prefix => "m-"u8;

    public static bool TryParse(ReadOnlySpan<byte> id, out int number)
    {
        number = 0;
        return id.StartsWith(Prefix) && int.TryParse(id[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public static bool TryParse(string id, out int number)
    {
        number = 0;
        return id.StartsWith("m-", StringComparison.Ordinal) && int.TryParse(id.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
