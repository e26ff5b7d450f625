using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Visitors;

/// <summary>What may stand as a name and as an e-mail address, and how often one may begin. Pure.</summary>
public static class VisitorRules
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>One more conversation.</summary>
    /// <param name="begun">When those before began, the oldest first.</param>
    /// <returns>Those that count from now on, or when the next may begin.</returns>
    public static Outcome<ImmutableArray<DateTimeOffset>> Begin(ImmutableArray<DateTimeOffset> begun, DateTimeOffset now)
    {
        begun = begun.RemoveAll(at => at <= now - Day);
        return begun.Length < Limits.ConversationsADay
            ? begun.Add(now)
            : new Refusal(Codes.RateLimited, $"You have begun {Limits.ConversationsADay} conversations within a day. The next can begin in {Texts.Wait(begun[0] + Day - now)}.");
    }

    /// <summary>
    /// A name on one line, without control and invisible direction characters: one that turns the text around it, or
    /// shows as nothing, would pass for somebody else in a list. Null when nothing is left.
    /// </summary>
    public static string? CleanName(string? name)
    {
        if (name is null)
            return null;
        var clean = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                // U+200D joins emoji; all other format characters only hide or turn.
                case UnicodeCategory.Format when rune.Value != 0x200D:
                case UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    if (clean.Length > 0 && clean[^1] != ' ' && Rune.IsWhiteSpace(rune))
                        clean.Append(' ');
                    break;
                default:
                    clean.Append(rune);
                    break;
            }
        }
        var text = clean.ToString().Trim();
        return text.Length == 0 ? null : text;
    }

    public static Refusal? CheckName(string? name) => name is { Length: > Limits.Name }
        ? new Refusal(Codes.TooLong, $"A name may have {Limits.Name} characters.")
        : null;

    /// <summary>Only what no address can be without: the proof of an address is a mail that arrives.</summary>
    public static Refusal? CheckEmail(string? email) =>
        email is null ? null
        : email.Length > Limits.Email ? new Refusal(Codes.TooLong, $"An e-mail address may have {Limits.Email} characters.")
        : email.IndexOf('@') is > 0 and var at && at == email.LastIndexOf('@') && at < email.Length - 1
            && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or ',' or ';') ? null
        : new Refusal(Codes.BadRequest, "That is not an e-mail address.");
}
