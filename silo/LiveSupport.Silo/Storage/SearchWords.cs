namespace LiveSupport.Silo.Storage;

/// <summary>What somebody typed into the search box, as words.</summary>
internal static class SearchWords
{
    /// <summary>Words beyond these are left out of account.</summary>
    private const int Most = 16;

    /// <summary>The words that hold a letter or a digit, in their order; nothing but these can be found.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length && words.Count < Most; i++)
        {
            var inside = i < text.Length && !char.IsWhiteSpace(text[i]) && !char.IsControl(text[i]);
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            var word = text[start..i];
            start = -1;
            if (word.EnumerateRunes().Any(System.Text.Rune.IsLetterOrDigit))
                words.Add(word);
        }

        return words;
    }
}
