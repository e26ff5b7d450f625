using System.Text;

namespace LiveSupport.Silo.Storage;

/// <summary>PostgreSQL's text, and so what moves between stores, holds neither U+0000 nor half a surrogate pair. Customers send both.</summary>
internal static class SafeText
{
    private const string Replacement = "\uFFFD";

    public static string Of(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains('\0', StringComparison.Ordinal))
            return text;
        var safe = new StringBuilder(text.Length);
        // Enumerating by runes turns half a pair into the replacement character.
        foreach (var rune in text.EnumerateRunes())
            safe.Append(rune.Value == 0 ? Replacement : rune.ToString());
        return safe.ToString();
    }

    public static string? OrNull(string? text) => text is null ? null : Of(text);
}
