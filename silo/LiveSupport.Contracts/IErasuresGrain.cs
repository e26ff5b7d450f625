using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>
/// The erasures of one workspace. Key: the workspace's id. Notes whom to erase before it begins, so that an erasure that
/// a crash cuts off is finished after the start, by itself or by the next call. One at a time.
/// </summary>
[Alias("ls.erasures")]
public interface IErasuresGrain : IGrainWithStringKey
{
    /// <summary>Erases a visitor; again: the same receipt. <see cref="Codes.NotFound"/>: there is no such visitor.</summary>
    [Alias("erase")] Task<Outcome<Erasure>> Erase(string visitorId, AgentRef by);

    /// <summary>Finishes what was begun; answers how many it finished.</summary>
    [Alias("run")] Task<int> Run();
}

/// <summary>The receipt of an erasure: what was removed. It names nobody.</summary>
[GenerateSerializer, Immutable, Alias("ls.erasure")]
public sealed record Erasure
{
    [Id(0)] public required string VisitorId { get; init; }

    /// <summary>When it began.</summary>
    [Id(1)] public required DateTimeOffset At { get; init; }
    [Id(2)] public required int Conversations { get; init; }

    /// <summary>Lines of transcripts, notes among them.</summary>
    [Id(3)] public required long Entries { get; init; }

    /// <summary>Files with their bytes.</summary>
    [Id(4)] public required int Attachments { get; init; }

    /// <summary>The providers of which something was kept.</summary>
    [Id(5)] public required ImmutableArray<string> Caches { get; init; }
}
