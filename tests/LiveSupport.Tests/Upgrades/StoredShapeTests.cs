using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Tests.Upgrades;

/// <summary>
/// Every shape that is stored, as each version that we released has written it: in Fixtures/Stored, a folder for each
/// generation and a file for each shape that changed with it. A file is never written again, and always read.
/// </summary>
public sealed partial class StoredShapeTests
{
    private static readonly string Fixtures = Path.Combine(Accept.Root, "tests", "LiveSupport.Tests", "Fixtures", "Stored");

    private static readonly JsonSerializerOptions Indented = new(StateJson.Options) { WriteIndented = true };

    private static readonly Dictionary<string, Type> Shapes = new[] { typeof(Ids).Assembly, typeof(StateJson).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.IsDefined(typeof(StoredAttribute), inherit: false))
        .ToDictionary(NameOf);

    public static TheoryData<string> Names => [.. Shapes.Keys.Order()];

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Fixtures, "*.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Fixtures, file)).Order()];

    [Fact]
    public void Whatever_is_stored_says_its_schema()
    {
        var records = typeof(StateJson).Assembly.GetTypes().SelectMany(type => type.GetConstructors()).SelectMany(made => made.GetParameters())
            .Where(parameter => parameter.IsDefined(typeof(PersistentStateAttribute)))
            .Select(parameter => NameOf(parameter.ParameterType.GetGenericArguments()[0]));
        var besides = Directory.EnumerateFiles(Path.Combine(Accept.Root, "silo", "LiveSupport.Silo"), "*.cs", SearchOption.AllDirectories)
            // Orleans' own records: what is in them is Orleans' to read.
            .Where(file => Path.GetFileName(file) != "SubscriptionStorage.cs")
            .SelectMany(file => GrainStates().Matches(File.ReadAllText(file))).Select(found => NameOf(found.Groups[1].Value));

        Assert.NotEmpty(besides);
        Assert.Empty(records.Concat(besides).Append(NameOf(typeof(QueueRow))).Except(Shapes.Keys));
    }

    [Theory, MemberData(nameof(Names))]
    public void What_is_written_today_is_the_newest_fixture(string name)
    {
        var today = JsonSerializer.Serialize(Example.Of(Shapes[name]), Shapes[name], Indented) + "\n";
        var newest = Generations(name).LastOrDefault();
        if (newest is not null && File.ReadAllText(newest) == today)
            return;

        if (Accept.IsAsked)
        {
            var next = newest is null ? 1 : Generation(newest) + 1;
            var folder = Directory.CreateDirectory(Path.Combine(Fixtures, $"v{next}"));
            File.WriteAllText(Path.Combine(folder.FullName, $"{name}.json"), today);
        }
        else
        {
            Assert.Fail($"""
                Records of {Shapes[name].Name} are written as no fixture shows. If the change follows the rules in StoredAttribute.cs, {Accept.How}: 
                {today}
                """);
        }
    }

    /// <summary>
    /// Nothing that a fixture says gets lost when today's code reads it and writes it again. Where it is to be
    /// understood differently since, <c>name.as-read</c> beside it says how.
    /// </summary>
    [Theory, MemberData(nameof(Files))]
    public void What_any_version_wrote_is_read_to_the_same(string file)
    {
        var path = Path.Combine(Fixtures, file);
        var type = Shapes[Path.GetFileNameWithoutExtension(file)];
        var expected = Path.ChangeExtension(path, ".as-read");

        var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(File.ReadAllText(path), type, StateJson.Options), type, StateJson.Options);

        AssertSaid(JsonNode.Parse(File.ReadAllText(File.Exists(expected) ? expected : path)), JsonNode.Parse(again), "");
    }

    [Theory, MemberData(nameof(Files))]
    public void What_is_unknown_is_read_past(string file)
    {
        var type = Shapes[Path.GetFileNameWithoutExtension(file)];
        var known = File.ReadAllText(Path.Combine(Fixtures, file));
        var record = JsonNode.Parse(known)!.AsObject();
        record["ofTomorrow"] = new JsonObject { ["very"] = "new" };

        Assert.Equal(
            JsonSerializer.Serialize(JsonSerializer.Deserialize(known, type, StateJson.Options), type, StateJson.Options),
            JsonSerializer.Serialize(JsonSerializer.Deserialize(record.ToJsonString(), type, StateJson.Options), type, StateJson.Options));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_schema_of_tomorrow_is_refused_before_anything_else_is_read(string name)
    {
        var schema = Shapes[name].GetCustomAttribute<StoredAttribute>()!.Schema;

        var refused = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(
            $$"""{"schema":{{schema + 1}},"id":{"no":"text any more"},"state":[],"entries":1,"tail":2}""", Shapes[name], StateJson.Options));

        Assert.Contains($"schema {schema + 1}; this program knows up to {schema}", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertSaid(JsonNode? said, JsonNode? read, string where)
    {
        switch (said)
        {
            case JsonObject members:
                foreach (var (name, member) in members)
                {
                    Assert.True(read is JsonObject its && its.ContainsKey(name), $"{where}.{name} is lost.");
                    AssertSaid(member, read[name], $"{where}.{name}");
                }
                break;
            case JsonArray elements:
                Assert.True(read is JsonArray same && same.Count == elements.Count, $"Elements of {where} are lost.");
                for (var i = 0; i < elements.Count; i++)
                    AssertSaid(elements[i], read[i], $"{where}[{i}]");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(said, read), $"{where} was {said} and is read as {read}.");
                break;
        }
    }

    private static IEnumerable<string> Generations(string name) => !Directory.Exists(Fixtures) ? [] :
        Directory.GetFiles(Fixtures, $"{name}.json", SearchOption.AllDirectories).OrderBy(Generation);

    private static int Generation(string file) => int.Parse(Path.GetFileName(Path.GetDirectoryName(file)!)[1..]);

    private static string NameOf(Type type) => NameOf(type.Name);

    /// <summary>VisitorState → visitor, QueueRow → queue-row.</summary>
    private static string NameOf(string type) => Capitals().Replace(type.EndsWith("State", StringComparison.Ordinal) ? type[..^5] : type, "-$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capitals();

    [GeneratedRegex(@"new GrainState<(\w{2,})>")]
    private static partial Regex GrainStates();
}
