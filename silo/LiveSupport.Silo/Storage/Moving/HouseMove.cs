using System.Xml.Linq;
using LiveSupport.Silo.Hosting;
using LiveSupport.Silo.Hosting.Postgres;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Silo.Storage.Sqlite;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveSupport.Silo.Storage.Moving;

/// <summary>Carries a whole installation from one store into another: out into a file, and in from it. The keys go
/// along, because what they protect in the store is worth nothing without them.</summary>
public static class HouseMove
{
    /// <summary>Writes everything as of one moment; the system may go on meanwhile. The file appears only when it is
    /// whole and on the disk, and it is its owner's alone.</summary>
    /// <exception cref="StoreCannotOpenException">The store cannot be read, the file exists, or it cannot be written.</exception>
    public static async Task<Load> Export(SiloOptions from, IXmlRepository keys, string file)
    {
        CheckAllIsThere(from);
        if (File.Exists(file))
            throw new StoreCannotOpenException($"'{file}' exists already: name another file.");
        if (!Directory.Exists(Path.GetDirectoryName(file)))
            throw new StoreCannotOpenException($"The folder of '{file}' does not exist.");
        var partial = file + ".partial";
        try
        {
            File.Delete(partial);
            await PrepareKeys(from);
            var ring = keys.GetAllElements().Select(key => new MovedKey(key.ToString(SaveOptions.DisableFormatting))).ToList();
            Load load;
            using (var stream = new FileStream(partial, OwnersAlone()))
            {
                load = HouseOf(from).Carry(belongings => MovingVan.Fill(stream, ring.Concat(belongings)));
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, file);
            return load;
        }
        catch (Exception error) when (error is StoreCannotOpenException or IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            throw new StoreCannotOpenException($"The export was not written. {error.Message}", error);
        }
    }

    /// <summary>Fills an empty store from the file. Either everything is stored, was read back and is the same, or nothing is.</summary>
    /// <exception cref="StoreCannotOpenException">The file is damaged, the store holds something, or it cannot be written.</exception>
    public static async Task<Load> Import(SiloOptions into, IXmlRepository keys, string file)
    {
        CheckAllIsThere(into);
        try
        {
            // Once through before anything is touched: a damaged file changes nothing.
            List<MovedKey> ring;
            Load said;
            using (var stream = File.OpenRead(file))
                (ring, said) = LookThrough(stream);

            await PrepareKeys(into);
            using var again = File.OpenRead(file);
            await HouseOf(into).MoveIn(
                MovingVan.Unload(again).Where(one => one is not MovedKey),
                stored =>
                {
                    if (MovingVan.Count(ring.Concat(stored)) is var found && found != said)
                        throw new StoreCannotOpenException($"What was read back is not what was in the file: {found}, and not {said}.");
                });
            AddKeys(keys, ring);
            return said;
        }
        catch (Exception error) when (error is StoreCannotOpenException or IOException or UnauthorizedAccessException)
        {
            throw new StoreCannotOpenException($"Nothing was imported. {error.Message}", error);
        }
    }

    /// <summary>The keys' table may not be there yet.</summary>
    private static void CheckAllIsThere(SiloOptions options)
    {
        if (options.GrainState == SiloOptions.InAzure)
            throw new StoreCannotOpenException("Grains' records are in Azure, where this cannot read or write them: copy the container and the database together.");
    }

    private static async Task PrepareKeys(SiloOptions options)
    {
        try
        {
            if (options.Postgres is { } connection)
                await new PostgresSchema(connection, NullLogger<PostgresSchema>.Instance).StartAsync(CancellationToken.None);
        }
        catch (Exception error) when (PostgresError.IsOfStore(error) || error is ArgumentException)
        {
            throw new StoreCannotOpenException(PostgresError.Sentence(error), error);
        }
    }

    private static (List<MovedKey> Keys, Load Said) LookThrough(Stream file)
    {
        var keys = new List<MovedKey>();
        var said = MovingVan.Count(MovingVan.Unload(file).Select(one =>
        {
            if (one is MovedKey key)
                keys.Add(key);
            return one;
        }));
        return (keys, said);
    }

    private static void AddKeys(IXmlRepository keys, List<MovedKey> moved)
    {
        var known = keys.GetAllElements().Select(key => key.Attribute("id")?.Value).ToHashSet();
        foreach (var key in moved.Select(key => XElement.Parse(key.Xml)))
        {
            if (key.Attribute("id")?.Value is var id && !known.Contains(id))
                keys.StoreElement(key, $"key-{id}");
        }
    }

    private static IHouse HouseOf(SiloOptions options) =>
        options.Postgres is { } connection ? new PostgresHouse(connection) : new SqliteHouse(options.DataFolder);

    private static FileStreamOptions OwnersAlone()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
