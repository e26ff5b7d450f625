using System.Diagnostics;
using System.Globalization;

namespace LiveSupport.Load.Servers;

/// <summary>A server in a process of its own, so that what it costs can be told from what the load costs; or one that
/// somebody else has started, of which only the address is known.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>What our runtimeconfig changes, changed back; numbers are hexadecimal there (70 is .NET's own limit).</summary>
    private static readonly Dictionary<string, string> AsItComes = new()
    {
        ["DOTNET_gcServer"] = "1",
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "46",
    };

    private readonly Process? _process;
    private readonly string? _dataFolder;

    private ServerProcess(Process? process, Uri address, string? dataFolder)
    {
        (_process, Address, _dataFolder) = (process, address, dataFolder);
    }

    public Uri Address { get; }

    /// <summary>CPU time so far, of all its threads, in user and kernel.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process?.Refresh();
            return _process?.TotalProcessorTime ?? TimeSpan.Zero;
        }
    }

    public int Id => _process?.Id ?? 0;

    public static ServerProcess At(Uri address) => new(null, address, null);

    /// <summary>Resident memory in bytes.</summary>
    public long Memory
    {
        get
        {
            _process?.Refresh();
            return _process?.WorkingSet64 ?? 0;
        }
    }

    /// <param name="plain">As ASP.NET Core comes, with the server GC and threads that spin; otherwise as the product is set.</param>
    public static Task<ServerProcess> Echo(bool plain, CancellationToken stop) =>
        Start("LiveSupport.Load.dll", ["echo-server"], plain ? AsItComes : [], null, stop);

    /// <summary>The product, on an empty folder, with budgets that a load of one address does not meet.</summary>
    public static Task<ServerProcess> Api(CancellationToken stop, params string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("livesupport-load-").FullName;
        const string Plenty = "1000000000";
        return Start("LiveSupport.Api.dll", ["--urls", "http://127.0.0.1:0", .. args], new Dictionary<string, string>
        {
            ["LiveSupport__Data"] = folder,
            ["LiveSupport__Admin__Email"] = ApiTarget.AdminEmail,
            ["LiveSupport__Admin__Password"] = ApiTarget.Password,
            ["LiveSupport__Limits__MessageBurst"] = Plenty,
            ["LiveSupport__Limits__MessagesPerSecond"] = Plenty,
            ["LiveSupport__Limits__AgentMessageBurst"] = Plenty,
            ["LiveSupport__Limits__AgentMessagesPerSecond"] = Plenty,
            ["LiveSupport__Limits__CallBurst"] = Plenty,
            ["LiveSupport__Limits__CallsPerSecond"] = Plenty,
            ["LiveSupport__Limits__SessionBurst"] = Plenty,
            ["LiveSupport__Limits__SessionsPerSecond"] = Plenty,
            ["LiveSupport__Limits__LoginBurst"] = Plenty,
            ["LiveSupport__Limits__ConnectionsPerAddress"] = Plenty,
            ["Logging__LogLevel__Default"] = "Warning",
        }, folder, stop);
    }

    /// <summary>Starts it and waits for the first address that it prints: it says it when it is ready.</summary>
    private static async Task<ServerProcess> Start(
        string library, string[] args, Dictionary<string, string> environment, string? dataFolder, CancellationToken stop)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, library));
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                Console.Error.WriteLine($"  {library}: {line.Data}");
        };
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync(stop) is { } line)
        {
            var at = line.IndexOf("http://", StringComparison.Ordinal);
            if (at < 0)
                continue;
            _ = PassOn(process.StandardOutput, library);
            return new ServerProcess(process, new Uri(line[at..].Trim()), dataFolder);
        }
        await process.WaitForExitAsync(stop);
        throw new IOException($"{library} ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)} before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_dataFolder is not null)
            Directory.Delete(_dataFolder, recursive: true);
    }

    private static async Task PassOn(StreamReader output, string library)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (line.Length > 0 && !line.Contains("http://", StringComparison.Ordinal))
                await Console.Error.WriteLineAsync($"  {library}: {line}");
        }
    }
}
