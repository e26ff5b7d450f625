using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LiveSupport.Embedded.Runtime;

/// <summary>What the engine tells about itself, under the meter and the activity source <see cref="MeterName"/>.</summary>
internal sealed class GrainMetrics
{
    public const string MeterName = "LiveSupport.Grains";

    private static readonly ActivitySource Source = new(MeterName);

    private static readonly double[] Seconds =
        [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    // Not the factory's: several hosts in one process, as in tests, would end each other's.
    private static readonly Histogram<double> Calls = new Meter(MeterName).CreateHistogram(
        "livesupport.grain.call.duration", "s", "Calls that a grain answered, from the sending on.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private readonly TimeProvider _clock;
    private long _timeouts;
    private long _activationFailures;

    public GrainMetrics(IMeterFactory meters, TimeProvider clock, Func<IEnumerable<GrainClass>> classes)
    {
        _clock = clock;
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter(
            "livesupport.grain.timeouts", () => Interlocked.Read(ref _timeouts), description: "Calls that were not answered in time.");
        meter.CreateObservableCounter(
            "livesupport.grain.activation.failures", () => Interlocked.Read(ref _activationFailures), description: "Grains that could not be activated.");
        meter.CreateObservableUpDownCounter(
            "livesupport.grain.activations",
            () => classes().Select(one => new Measurement<int>(one.Count, Tag(one.GrainType))),
            description: "Grains in memory.");
    }

    public void Called(GrainType type, GrainCall call, bool failed)
    {
        if (Calls.Enabled)
            Calls.Record(
                _clock.GetElapsedTime(call.SentAt).TotalSeconds,
                Tag(type),
                new KeyValuePair<string, object?>("method", call.Method),
                new KeyValuePair<string, object?>("outcome", failed ? "failed" : "ok"));
        if (call.Trace is not { } trace)
            return;
        var current = Activity.Current;
        trace.SetStatus(failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok).Stop();
        Activity.Current = current;
    }

    public void TimedOut() => Interlocked.Increment(ref _timeouts);

    public void ActivationFailed() => Interlocked.Increment(ref _activationFailures);

    /// <summary>Makes the call a part of what its caller is traced doing, if anything.</summary>
    public static void Trace(GrainType type, GrainCall call)
    {
        if (!Source.HasListeners() || Activity.Current is not { } caller)
            return;
        call.Trace = Source.StartActivity($"{type}/{call.Method}");
        Activity.Current = caller;
    }

    private static KeyValuePair<string, object?> Tag(GrainType type) => new("grain", type.Value.Value);
}
