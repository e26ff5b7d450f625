using System.Collections.Concurrent;
using System.Text;
using LiveSupport.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Operations;

/// <summary>With <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> a collector gets metrics, traces and logs; a small one stands in for it here.</summary>
[Collection(OperationsCollection.Name)]
public sealed class CollectorTests
{
    [Fact]
    public async Task A_collector_gets_metrics_traces_and_logs()
    {
        var taken = new ConcurrentDictionary<string, ConcurrentBag<string>>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            // What we look for are names, and those stand in protobuf as they are.
            taken.GetOrAdd(signal, _ => []).Add(Encoding.Latin1.GetString(body.ToArray()));
        });
        await collector.StartAsync();

        await using var server = await TestServer.Start(
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Urls.First()}",
            "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "--OTEL_TRACES_SAMPLER=always_on",
            "--OTEL_METRIC_EXPORT_INTERVAL=500",
            "--OTEL_BSP_SCHEDULE_DELAY=200",
            "--OTEL_BLRP_SCHEDULE_DELAY=200");
        var visitor = await server.NewVisitor();
        await visitor.Write("How do I return something?");

        bool Has(string signal, params string[] names) =>
            taken.TryGetValue(signal, out var batches) && names.All(name => batches.Any(batch => batch.Contains(name, StringComparison.Ordinal)));
        await TestServer.Eventually(() => Task.FromResult(
            Has("metrics", "livesupport.messages.accepted", "livesupport.grain.call.duration")
            && Has("traces", "send", "commit", "Post")
            && Has("logs", "Now listening on")));
    }
}
