using System.Globalization;
using System.Text;

namespace LiveSupport.Contracts;

/// <summary>What may stand as a text from outside. Lengths are UTF-16 units.</summary>
public static class Texts
{
    /// <summary>Nothing that anybody could see: blanks, controls, zero-width and unassigned characters only.</summary>
    public static bool IsBlank(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>How long to wait, as people say it and rounded up: "40 seconds", "5 minutes", "3 hours".</summary>
    public static string Wait(TimeSpan wait)
    {
        var (number, unit) = Math.Ceiling(wait.TotalSeconds) switch
        {
            < 120 and var seconds => (Math.Max(1, seconds), "second"),
            < 7_200 and var seconds => (Math.Ceiling(seconds / 60), "minute"),
            var seconds => (Math.Ceiling(seconds / 3_600), "hour"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}");
    }

    /// <summary>Text that every store and every browser can hold: no NUL, and no half of a surrogate pair.</summary>
    public static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
                return false;
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }
        return true;
    }

    /// <summary>The beginning, at most that long; no character is cut in two.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}
