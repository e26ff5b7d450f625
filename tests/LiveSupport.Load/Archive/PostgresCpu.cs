using System.Globalization;
using Npgsql;

namespace LiveSupport.Load.Archive;

/// <summary>
/// The processor time that PostgreSQL's processes have used for one database: what a question costs, however busy the machine
/// is with other things. Known on Linux, when the server runs on this machine and its processes can be seen from here.
/// </summary>
internal sealed class PostgresCpu : IAsyncDisposable
{
    private const string Backends = """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        """;

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<int, long> _before = [];

    private PostgresCpu(NpgsqlDataSource source, NpgsqlConnection connection) => (_source, _connection) = (source, connection);

    /// <summary>Null when the server's processor time cannot be known from here.</summary>
    public static async Task<PostgresCpu?> Of(string connectionString)
    {
        var source = NpgsqlDataSource.Create(connectionString);
        var connection = await source.OpenConnectionAsync();
        if (await IsHere(connection))
            return new PostgresCpu(source, connection);
        await connection.DisposeAsync();
        await source.DisposeAsync();
        return null;
    }

    /// <summary>Milliseconds of all the database's connections since the last time. A connection that is new counts from its beginning.</summary>
    public async Task<double> Since()
    {
        var spent = 0L;
        foreach (var process in await Processes())
        {
            var now = await Nanoseconds(process);
            spent += now - _before.GetValueOrDefault(process);
            _before[process] = now;
        }

        return spent / 1e6;
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static async Task<bool> IsHere(NpgsqlConnection connection)
    {
        await using var ask = new NpgsqlCommand("SELECT inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr()", connection);
        return (bool)(await ask.ExecuteScalarAsync())!
            && File.Exists(Times(connection.ProcessID))
            && (await File.ReadAllTextAsync($"/proc/{connection.ProcessID}/comm")).StartsWith("postgres", StringComparison.Ordinal);
    }

    private async Task<List<int>> Processes()
    {
        await using var ask = new NpgsqlCommand(Backends, _connection);
        await using var answer = await ask.ExecuteReaderAsync();
        var processes = new List<int>();
        while (await answer.ReadAsync())
            processes.Add(answer.GetInt32(0));
        return processes;
    }

    /// <summary>The kernel counts a turn on the processor when it ends: an answer can be here before its backend rests.</summary>
    private static async Task<long> Nanoseconds(int process)
    {
        while ((await File.ReadAllTextAsync($"/proc/{process}/stat")) is var status && status[status.LastIndexOf(')') + 2] == 'R')
            await Task.Delay(1);
        return long.Parse((await File.ReadAllTextAsync(Times(process))).Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static string Times(int process) => $"/proc/{process}/schedstat";
}
