namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>A copy of the database as it stands at one moment. Another process may have it open and go on writing.</summary>
public static class SqliteBackup
{
    /// <summary>Writes the copy. The target appears only when it is whole and on the disk.</summary>
    /// <exception cref="StoreCannotOpenException">There is no database, the target exists, or it cannot be written.</exception>
    public static void Write(string dataFolder, string targetFile)
    {
        var source = Path.Combine(dataFolder, SqliteDatabase.FileName);
        if (!File.Exists(source))
            throw new StoreCannotOpenException($"There is no {SqliteDatabase.FileName} in '{dataFolder}'.");
        if (File.Exists(targetFile))
            throw new StoreCannotOpenException($"'{targetFile}' exists already: name another file.");

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(targetFile))))
            throw new StoreCannotOpenException($"The folder of '{targetFile}' does not exist.");

        var partial = targetFile + ".partial";
        try
        {
            File.Delete(partial);
            using (var connection = Connection.ForReading(source))
            {
                using var copy = connection.Use("VACUUM INTO ?1");
                copy.Bind(1, partial).Run();
            }

            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(partial, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using (var written = File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite))
                RandomAccess.FlushToDisk(written);
            File.Move(partial, targetFile);
        }
        catch (Exception error) when (error is SqliteError or IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            var why = error is SqliteError sqlite ? sqlite.AsUnavailable().Message : error.Message;
            throw new StoreCannotOpenException($"The backup was not written. {why}", error);
        }
    }
}
