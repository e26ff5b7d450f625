using Microsoft.Extensions.Logging;
using Npgsql;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>The database: one writer and a pool of connections that read. It may be shared by many processes. While it
/// is away calls are refused; when it is back it is used again, without anybody's help.</summary>
internal sealed class PostgresDatabase : IStoreHealth, IDisposable
{
    /// <summary>Connections of one process, unless the connection string says otherwise. A server takes 100 by default.</summary>
    private const int MostConnections = 20;

    private const int SecondsToConnect = 5;
    private const int OldestServer = 130_000;
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _migrating = new(1);
    private volatile bool _migrated;

    private PostgresDatabase(NpgsqlDataSource source, TimeProvider clock)
    {
        _source = source;
        _clock = clock;
        Writer = new PostgresWriter(this, clock);
        CommonWords = new CommonWords(this, clock);
    }

    public PostgresWriter Writer { get; }

    public CommonWords CommonWords { get; }

    /// <summary>Opens the database and brings it up to date. When it does not answer now, that is done when it does.</summary>
    /// <exception cref="StoreCannotOpenException">Waiting will not help: the connection string or the password is wrong,
    /// or the database is of a newer version or not fit for use.</exception>
    public static PostgresDatabase Open(string connectionString, TimeProvider clock, ILogger? log = null)
    {
        var database = new PostgresDatabase(Source(connectionString), clock);
        try
        {
            database.Migrate();
        }
        catch (Exception away) when (PostgresError.MayPass(away))
        {
            log?.LogError("The store is not available yet. {Problem}", PostgresError.Sentence(away));
        }
        catch (Exception error)
        {
            database.Dispose();
            throw PostgresError.IsOfStore(error) ? new StoreCannotOpenException(PostgresError.Sentence(error), error) : error;
        }

        return database;
    }

    /// <summary>A connection to the migrated database, to be disposed.</summary>
    /// <exception cref="StoreUnavailableException">The database does not fit, as a sentence says.</exception>
    /// <exception cref="NpgsqlException">It cannot be reached.</exception>
    public async Task<NpgsqlConnection> Connect()
    {
        if (!_migrated)
            await MigrateOnce().ConfigureAwait(false);
        return await _source.OpenConnectionAsync().ConfigureAwait(false);
    }

    /// <summary>A connection to the migrated database for a tool that has nothing else to do, to be disposed.</summary>
    /// <exception cref="NpgsqlException">It cannot be reached.</exception>
    public NpgsqlConnection ConnectNow()
    {
        if (!_migrated)
            Migrate();
        return _source.OpenConnection();
    }

    /// <exception cref="StoreUnavailableException">The database cannot be read now.</exception>
    public async Task<T> Read<T>(Func<NpgsqlConnection, Task<T>> read)
    {
        try
        {
            var connection = await Connect().ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return await read(connection).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresError.IsOfStore(error))
        {
            throw PostgresError.AsUnavailable(error);
        }
    }

    public string Kind => "PostgreSQL";

    public async Task<long?> Bytes()
    {
        try
        {
            return await Read(async connection =>
            {
                using var size = new NpgsqlCommand("SELECT pg_database_size(current_database())", connection);
                return (long?)await size.ExecuteScalarAsync().ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    public async Task<string?> Problem()
    {
        try
        {
            return await Probe().WaitAsync(ProbeTime, _clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return $"PostgreSQL has not answered for {ProbeTime.TotalSeconds:0} seconds.";
        }
    }

    /// <summary>On a connection of its own: whether the database writes, not how much is waiting for it. Ends by itself
    /// also when nobody waits for it any more.</summary>
    private async Task<string?> Probe()
    {
        using var limit = new CancellationTokenSource(ProbeTime, _clock);
        try
        {
            var connection = await Connect().ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                using var probe = new NpgsqlCommand("UPDATE probe SET written = written + 1", connection);
                await probe.ExecuteNonQueryAsync(limit.Token).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception error)
        {
            return error is StoreUnavailableException ? error.Message : PostgresError.Sentence(error);
        }
    }

    public void Dispose()
    {
        Writer.Dispose();
        _source.Dispose();
        _migrating.Dispose();
    }

    private static NpgsqlDataSource Source(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            settings.MaxPoolSize = settings.ShouldSerialize("Maximum Pool Size") ? settings.MaxPoolSize : MostConnections;
            settings.Timeout = settings.ShouldSerialize("Timeout") ? settings.Timeout : SecondsToConnect;
            settings.CommandTimeout = settings.ShouldSerialize("Command Timeout") ? settings.CommandTimeout : 10;
            settings.ApplicationName ??= "LiveSupport";
            // Nobody leaves anything behind on a connection that the next one would have to be protected from.
            settings.NoResetOnClose = true;
            var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            // Compiling a plan takes longer than any of our questions.
            builder.UsePhysicalConnectionInitializer(
                connection => Run(connection, "SET jit = off"),
                async connection =>
                {
                    using var set = new NpgsqlCommand("SET jit = off", connection);
                    await set.ExecuteNonQueryAsync().ConfigureAwait(false);
                });
            return builder.Build();
        }
        catch (Exception error) when (error is ArgumentException or KeyNotFoundException or FormatException)
        {
            throw new StoreCannotOpenException($"LiveSupport:Postgres is no connection string for PostgreSQL: {error.Message}", error);
        }
    }

    private async Task MigrateOnce()
    {
        await _migrating.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_migrated)
                await Task.Run(Migrate).ConfigureAwait(false);
        }
        catch (StoreCannotOpenException cannot)
        {
            throw new StoreUnavailableException(cannot.Message, cannot);
        }
        finally
        {
            _migrating.Release();
        }
    }

    private void Migrate()
    {
        using var connection = _source.OpenConnection();
        Check(connection);
        PostgresMigrations.Apply(connection);
        _migrated = true;
    }

    /// <summary>Refuses a server on which a promise could not be kept.</summary>
    private static void Check(NpgsqlConnection connection)
    {
        using var ask = new NpgsqlCommand(
            """
            SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
                current_setting('fsync')::boolean, current_setting('synchronous_commit') <> 'off'
            """,
            connection);
        using var answer = ask.ExecuteReader();
        answer.Read();
        if (answer.GetInt32(0) < OldestServer)
            throw new StoreCannotOpenException($"PostgreSQL is {answer.GetInt32(0) / 10_000}; version {OldestServer / 10_000} or newer is needed.");
        if (answer.GetString(1) != "UTF8")
            throw new StoreCannotOpenException($"The database's encoding is {answer.GetString(1)}; make one with UTF8.");
        if (!answer.GetBoolean(2) || !answer.GetBoolean(3))
            throw new StoreCannotOpenException("PostgreSQL acknowledges what is not on its disk yet: set fsync and synchronous_commit to on.");
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
