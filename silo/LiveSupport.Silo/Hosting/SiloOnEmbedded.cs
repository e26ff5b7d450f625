using LiveSupport.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LiveSupport.Silo.Hosting;

/// <summary>The silo's composition root on the embedded engine: one process that is everything.</summary>
public static class SiloHosting
{
    /// <exception cref="SiloRoleException">The role needs a cluster.</exception>
    public static void AddLiveSupportSilo(this IHostApplicationBuilder builder, SiloOptions options)
    {
        if (options.Role != SiloOptions.All)
        {
            throw new SiloRoleException(
                $"The role '{options.Role}' needs a cluster, and this build holds the embedded engine, which is one process. "
                + "Build with -p:GrainEngine=Orleans, or leave the role at 'all'.");
        }

        if (options.GrainState == SiloOptions.InAzure)
        {
            throw new SiloRoleException(
                "LiveSupport:GrainState is 'azure', which is Orleans': build with -p:GrainEngine=Orleans -p:AzureStorage=true, or leave it at 'database'.");
        }

        builder.Services.AddEmbeddedGrains([typeof(SiloHosting).Assembly]);
        builder.Services.AddEmbeddedStreams(WorkspaceStream.Provider);
        builder.Services.AddSingleton<IClusterView, EmbeddedView>();
        builder.Services.AddSingleton(new Gathering(on: false));
        builder.Services.AddSiloServices(options);
    }

    /// <summary>The engine's own dashboard. Null: this engine has none, and needs none beside the Operations page.</summary>
    public static IEndpointConventionBuilder? MapGrainDashboard(this IEndpointRouteBuilder routes, string path) => null;
}
