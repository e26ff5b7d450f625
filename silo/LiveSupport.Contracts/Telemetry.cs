using System.Diagnostics.Metrics;

namespace LiveSupport.Contracts;

/// <summary>What all parts of the system measure alike.</summary>
public static class Telemetry
{
    /// <summary>The name of our meters and of our activity sources, in every process.</summary>
    public const string Name = "LiveSupport";

    /// <summary>What the grains' engine measures, on both engines alike.</summary>
    public const string Grains = "LiveSupport.Grains";

    /// <summary>The histogram of grain calls, on both engines, tagged <c>grain</c>, <c>method</c>, <c>outcome</c>.</summary>
    public const string GrainCalls = "livesupport.grain.call.duration";

    /// <summary>From a call within the process to one that has timed out.</summary>
    private static readonly double[] Bounds =
        [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>A histogram of times, in seconds.</summary>
    public static Histogram<double> Seconds(Meter meter, string name, string description) => meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
}
