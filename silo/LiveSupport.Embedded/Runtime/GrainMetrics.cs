using System.Diagnostics.Metrics;

namespace LiveSupport.Embedded.Runtime;

/// <summary>What the engine tells about itself, under the meter <see cref="MeterName"/>.</summary>
internal sealed class GrainMetrics
{
    public const string MeterName = "LiveSupport.Grains";

    private readonly Counter<long> _calls;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _timeouts;
    private readonly Counter<long> _activationFailures;

    public GrainMetrics(IMeterFactory meters, Func<IEnumerable<GrainClass>> classes)
    {
        var meter = meters.Create(MeterName);
        _calls = meter.CreateCounter<long>("grains.calls", description: "Calls that a grain answered.");
        _failures = meter.CreateCounter<long>("grains.call.failures", description: "Calls that ended in an exception.");
        _timeouts = meter.CreateCounter<long>("grains.call.timeouts", description: "Calls that were not answered in time.");
        _activationFailures = meter.CreateCounter<long>("grains.activation.failures", description: "Grains that could not be activated.");
        meter.CreateObservableUpDownCounter(
            "grains.activations",
            () => classes().Select(one => new Measurement<int>(one.Count, Tag(one.GrainType))),
            description: "Grains in memory.");
    }

    public void Called(GrainType type, bool failed)
    {
        if (_calls.Enabled)
            _calls.Add(1, Tag(type));
        if (failed)
            _failures.Add(1, Tag(type));
    }

    public void TimedOut() => _timeouts.Add(1);

    public void ActivationFailed(GrainType type) => _activationFailures.Add(1, Tag(type));

    private static KeyValuePair<string, object?> Tag(GrainType type) => new("grain", type.Value.Value);
}
