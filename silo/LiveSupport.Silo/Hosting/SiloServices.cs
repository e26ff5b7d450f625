using LiveSupport.Contracts;
using LiveSupport.Silo.Attachments;
using LiveSupport.Silo.Bot;
using LiveSupport.Silo.Hosting.Postgres;
using LiveSupport.Silo.Integrations;
using LiveSupport.Silo.Outbound;
using LiveSupport.Silo.Queue;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Silo.Visitors;
using LiveSupport.Silo.Webhooks;
using LiveSupport.Silo.Workspaces;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Silo.Hosting;

/// <summary>What the grains need beside the engine, the same on every engine.</summary>
internal static class SiloServices
{
    /// <summary>To be called after the engine was added: what starts here calls grains.</summary>
    public static IServiceCollection AddSiloServices(this IServiceCollection services, SiloOptions options)
    {
        if (options.Postgres is { } connection)
            services.AddPostgresSchema(connection).AddPostgresStores(connection);
        else
            services.AddSqliteStores(options.DataFolder);
        services.AddSingleton<IStoreView>(provider => provider.GetRequiredService<IStoreHealth>());
        services.AddHostedService<DefaultWorkspace>();
        services.AddSingleton(provider => new PublicHttp(
            provider.GetService<IConfiguration>()?.GetValue<bool>("LiveSupport:Integrations:AllowPrivate") ?? false));

        services.AddSingleton<LiveFeed>();
        services.AddSingleton<QueueFeed>();
        services.AddWebhooks();
        services.AddIntegrations();
        services.AddHostedService<ErasureWatch>();
        services.AddHostedService<UnsentFilesWatch>();

        services.AddSingleton<IdentitySecrets>();
        services.AddSingleton<IAnswerer, BuiltInAnswerer>();
        services.AddSingleton<BotWorker>();
        services.AddSingleton<IBotDispatcher>(provider => provider.GetRequiredService<BotWorker>());
        return services.AddHostedService(provider => provider.GetRequiredService<BotWorker>());
    }
}
