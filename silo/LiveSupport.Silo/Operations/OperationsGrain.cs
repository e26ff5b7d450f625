using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Operations;

/// <summary>
/// Keeps the newest report of each process. One that falls silent stays for a while, so that its end is seen; who there
/// is, is stored, so that even the end of the silo that runs this grain is.
/// </summary>
[GrainType("operations")]
public sealed partial class OperationsGrain(
    [PersistentState("processes", StorageNames.Grains)] IPersistentState<OperationsState> stored,
    TimeProvider clock,
    ILogger<OperationsGrain> logger) : Grain, IOperationsGrain
{
    /// <summary>After so long nobody looks for a process any more; for one that has said good-bye sooner.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeftAfter = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (ProcessReport Report, long At)> _known = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var report in stored.State.Running)
            _known[report.Id] = (report, clock.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task Report(ProcessReport report)
    {
        _known[report.Id] = (report, clock.GetTimestamp());
        foreach (var (id, (last, at)) in _known.ToList())
        {
            if (clock.GetElapsedTime(at) > (last.State == "running" ? ForgottenAfter : LeftAfter))
                _known.Remove(id);
        }
        return Store();
    }

    public Task<ImmutableArray<KnownProcess>> Processes() => Task.FromResult<ImmutableArray<KnownProcess>>(
        [.. _known.Values.Select(known => new KnownProcess(known.Report, clock.GetElapsedTime(known.At).TotalSeconds))
            .OrderBy(known => known.Report.StartedAt)]);

    /// <summary>Once for each process that comes or goes. What cannot be stored is only not remembered.</summary>
    private async Task Store()
    {
        var running = _known.Values.Select(known => known.Report).Where(report => report.State == "running").ToList();
        if (running.Select(report => report.Id).ToHashSet().SetEquals(stored.State.Running.Select(report => report.Id)))
            return;
        try
        {
            await stored.Write(new OperationsState { Running = [.. running.Select(report => report with { Grains = [], Trend = [] })] }, DeactivateOnIdle);
        }
        catch (Exception error)
        {
            NotStored(logger, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Which processes there are could not be stored.")]
    private static partial void NotStored(ILogger logger, Exception error);
}

/// <summary>The processes that ran when one came or went.</summary>
[Stored(1)]
public sealed record OperationsState
{
    public ImmutableArray<ProcessReport> Running { get; init; } = [];
}
