using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Storage.Postgres;

public static class PostgresServices
{
    /// <summary>Grain storage, conversation store and health, all in one PostgreSQL database. It is opened when the
    /// first of them is asked for; see <see cref="StoreCannotOpenException"/>.</summary>
    /// <param name="services">The process's services.</param>
    /// <param name="connectionString">Npgsql's.</param>
    public static IServiceCollection AddPostgresStores(this IServiceCollection services, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => PostgresDatabase.Open(
            connectionString, provider.GetRequiredService<TimeProvider>(), provider.GetService<ILogger<PostgresDatabase>>()));
        services.AddSingleton<IStoreHealth>(provider => provider.GetRequiredService<PostgresDatabase>());
        services.AddSingleton<IShredder, PostgresShredder>();
        services.AddSingleton<IConversationStore, PostgresConversationStore>();
        services.AddKeyedSingleton<IGrainStorage>(
            StorageNames.Grains, (provider, _) => new PostgresGrainStorage(provider.GetRequiredService<PostgresDatabase>()));
        return services;
    }
}
