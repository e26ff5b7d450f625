using LiveSupport.Silo.Hosting.Postgres;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Silo.Hosting;

/// <summary>Where the keys are that protect cookies and tokens.</summary>
public static class KeyRing
{
    /// <summary>One ring for all processes of the cluster in PostgreSQL, or for this one in its data folder.</summary>
    public static IServiceCollection AddKeyRing(this IServiceCollection services, SiloOptions options)
    {
        if (options.Postgres is { } connection)
        {
            services.AddPostgresSchema(connection);
            services.AddDataProtection().SetApplicationName("LiveSupport");
            services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new PostgresKeys(connection));
        }
        else
        {
            services.AddDataProtection().SetApplicationName("LiveSupport")
                .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.DataFolder, "keys")));
        }
        return services;
    }
}
