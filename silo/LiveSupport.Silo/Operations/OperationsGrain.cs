using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Operations;

/// <summary>Keeps the newest report of each process. One that falls silent stays for a while, so that its end is seen.</summary>
[GrainType("operations")]
public sealed class OperationsGrain(TimeProvider clock) : Grain, IOperationsGrain
{
    /// <summary>After so long nobody looks for a process any more.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (ProcessReport Report, long At)> _known = [];

    public Task Report(ProcessReport report)
    {
        _known[report.Id] = (report, clock.GetTimestamp());
        foreach (var (id, (_, at)) in _known.ToList())
        {
            if (clock.GetElapsedTime(at) > ForgottenAfter)
                _known.Remove(id);
        }
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<KnownProcess>> Processes() => Task.FromResult<ImmutableArray<KnownProcess>>(
        [.. _known.Values.Select(known => new KnownProcess(known.Report, clock.GetElapsedTime(known.At).TotalSeconds))
            .OrderBy(known => known.Report.StartedAt)]);
}
