using LiveSupport.Silo.Hosting.Postgres;
using LiveSupport.Silo.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Silo.Hosting;

/// <summary>Where the keys are that protect cookies and tokens.</summary>
public static class KeyRing
{
    /// <summary>One ring for all processes of the cluster in PostgreSQL, or for this one in its data folder.</summary>
    /// <exception cref="StoreCannotOpenException">The data folder cannot be made.</exception>
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
                .PersistKeysToFileSystem(Folder(options.DataFolder));
        }
        return services;
    }

    private static DirectoryInfo Folder(string data)
    {
        try
        {
            return Directory.CreateDirectory(Path.Combine(data, "keys"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreCannotOpenException(
                $"LiveSupport__Data is '{data}', but this process cannot write there: {error.Message} Example: LiveSupport__Data=/data", error);
        }
    }
}
