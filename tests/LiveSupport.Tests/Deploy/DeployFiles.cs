using System.Runtime.CompilerServices;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace LiveSupport.Tests.Deploy;

/// <summary>The files in <c>deploy/</c>, as they stand in the source tree.</summary>
internal static class DeployFiles
{
    public static string Root { get; } = FindRoot();

    public static string Read(string name) => File.ReadAllText(Path.Combine(Root, "deploy", name));

    public static IEnumerable<string> Names(string folder, string pattern) => Directory
        .EnumerateFiles(Path.Combine(Root, "deploy", folder), pattern).Select(file => Path.GetRelativePath(Path.Combine(Root, "deploy"), file)).Order();

    /// <summary>Each document of a YAML file, with what <c>&lt;&lt;</c> merges in its place.</summary>
    public static IReadOnlyList<Yaml> Documents(string name)
    {
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(new StringReader(Read(name)))));
        return [.. stream.Documents.Select(document => new Yaml(document.RootNode))];
    }

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}

/// <summary>A place in a YAML document; what is not there is empty.</summary>
internal sealed record Yaml(YamlNode? Node)
{
    public Yaml this[string key] => new(
        Node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null);

    public string Text => (Node as YamlScalarNode)?.Value ?? "";

    public int Number => int.Parse(Text, System.Globalization.CultureInfo.InvariantCulture);

    public IEnumerable<Yaml> Items => (Node as YamlSequenceNode)?.Children.Select(child => new Yaml(child)) ?? [];

    public IEnumerable<(string Key, Yaml Value)> Members =>
        (Node as YamlMappingNode)?.Children.Select(child => (((YamlScalarNode)child.Key).Value!, new Yaml(child.Value))) ?? [];

    /// <summary>This place and every place below it.</summary>
    public IEnumerable<Yaml> All => [this, .. Items.Concat(Members.Select(member => member.Value)).SelectMany(child => child.All)];
}
