using LiveSupport.Api.Edge;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveSupport.Api.Http;

/// <summary>Whether this process lives, and whether it can serve: each dependency by name.</summary>
internal static class Health
{
    private sealed record Report(string Status, IReadOnlyDictionary<string, Dependency> Dependencies);

    private sealed record Dependency(string Status, string? Detail);

    public static void AddHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<GrainsCheck>("grains", timeout: TimeSpan.FromSeconds(5));

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = Write }).AllowAnonymous();
    }

    private static Task Write(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(
        new Report(Word(report.Status), report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new Dependency(Word(entry.Value.Status), entry.Value.Description))),
        WireJson.Options);

    private static string Word(HealthStatus status) => status == HealthStatus.Healthy ? "ok" : "failing";

    private sealed class GrainsCheck(IGrainFactory grains) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken stop = default)
        {
            try
            {
                return await grains.Workspace(Workspaces.Default).Settings().WaitAsync(stop) is not null
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy("The workspace is not there yet.");
            }
            catch (Exception)
            {
                return HealthCheckResult.Unhealthy("Grains do not answer.");
            }
        }
    }

    public sealed class LiveEventsCheck(Relays relays, Drain drain) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken stop = default) =>
            Task.FromResult(
                drain.HasBegun ? HealthCheckResult.Unhealthy("This process is shutting down and takes nobody new.")
                : relays.Watch(Workspaces.Default).Hears ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("No tick from the queue: screens may be late."));
    }
}
