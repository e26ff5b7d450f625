using System.Diagnostics;
using Npgsql;

namespace LiveSupport.Tests.Support;

/// <summary>
/// A PostgreSQL server of the tests' own, in a temporary folder, from the machine's programs; as root on Debian it
/// installs <c>postgresql</c> when there are none. The tests are never skipped: without a server they fail and say
/// what to install.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livesupport-postgres-").FullName;
    private readonly string _programs = Programs();
    private readonly int _port = Ports.Free();
    private bool _runs;

    public PostgresServer()
    {
        // A server refuses to run as root; the package made a user for it.
        if (IsRoot)
            Run("chown", "postgres", _folder);
        Program("initdb", "--pgdata", Data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync");
        Start();
    }

    private static bool IsRoot => OperatingSystem.IsLinux() && Environment.UserName == "root";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A new database's connection string.</summary>
    public string NewDatabase()
    {
        var name = $"test_{Guid.NewGuid():N}";
        using var connection = new NpgsqlConnection(To("postgres"));
        connection.Open();
        using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        create.ExecuteNonQuery();
        return To(name);
    }

    public void Start()
    {
        Program(
            "pg_ctl", "start", "--wait", "--pgdata", Data, "--log", Path.Combine(_folder, "log"), "--options",
            // No Unix socket: its folder may not be writable, and its path too long.
            $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories= -c max_connections=200 -c fsync=on");
        _runs = true;
    }

    /// <summary>As a pulled plug does it: nobody is asked, and the log is replayed at the next start.</summary>
    public void Stop()
    {
        _runs = false;
        Program("pg_ctl", "stop", "--wait", "--mode", "immediate", "--pgdata", Data);
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        if (_runs)
            Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private string To(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database}";

    private void Program(string name, params string[] arguments)
    {
        var program = Path.Combine(_programs, OperatingSystem.IsWindows() ? name + ".exe" : name);
        if (IsRoot)
            Run("runuser", ["-u", "postgres", "--", program, .. arguments]);
        else
            Run(program, arguments);
    }

    private static string Programs()
    {
        const string Advice = "The tests of the PostgreSQL store need its server's programs; install them (Debian: apt-get install postgresql).";
        if (Find() is { } found)
            return found;
        if (!IsRoot || !File.Exists("/usr/bin/apt-get"))
            throw new InvalidOperationException(Advice);
        Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
        try
        {
            Run("apt-get", "update");
            Run("apt-get", "install", "-y", "--no-install-recommends", "postgresql");
        }
        catch (InvalidOperationException failed)
        {
            throw new InvalidOperationException(Advice + " Installing them failed.", failed);
        }

        return Find() ?? throw new InvalidOperationException(Advice);
    }

    /// <summary>The folder with initdb: on the path, or where Debian, Homebrew and the Windows installer put it.</summary>
    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).ToList();
        foreach (var place in new[] { "/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", @"C:\Program Files\PostgreSQL" })
        {
            if (Directory.Exists(place))
                folders.AddRange(Directory.GetDirectories(place).OrderDescending().Select(version => Path.Combine(version, "bin")));
        }

        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "initdb.exe" : "initdb")));
    }

    private static void Run(string program, params string[] arguments)
    {
        // Its output is not taken: the server would inherit the pipe and hold it open for ever.
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Path.GetTempPath() })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}

/// <summary>The tests that share one server; each class makes a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
