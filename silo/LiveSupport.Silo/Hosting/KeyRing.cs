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
    /// <exception cref="StoreCannotOpenException">The data folder cannot be made or read, or there is none for temporary files.</exception>
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
            var folder = Directory.CreateDirectory(Path.Combine(data, "keys"));
            foreach (var key in folder.EnumerateFiles("*.xml"))
                key.OpenRead().Dispose();
            new FileStream(Path.Combine(folder.FullName, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            NeedTemporaryFolder();
            return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreCannotOpenException(
                $"LiveSupport__Data is '{data}', but this process cannot read and write there: {error.Message} Example: LiveSupport__Data=/data", error);
        }
    }

    /// <summary>A new key is written there before it moves to its folder, in some months; what is wrong with it shows now.</summary>
    private static void NeedTemporaryFolder()
    {
        try
        {
            File.Delete(Path.GetTempFileName());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreCannotOpenException(
                $"Temporary files cannot be written: {error.Message} A system that is read-only needs a /tmp all the same, or a folder that TMPDIR names.", error);
        }
    }
}
