namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>The data folder's database: one writer, a few readers, and a lock that keeps other processes out.</summary>
internal sealed class SqliteDatabase : IStoreHealth, IDisposable
{
    public const string FileName = "livesupport.db";
    private const string LockName = "livesupport.lock";
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2);

    private readonly string _file;
    private readonly FileStream _lock;
    private readonly TimeProvider _clock;
    private readonly Checkpoints _checkpoints;

    private SqliteDatabase(FileStream folderLock, string file, Connection connection, TimeProvider clock)
    {
        _file = file;
        _lock = folderLock;
        _clock = clock;
        Writer = new SqliteWriter(file, connection);
        Readers = new SqliteReaders(file);
        Texts = new TextIndex(Writer);
        _checkpoints = new Checkpoints(file, Writer);
    }

    public SqliteWriter Writer { get; }

    public SqliteReaders Readers { get; }

    public TextIndex Texts { get; }

    /// <summary>Opens the folder's database, making and migrating it where needed.</summary>
    /// <exception cref="StoreCannotOpenException">Another process has the folder, the file is of a newer version or
    /// damaged, or the folder cannot be written.</exception>
    public static SqliteDatabase Open(string dataFolder, TimeProvider clock)
    {
        var folderLock = Lock(dataFolder);
        Connection? connection = null;
        try
        {
            var file = Path.Combine(dataFolder, FileName);
            MakeOwnersAlone(file);
            connection = Connection.ForWriting(file);
            Migrations.Apply(connection, clock);
            return new SqliteDatabase(folderLock, file, connection, clock);
        }
        catch (Exception error)
        {
            connection?.Dispose();
            folderLock.Dispose();
            throw error switch
            {
                SqliteError sqlite => new StoreCannotOpenException($"{FileName} in '{dataFolder}' cannot be opened. {sqlite.AsUnavailable().Message}", sqlite),
                UnauthorizedAccessException => new StoreCannotOpenException($"{FileName} in '{dataFolder}' must be readable and writable for this process: {error.Message}", error),
                _ => error,
            };
        }
    }

    private static FileStream Lock(string dataFolder)
    {
        try
        {
            Directory.CreateDirectory(dataFolder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreCannotOpenException($"The data folder '{dataFolder}' cannot be made: {error.Message}", error);
        }

        try
        {
            return new FileStream(Path.Combine(dataFolder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new StoreCannotOpenException(
                $"Another process has the data folder '{dataFolder}' open: stop it, or start this one with a folder of its own.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StoreCannotOpenException($"The data folder '{dataFolder}' must not be written: {error.Message}", error);
        }
    }

    /// <summary>Customers' conversations are nobody else's business on this machine; the log takes the file's mode. A file
    /// that another user restored is not taken: SQLite would open it for reading, and refuse each message.</summary>
    private static void MakeOwnersAlone(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var made = new FileStream(file, options);
    }

    public string Kind => "SQLite";

    /// <summary>The file and what its log holds beside it.</summary>
    public Task<long?> Bytes() => Task.FromResult<long?>(
        new[] { _file, $"{_file}-wal" }.Select(name => new FileInfo(name)).Where(one => one.Exists).Sum(one => one.Length));

    public async Task<string?> Problem()
    {
        try
        {
            // Elsewhere: a write may take the thread that asks for it, and this one must come back in time.
            await Task.Run(() => Writer.Write(connection =>
            {
                using var probe = connection.Use("UPDATE probe SET written = written + 1");
                return probe.Run();
            })).WaitAsync(ProbeTime, _clock).ConfigureAwait(false);
            return null;
        }
        catch (StoreUnavailableException unavailable)
        {
            return unavailable.Message;
        }
        catch (TimeoutException)
        {
            return $"The disk has not answered for {ProbeTime.TotalSeconds:0} seconds.";
        }
    }

    public void Dispose()
    {
        _checkpoints.Dispose();
        Writer.Dispose();
        Readers.Dispose();
        _lock.Dispose();
    }
}
