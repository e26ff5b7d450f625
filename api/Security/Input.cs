using System.Globalization;
using System.Text;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Security;

/// <summary>Checks what comes from outside. Text is stored as sent or refused, never silently changed; names lose invisible characters.</summary>
internal static class Input
{
    /// <summary>A message: something to read in it unless it brings files, no more than <paramref name="most"/> characters.</summary>
    public static string Message(string? text, int most, IReadOnlyList<string>? files = null)
    {
        var checkedText = Text(text, "text", most);
        return files is { Count: > 0 } || !Texts.IsBlank(checkedText) ? checkedText : throw Bad("The text is empty.");
    }

    /// <summary>Any text without control characters and halves of surrogate pairs.</summary>
    public static string Text(string? text, string name, int most)
    {
        if (text is null)
            throw Bad($"'{name}' is missing.");
        if (text.Length > most)
            throw new RefusedException(Codes.TooLong, $"'{name}' may have at most {most} characters.");
        return Flaw(text) is { } flaw ? throw Bad($"'{name}' {flaw}.") : text;
    }

    private static string? Flaw(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\t' or '\n' or '\r'))
                return "holds a control character";
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                return "is not valid text";
            i++;
        }
        return null;
    }

    /// <summary>One line to call somebody by; null when nothing visible is left of it.</summary>
    public static string? Name(string? name)
    {
        if (name is null)
            return null;
        var clean = new StringBuilder();
        foreach (var rune in Text(name, "name", Limits.Name).EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
                clean.Append(rune);
        return clean.ToString().Trim() is { Length: > 0 } visible ? visible : null;
    }

    public static string? Email(string? email)
    {
        if (email is null)
            return null;
        var at = Text(email, "email", Limits.Email).IndexOf('@');
        return at > 0 && at < email.Length - 1 && at == email.LastIndexOf('@') && !email.Any(c => char.IsWhiteSpace(c) || c is '<' or '>' || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format)
            ? email
            : throw Bad("'email' is no e-mail address.");
    }

    /// <summary>
    /// The page that a visitor looks at; null when the web shows no such page. It decorates the conversation, and nobody is
    /// kept from writing for its sake: what is too long is cut, and what cannot be shown is left out.
    /// </summary>
    public static PageView? Page(string? url, string? title, string? referrer) =>
        WebAddress(url) is { } shown
            ? new PageView(
                shown,
                title is not null && Flaw(title) is null ? Texts.Cut(title, Limits.Name) : null,
                referrer is { Length: <= Limits.Url } ? WebAddress(referrer) : null)
            : null;

    /// <summary>An http(s) address; a long one loses its query, which rarely says more of the page, before its end.</summary>
    private static string? WebAddress(string? url)
    {
        if (url is { Length: > Limits.Url })
            url = Texts.Cut(url.Split('?', '#')[0], Limits.Url);
        return url is not null && Flaw(url) is null
            && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
                ? url
                : null;
    }

    /// <summary>An id that the caller did not make up: a malformed one is as unknown as any.</summary>
    public static string Known(string? id) => Ids.IsWellFormed(id) ? id! : throw Refusals.NotFound();

    /// <summary>An id that the caller makes up.</summary>
    public static string ClientId(string? id) =>
        Ids.IsWellFormed(id) ? id! : throw Bad($"'clientId' must be 1 to {Ids.MaxClientIdLength} of A-Z a-z 0-9 _ -.");

    /// <summary>The files of a message, each once.</summary>
    public static IReadOnlyList<string> AttachmentIds(IReadOnlyList<string>? ids) =>
        ids is null ? []
        : ids.Count > Limits.Attachments ? throw new RefusedException(Codes.TooLong, $"A message may have at most {Limits.Attachments} files.")
        : ids.Distinct().Count() != ids.Count ? throw Bad("'attachmentIds' names a file twice.")
        : [.. ids.Select(Known)];

    /// <summary>Rows or entries of one page. A page has <see cref="Limits.Page"/> at most and says where the next one begins, so
    /// that who asks for somewhat more loses nothing; what no page could mean is refused.</summary>
    public static int Limit(int limit) =>
        limit is >= 1 and <= 1_000 ? Math.Min(limit, Limits.Page) : throw Bad($"'limit' must be 1 or more; a page has {Limits.Page} at most.");

    /// <summary>Where a page ended.</summary>
    public static string? Cursor(string? cursor) =>
        cursor is null || QueueCursor.TryParse(cursor, out _) ? cursor : throw Bad("'cursor' is not one of ours.");

    /// <summary>An id of ours that comes back, such as where a list by ids ended; null when it was left out.</summary>
    public static string? Id(string? id, string name) =>
        id is null || Ids.IsWellFormed(id) ? id : throw Bad($"'{name}' is not one of ours.");

    public static RefusedException Bad(string sentence) => new(Codes.BadRequest, sentence);
}
