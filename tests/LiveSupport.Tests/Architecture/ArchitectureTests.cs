using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using LiveSupport.Contracts;
using LiveSupport.Silo.Hosting;

namespace LiveSupport.Tests.Architecture;

/// <summary>The walls of the house: who may know whom, and which files know nothing but the rules.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Assembly Contracts = typeof(Ids).Assembly;
    private static readonly Assembly Silo = typeof(SiloOptions).Assembly;

    /// <summary>Rules only: no grain, no storage, no clock but the time they are handed, nothing to wait for.</summary>
    public static TheoryData<string> PureFiles =>
    [
        "LiveSupport.Contracts/Masking.cs",
        "LiveSupport.Contracts/SnapshotReducer.cs",
        "LiveSupport.Contracts/Pictures.cs",
        "LiveSupport.Silo/Agents/UsedTries.cs",
        "LiveSupport.Silo/Attachments/AttachmentRules.cs",
        "LiveSupport.Silo/Conversations/Conversation.cs",
        "LiveSupport.Silo/Conversations/ConversationState.cs",
        "LiveSupport.Silo/Conversations/Decision.cs",
        "LiveSupport.Silo/Conversations/Viewers.cs",
        "LiveSupport.Silo/Outbound/PublicAddresses.cs",
        "LiveSupport.Silo/Programs/CallBudget.cs",
        "LiveSupport.Silo/Queue/QueueIndex.cs",
        "LiveSupport.Silo/Visitors/Presence.cs",
        "LiveSupport.Silo/Visitors/VisitorRules.cs",
        "LiveSupport.Silo/Webhooks/WebhookEvents.cs",
        "LiveSupport.Silo/Webhooks/WebhookRules.cs",
        "LiveSupport.Silo/Workspaces/WorkspaceRules.cs",
    ];

    [Theory]
    [MemberData(nameof(PureFiles))]
    public void A_pure_file_knows_only_the_rules(string file) =>
        Assert.DoesNotMatch(Impure(), WithoutComments(File.ReadAllText(Path.Combine(Root(), "silo", file))));

    [Fact]
    public void References_point_one_way()
    {
        Assert.DoesNotContain(Ours(Contracts), name => name is "LiveSupport.Silo" or "LiveSupport.Api");
        Assert.DoesNotContain("LiveSupport.Api", Ours(Silo));
    }

    [Fact]
    public void Only_the_edges_entry_names_the_silo()
    {
        var edge = Path.Combine(Root(), "api");
        var named = Sources("api")
            .Where(file => WithoutComments(File.ReadAllText(file)).Contains("LiveSupport.Silo", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(edge, file));
        Assert.Equal(["Program.cs"], named);
    }

    [Fact]
    public void The_product_has_one_source_for_both_engines()
    {
        string[] roots = [Path.Combine("silo", "LiveSupport.Embedded"), Path.Combine("Hosting", "SiloOn"), Path.Combine("Hosting", "Cluster")];
        foreach (var file in Sources("api").Concat(Sources("silo")))
        {
            var text = WithoutComments(File.ReadAllText(file));
            Assert.False(text.Contains("#if", StringComparison.Ordinal), $"{file} has an #if.");
            Assert.False(
                EngineNamed().IsMatch(text) && !roots.Any(root => file.Contains(root, StringComparison.Ordinal)),
                $"{file} names an engine.");
        }
    }

    [Fact]
    public void Nobody_reads_another_clock_or_blocks_a_thread()
    {
        foreach (var file in Sources("api").Concat(Sources("silo")))
            Assert.False(OtherClock().IsMatch(WithoutComments(File.ReadAllText(file))), $"{file} reads the system's clock or sleeps.");
    }

    /// <summary>Two grains that can wait for each other do so for as long as a call may take; only a reentrant one never makes others wait.</summary>
    [Fact]
    public void No_grain_waits_for_one_that_may_wait_for_it()
    {
        var calls = Sources("silo/LiveSupport.Silo")
            .Select(file => (Grain: Path.GetFileNameWithoutExtension(file), Text: WithoutComments(File.ReadAllText(file))))
            .Where(source => source.Grain.EndsWith("Grain", StringComparison.Ordinal) && !ReentrantGrain().IsMatch(source.Text))
            .ToDictionary(source => source.Grain, source => GrainCalled().Matches(source.Text).Select(call => call.Groups[1].Value).ToHashSet());
        Assert.Contains("QueueGrain", calls["VisitorGrain"]);

        while (calls.Keys.FirstOrDefault(grain => !calls[grain].Overlaps(calls.Keys)) is { } last)
            calls.Remove(last);
        Assert.True(calls.Count == 0, $"Calls go round: {string.Join("; ", calls.Select(one => $"{one.Key} → {string.Join(", ", one.Value)}"))}.");
    }

    [GeneratedRegex(@"\[[^\]]*\bReentrant\b")]
    private static partial Regex ReentrantGrain();

    [GeneratedRegex(@"GetGrain<I(\w+Grain)>")]
    private static partial Regex GrainCalled();

    [GeneratedRegex(@"\b(IGrain\w*|\w+Grain|IPersistentState|IConversationStore|LiveSupport\.Silo\.Storage|TimeProvider|UtcNow|Task|async|await|ILogger|Random)\b")]
    private static partial Regex Impure();

    [GeneratedRegex(@"\b(LiveSupport\.Embedded|using Orleans|Orleans\.\w+)\b")]
    private static partial Regex EngineNamed();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now)\b|\bThread\.Sleep\b|\bStopwatch\b|\bEnvironment\.TickCount")]
    private static partial Regex OtherClock();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex LineComment();

    private static string WithoutComments(string text) => LineComment().Replace(text, "");

    private static string[] Ours(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("LiveSupport", StringComparison.Ordinal))];

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
