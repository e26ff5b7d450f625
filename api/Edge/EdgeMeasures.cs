using System.Diagnostics;
using System.Diagnostics.Metrics;
using LiveSupport.Api.Hubs;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace LiveSupport.Api.Edge;

/// <summary>
/// What an edge counts, under the meter and the activity source <c>LiveSupport</c>. Never with an id, an address or a text.
/// </summary>
internal static class EdgeMeasures
{
    private static readonly ActivitySource Source = new(Telemetry.Name);
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>(
        "livesupport.connections", description: "Open sockets, by hub.");

    public static readonly Counter<long> TooSlow = Meter.CreateCounter<long>(
        "livesupport.connections.slow", description: "Sockets that were cut because they did not read what they were sent.");

    private static readonly Counter<long> Resyncs = Meter.CreateCounter<long>(
        "livesupport.resyncs", description: "How often something missed was fetched anew, by reason.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "livesupport.refusals", description: "Requests that were refused, by place and code.");

    private static readonly Histogram<double> SendTime = Telemetry.Seconds(
        Meter, "livesupport.send.duration", "A message, from its arrival at the edge to its acknowledgement.");

    private static readonly Histogram<double> Lag = Telemetry.Seconds(
        Meter, "livesupport.event.lag", "An event, from its commit to its being written to a socket (two clocks when these are two machines).");

    public static readonly Side Agents = new("agent");
    public static readonly Side Visitors = new("visitor");

    /// <summary>The sockets of one hub.</summary>
    internal sealed class Side(string hub)
    {
        private readonly KeyValuePair<string, object?> _tag = new("hub", hub);
        private int _open;

        public int Open => _open;

        public void Add(int change)
        {
            Interlocked.Add(ref _open, change);
            Connections.Add(change, _tag);
        }
    }

    /// <summary>So that they are there to be watched before the first has happened.</summary>
    public static void Begin()
    {
        TooSlow.Add(0);
        Agents.Add(0);
        Visitors.Add(0);
        foreach (var reason in (ReadOnlySpan<string>)["start", "silence", "gap", "behind", "client"])
            Resyncs.Add(0, new KeyValuePair<string, object?>("reason", reason));
        foreach (var code in (ReadOnlySpan<string>)[Codes.RateLimited, Codes.Unavailable])
            Refusals.Add(0, new KeyValuePair<string, object?>("at", "session"), new KeyValuePair<string, object?>("code", code));
    }

    /// <param name="reason"><c>start</c>, <c>silence</c> (no tick), <c>gap</c> (in the queue's versions), <c>behind</c> (a
    /// conversation), <c>client</c> (a screen asked).</param>
    public static void Resync(string reason) => Resyncs.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void Refused(string at, string code) =>
        Refusals.Add(1, new KeyValuePair<string, object?>("at", at), new KeyValuePair<string, object?>("code", code));

    /// <summary>A batch is on its socket. Its oldest event stands for all of it.</summary>
    public static void Sent(Frame[] batch, TimeProvider clock)
    {
        if (!Lag.Enabled)
            return;
        foreach (var frame in batch)
        {
            if (frame.At is not { } at)
                continue;
            Lag.Record(Math.Max(0, (clock.GetUtcNow() - at).TotalSeconds));
            return;
        }
    }

    /// <summary>Measures one send until it is disposed.</summary>
    public static SendMeasure Sending(Hub hub) =>
        new(TimeProvider.System.GetTimestamp(), Source.StartActivity("send"), hub is AgentHub ? "agent" : "visitor");

    internal readonly struct SendMeasure(long began, Activity? activity, string hub) : IDisposable
    {
        public void Dispose()
        {
            SendTime.Record(TimeProvider.System.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("hub", hub));
            activity?.Dispose();
        }
    }
}
