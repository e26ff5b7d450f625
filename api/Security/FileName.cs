using System.Globalization;
using System.Text;
using LiveSupport.Contracts;
using Microsoft.Net.Http.Headers;

namespace LiveSupport.Api.Security;

/// <summary>The name of a file from outside: one to show and to save under, never a path.</summary>
internal static class FileName
{
    private const string Nameless = "file";
    private const int LongestEnding = 20;
    private const int LongestType = 127;

    /// <summary>The last part of what may be a path, without characters that hide or turn what is read.</summary>
    public static string Clean(string? name)
    {
        var last = (name ?? "").Split('/', '\\')[^1];
        var clean = new StringBuilder();
        foreach (var rune in last.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate))
                clean.Append(rune);
        var visible = clean.ToString().Trim().TrimEnd('.').TrimEnd();
        return visible.Length == 0 ? Nameless : Shorten(visible);
    }

    /// <summary>A media type without its parameters; <see cref="Pictures.Unknown"/> for what is none.</summary>
    public static string ContentType(string? declared) =>
        MediaTypeHeaderValue.TryParse(declared, out var type) && type.MediaType.Length <= LongestType && !type.MatchesAllTypes && !type.MatchesAllSubTypes
            ? type.MediaType.ToString().ToLowerInvariant()
            : Pictures.Unknown;

    /// <summary>RFC 6266: an ASCII name for old programs, and the real one (RFC 5987).</summary>
    public static string Disposition(string name, bool inline)
    {
        var disposition = new ContentDispositionHeaderValue(inline ? "inline" : "attachment");
        disposition.SetHttpFileName(name);
        return disposition.ToString();
    }

    private static string Shorten(string name)
    {
        if (name.Length <= Limits.Name)
            return name;
        var ending = Path.GetExtension(name);
        if (ending.Length > LongestEnding)
            ending = "";
        return Texts.Cut(name, Limits.Name - ending.Length) + ending;
    }
}
