using LiveSupport.Contracts;
using LiveSupport.Silo.Hosting.Cluster;
using LiveSupport.Silo.Hosting.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace LiveSupport.Silo.Hosting;

/// <summary>The composition root on Orleans: a cluster of one, a silo of a cluster, or an edge in front of one.</summary>
public static class SiloHosting
{
    /// <exception cref="SiloRoleException">There is no such role, or it lacks a setting.</exception>
    public static void AddLiveSupportSilo(this IHostApplicationBuilder builder, SiloOptions options)
    {
        // Hundreds of lines at each start would hide ours.
        builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);

        // First, because hosted services start in order.
        if (options.Postgres is { } connection)
            builder.Services.AddPostgresSchema(connection);
        builder.Services.AddSingleton<IClusterView, OrleansView>();
        // Every call passes through it, so it is only there when somebody collects traces.
        var traced = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        switch (options.Role)
        {
            case SiloOptions.All or SiloOptions.Silo:
                builder.UseOrleans(silo =>
                {
                    silo.AddMembership(options).AddTimings().AddPlacement().AddLiveStreams(options).AddGrainDashboard(options)
                        .AddIncomingGrainCallFilter<OrleansCalls>();
                    if (traced)
                        silo.AddActivityPropagation();
                });
                builder.Services.AddSingleton(new Gathering(on: true));
                builder.Services.AddSiloServices(options);
                if (options.GrainState == SiloOptions.InAzure)
                    AzureStorage.AddGrainState(builder.Services, options);
                break;
            case SiloOptions.Edge:
                builder.UseOrleansClient(client =>
                {
                    client.AddMembership(options).AddTimings().AddLiveStreams().AddGrainDashboard(options);
                    if (traced)
                        client.AddActivityPropagation();
                });
                break;
            default:
                throw new SiloRoleException(
                    $"There is no role '{options.Role}': LiveSupport:Role is '{SiloOptions.All}', '{SiloOptions.Silo}' or '{SiloOptions.Edge}'.");
        }
    }

    /// <summary>The engine's own dashboard; it lets in whomever the caller lets in. Null: this engine has none.</summary>
    public static IEndpointConventionBuilder? MapGrainDashboard(this IEndpointRouteBuilder routes, string path) => routes.MapOrleansDashboard(path);
}
