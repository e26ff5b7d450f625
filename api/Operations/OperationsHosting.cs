using System.Net;
using System.Reflection;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LiveSupport.Api.Operations;

/// <summary>
/// How operators see inside: one meter provider for <c>/metrics</c> and, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says
/// where, with traces and logs for a collector. The Operations page has its own (<see cref="ProcessMeter"/>).
/// </summary>
internal static class OperationsHosting
{
    private const string UrlSetting = "LiveSupport:Operations:Url";
    private const string MetricsPath = "/metrics";

    /// <summary>Where the engine's own dashboard is, if it has one.</summary>
    public const string GrainDashboardPath = "/orleans";

    /// <summary>Of our own traces so many are kept, unless <c>OTEL_TRACES_SAMPLER</c> says otherwise.</summary>
    private const double TracesKept = 0.05;

    // Of ASP.NET Core all but its memory pool, which counts several times a message what nobody watches.
    private static readonly string[] Meters =
    [
        Telemetry.Name, Telemetry.Grains, "Microsoft.Orleans*", "System.Runtime", "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Http.Connections", "Microsoft.AspNetCore.Routing",
        "Microsoft.AspNetCore.Diagnostics", "Microsoft.AspNetCore.RateLimiting", "Microsoft.AspNetCore.Authentication",
        "Microsoft.AspNetCore.Authorization", "Microsoft.AspNetCore.Identity",
    ];

    private static readonly string[] Sources =
    [
        Telemetry.Name, Telemetry.Grains, "Microsoft.AspNetCore", "Microsoft.AspNetCore.SignalR.Server",
        "Microsoft.Orleans*",
    ];

    /// <summary>What only the administrators' listener serves.</summary>
    private static readonly string[] AdministratorsPaths = [MetricsPath, GrainDashboardPath];

    /// <summary>All that it serves.</summary>
    private static readonly string[] ListenerPaths = [.. AdministratorsPaths, "/health"];

    /// <summary>The page of the engine's dashboard brings its own scripts, and sets styles from them.</summary>
    private const string GrainDashboardPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static string Version { get; } =
        typeof(OperationsHosting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static void AddOperations(this WebApplicationBuilder builder, string role)
    {
        var configuration = builder.Configuration;
        if (ListenerUrl(configuration) is { } url)
            builder.WebHost.UseUrls([.. PublicUrls(configuration), url]);

        var collected = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        builder.Services.AddSingleton<ProcessMeter>();
        builder.Services.AddSingleton(new ProcessIdentity(role));
        builder.Services.AddSingleton(_ => Metrics(configuration, collected));
        if (!collected)
            return;
        builder.Services.AddSingleton(services => Traces(services, configuration));
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(Describe(ResourceBuilder.CreateDefault()));
            logs.AddOtlpExporter();
        });
    }

    /// <summary>Keeps the two listeners apart: the administrators' one serves only what is theirs, the public one not that.</summary>
    public static void UseOperationsListener(this WebApplication app)
    {
        app.Services.GetService<TracerProvider>();
        if (ListenerUrl(app.Configuration) is not { } url)
            return;
        var port = BindingAddress.Parse(url).Port;
        app.Use((http, next) =>
        {
            var own = http.Connection.LocalPort == port;
            var path = http.Request.Path;
            if (own ? ListenerPaths.Any(known => path.StartsWithSegments(known)) : !AdministratorsPaths.Any(known => path.StartsWithSegments(known)))
                return next(http);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    /// <summary>On the administrators' listener for whoever reaches it; without one, for this machine and administrators.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        var isOpen = ListenerUrl(app.Configuration) is not null;
        app.MapPrometheusScrapingEndpoint(
            MetricsPath,
            app.Services.GetRequiredService<MeterProvider>(),
            branch => branch.Use((http, next) =>
            {
                if (isOpen || IsThisMachine(http) || http.User.IsInRole(nameof(AgentRole.Admin)))
                    return next(http);
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }),
            optionsName: null).AllowAnonymous();
    }

    /// <summary>
    /// For administrators who are signed in: a listener that only they should reach is no reason to trust whoever does.
    /// It shows arguments' types and errors, no text of anybody.
    /// </summary>
    public static void ForAdministrators(this IEndpointConventionBuilder dashboard) => dashboard.RequireAuthorization(Policies.Admin).Finally(endpoint =>
    {
        var serve = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http =>
        {
            http.Response.Headers.ContentSecurityPolicy = GrainDashboardPolicy;
            return serve(http);
        };
    });

    /// <summary>A proxy on this machine hands on requests of the whole world; it says so.</summary>
    internal static bool IsThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from)
        && !http.Request.Headers.Keys.Any(name =>
            name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Via", StringComparison.OrdinalIgnoreCase) || name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase));

    private static MeterProvider Metrics(IConfiguration configuration, bool collected)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(own => own.AddSingleton(configuration))
            .ConfigureResource(resource => Describe(resource))
            .AddMeter(Meters)
            // It walks through all that the cache holds to count it, at each reading.
            .AddView("orleans-directory-cache-size", MetricStreamConfiguration.Drop)
            // Nine counts a message of what other counts tell as well: the calls, and the messages between processes.
            .AddView("orleans-directory-lookups-*", MetricStreamConfiguration.Drop)
            .AddView("orleans-gateway-sent", MetricStreamConfiguration.Drop)
            .AddView("orleans-gateway-received", MetricStreamConfiguration.Drop)
            .AddView("orleans-messaging-rerouted", MetricStreamConfiguration.Drop)
            .AddPrometheusExporter();
        if (collected)
            builder.AddOtlpExporter();
        var provider = builder.Build();
        Edge.EdgeMeasures.Begin();
        return provider;
    }

    private static TracerProvider Traces(IServiceProvider services, IConfiguration configuration)
    {
        var builder = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(own => own.AddSingleton(configuration))
            .ConfigureResource(resource => Describe(resource))
            .AddSource(Sources)
            .AddOtlpExporter();
        if (configuration["OTEL_TRACES_SAMPLER"] is null)
            builder.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(TracesKept)));
        return builder.Build();
    }

    private static ResourceBuilder Describe(ResourceBuilder resource) =>
        resource.AddService("livesupport", serviceVersion: Version, serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}");

    private static string? ListenerUrl(IConfiguration configuration) =>
        configuration[UrlSetting] is { Length: > 0 } url ? url : null;

    /// <summary>Naming one listener more must not close those that there are.</summary>
    private static IEnumerable<string> PublicUrls(IConfiguration configuration) =>
        configuration["urls"] is { Length: > 0 } urls
            ? urls.Split(';', StringSplitOptions.RemoveEmptyEntries)
            : [.. Ports(configuration, "http"), .. Ports(configuration, "https")];

    private static IEnumerable<string> Ports(IConfiguration configuration, string scheme) =>
        (configuration[$"{scheme}_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"{scheme}://*:{port}");
}
