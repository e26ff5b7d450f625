using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Hosting;

/// <summary>Measures each call of a grain of ours, as the embedded engine does by itself.</summary>
internal sealed class OrleansCalls(TimeProvider clock) : IIncomingGrainCallFilter
{
    private static readonly Histogram<double> Calls = Telemetry.Seconds(
        new Meter(Telemetry.Grains), Telemetry.GrainCalls, "Calls that a grain answered.");

    /// <summary>Orleans spells a type's name anew each time that it is asked.</summary>
    private readonly ConcurrentDictionary<GrainType, string> _names = new();

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod?.DeclaringType?.Assembly != typeof(Ids).Assembly)
        {
            await context.Invoke();
            return;
        }
        var began = clock.GetTimestamp();
        var outcome = "failed";
        try
        {
            await context.Invoke();
            outcome = "ok";
        }
        finally
        {
            Calls.Record(
                clock.GetElapsedTime(began).TotalSeconds,
                new KeyValuePair<string, object?>("grain", _names.GetOrAdd(context.TargetId.Type, static type => type.ToString()!)),
                new KeyValuePair<string, object?>("method", context.MethodName),
                new KeyValuePair<string, object?>("outcome", outcome));
        }
    }
}
