using System.Diagnostics.Metrics;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Webhooks;

/// <summary>What is counted of webhooks. Never with an address or an id.</summary>
internal static class WebhookMeasures
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Histogram<double> Attempts = Telemetry.Seconds(
        Meter, "livesupport.webhook.duration", "One attempt at a webhook endpoint, by how it ended: accepted, refused or no-answer.");

    private static readonly Counter<long> GivenUpEvents = Meter.CreateCounter<long>(
        "livesupport.webhook.given_up", description: "Events that no endpoint took within a day.");

    public static void Attempted(WebhookDelivery delivery) => Attempts.Record(
        delivery.Milliseconds / 1000.0,
        new KeyValuePair<string, object?>("outcome", delivery.Accepted ? "accepted" : delivery.Status is null ? "no-answer" : "refused"));

    public static void GivenUp() => GivenUpEvents.Add(1);
}
