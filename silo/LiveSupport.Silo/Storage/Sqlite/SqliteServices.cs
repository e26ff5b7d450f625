using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LiveSupport.Silo.Storage.Sqlite;

public static class SqliteServices
{
    /// <summary>Grain storage, conversation store and health, all in one file of the data folder. The file is opened
    /// when the first of them is asked for; see <see cref="StoreCannotOpenException"/>.</summary>
    public static IServiceCollection AddSqliteStores(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => SqliteDatabase.Open(dataFolder, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IStoreHealth>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton<IShredder, SqliteShredder>();
        services.AddSingleton<IConversationStore, SqliteConversationStore>();
        services.AddKeyedSingleton<IGrainStorage>(
            StorageNames.Grains, (provider, _) => new SqliteGrainStorage(provider.GetRequiredService<SqliteDatabase>()));
        return services;
    }
}
