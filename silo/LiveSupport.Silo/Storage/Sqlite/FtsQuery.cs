namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>Words as an FTS5 expression: each one quoted, so that no sign in it has a meaning; all of them required.</summary>
internal static class FtsQuery
{
    /// <summary>Null when there is nothing to look for.</summary>
    public static string? Of(string text)
    {
        var words = SearchWords.Of(text);
        return words.Count == 0 ? null : string.Join(" AND ", words.Select(Quoted)) + "*";
    }

    private static string Quoted(string word) => $"\"{word.Replace("\"", "\"\"")}\"";
}
