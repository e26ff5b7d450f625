using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>
/// What the processes of this installation say of themselves, every few seconds. One for all workspaces. Key: <see cref="Key"/>.
/// </summary>
[Alias("ls.operations")]
public interface IOperationsGrain : IGrainWithStringKey
{
    public const string Key = "operations";

    [Alias("report")] Task Report(ProcessReport report);

    /// <summary>The newest report of each process, with those that have fallen silent of late.</summary>
    [Alias("processes"), ReadOnly] Task<ImmutableArray<KnownProcess>> Processes();
}

/// <param name="SilentForSeconds">How long ago the report came.</param>
[GenerateSerializer, Immutable, Alias("ls.known-process")]
public sealed record KnownProcess([property: Id(0)] ProcessReport Report, [property: Id(1)] double SilentForSeconds);

/// <summary>One process, as it sees itself. Rates and quantiles are of the last minute, times in seconds.</summary>
[GenerateSerializer, Immutable, Alias("ls.process-report")]
public sealed record ProcessReport
{
    [Id(0)] public required string Id { get; init; }

    /// <summary>Machine and process number.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary><c>all</c>, <c>silo</c> or <c>edge</c>.</summary>
    [Id(2)] public required string Role { get; init; }
    [Id(3)] public required string Version { get; init; }
    [Id(4)] public required DateTimeOffset StartedAt { get; init; }

    /// <summary><c>running</c> or <c>stopping</c>.</summary>
    [Id(5)] public required string State { get; init; }

    /// <summary>Of one core: 2 means two cores are busy.</summary>
    [Id(6)] public required double Cpu { get; init; }

    /// <summary>Bytes of the machine's memory.</summary>
    [Id(7)] public required long Memory { get; init; }
    [Id(8)] public required double MessagesPerSecond { get; init; }
    [Id(9)] public required Timing Commit { get; init; }
    [Id(10)] public EdgeReport? Edge { get; init; }
    [Id(11)] public StoreReport? Store { get; init; }
    [Id(12)] public required ImmutableArray<GrainReport> Grains { get; init; }

    /// <summary>The last minutes, oldest first, a point for each report.</summary>
    [Id(13)] public required ImmutableArray<TrendPoint> Trend { get; init; }
}

/// <summary>How often something happened, and how long it took.</summary>
/// <param name="P50">Null: it did not happen.</param>
[GenerateSerializer, Immutable, Alias("ls.timing")]
public sealed record Timing(
    [property: Id(0)] double PerSecond,
    [property: Id(1)] double? P50,
    [property: Id(2)] double? P99);

[GenerateSerializer, Immutable, Alias("ls.edge-report")]
public sealed record EdgeReport
{
    [Id(0)] public required int AgentSockets { get; init; }
    [Id(1)] public required int VisitorSockets { get; init; }

    /// <summary>Visitors whose presence this edge renews.</summary>
    [Id(2)] public required int Leases { get; init; }

    /// <summary>Since the queue was last heard.</summary>
    [Id(3)] public required double TickAge { get; init; }
    [Id(4)] public required Timing Send { get; init; }
    [Id(5)] public required Timing Lag { get; init; }

    /// <summary>In the last minute.</summary>
    [Id(6)] public required long Resyncs { get; init; }
    [Id(7)] public required long SlowDisconnects { get; init; }
    [Id(8)] public required long Refusals { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.store-report")]
public sealed record StoreReport
{
    [Id(0)] public required string Kind { get; init; }

    /// <summary>Null: it takes writes.</summary>
    [Id(1)] public string? Problem { get; init; }
    [Id(2)] public required Timing Commit { get; init; }
    [Id(3)] public required double WritesPerSecond { get; init; }

    /// <summary>Writes that share a commit, on average; null without commits.</summary>
    [Id(4)] public double? Batch { get; init; }
    [Id(5)] public long? Bytes { get; init; }
}

/// <summary>The calls of one type of grain that this process answered.</summary>
[GenerateSerializer, Immutable, Alias("ls.grain-report")]
public sealed record GrainReport
{
    [Id(0)] public required string Grain { get; init; }
    [Id(1)] public required Timing Calls { get; init; }
    [Id(2)] public required long Errors { get; init; }
    [Id(3)] public required ImmutableArray<MethodReport> Methods { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.method-report")]
public sealed record MethodReport(
    [property: Id(0)] string Method,
    [property: Id(1)] Timing Calls,
    [property: Id(2)] long Errors);

[GenerateSerializer, Immutable, Alias("ls.trend-point")]
public sealed record TrendPoint(
    [property: Id(0)] double Messages,
    [property: Id(1)] double Calls,
    [property: Id(2)] double Cpu,
    [property: Id(3)] double? AckP99);
