using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Bot;

/// <summary>The help pages of the demo shop (Bot/Articles/*.md), with which a new installation begins.</summary>
public static class DemoArticles
{
    private const string Folder = "Articles/";

    public static Knowledge Knowledge { get; } = new(1, [.. Read()]);

    private static IEnumerable<Article> Read()
    {
        var assembly = typeof(DemoArticles).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var markdown = reader.ReadToEnd();
            var id = name[Folder.Length..];
            yield return new Article(id, markdown[2..markdown.IndexOf('\n')].Trim(), markdown, $"/demo/help.html#{id}");
        }
    }
}
