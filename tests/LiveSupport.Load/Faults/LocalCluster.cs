using System.Diagnostics;

namespace LiveSupport.Load.Faults;

/// <summary>The processes of <c>deploy/local-cluster/cluster</c>, driven by that script.</summary>
internal sealed class LocalCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly string _script;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly Dictionary<string, Uri> _urls = [];

    private LocalCluster(string script) => _script = Path.GetFullPath(script);

    public IReadOnlyList<string> Silos => [.. _urls.Keys.Where(name => name.StartsWith("silo", StringComparison.Ordinal)).Order()];
    public IReadOnlyList<string> Edges => [.. _urls.Keys.Where(name => name.StartsWith("edge", StringComparison.Ordinal)).Order()];

    public Uri Url(string name) => _urls[name];

    /// <summary>Bytes of the machine's memory that the process has; 0 when it does not run.</summary>
    public async Task<long> Memory(string name, CancellationToken stop)
    {
        var line = (await Run(stop, "status")).Split('\n').FirstOrDefault(line => line.StartsWith($"{name} ", StringComparison.Ordinal)) ?? "";
        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [_, var id, ..] || !int.TryParse(id, out var process))
            return 0;
        using var running = Process.GetProcessById(process);
        return running.WorkingSet64;
    }

    /// <summary>A cluster that was started with <c>cluster up</c>.</summary>
    public static async Task<LocalCluster> Of(string script, CancellationToken stop)
    {
        var cluster = new LocalCluster(script);
        foreach (var line in (await cluster.Run(stop, "status")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, .., var url] && Uri.TryCreate(url, UriKind.Absolute, out var address))
                cluster._urls[name] = address;
        return cluster.Silos.Count > 0 && cluster.Edges.Count > 0
            ? cluster
            : throw new UsageException($"There is no cluster to break: run '{script} up' first.");
    }

    /// <summary>Sends the process a signal, e.g. KILL.</summary>
    public Task Kill(string name, string signal, CancellationToken stop) => Run(stop, "kill", name, signal);

    /// <summary>Ends it in order and waits until it is gone.</summary>
    public Task Stop(string name, CancellationToken stop) => Run(stop, "stop", name);

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public async Task Start(string name, CancellationToken stop)
    {
        await Run(stop, "start", name);
        await Ready(name, stop);
    }

    /// <summary>Cuts a silo's network to the other silos; false when this machine cannot.</summary>
    public async Task<bool> TryCut(string name, CancellationToken stop)
    {
        try
        {
            await Run(stop, "cut", name);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public Task Mend(string name, CancellationToken stop) => Run(stop, "mend", name);

    /// <summary>Waits until it is ready again; a process that has ended meanwhile, as one must that was declared dead, is started anew.</summary>
    public async Task Recover(string name, CancellationToken stop)
    {
        var waited = Stopwatch.StartNew();
        while (!await IsReady(name, stop))
        {
            await Run(stop, "start", name);
            if (waited.Elapsed > Patience)
                throw new IOException($"{name} does not come back.");
            await Task.Delay(Look, stop);
        }
    }

    public async Task Ready(string name, CancellationToken stop)
    {
        if (!_urls.ContainsKey(name))
            return;
        var waited = Stopwatch.StartNew();
        while (!await IsReady(name, stop))
        {
            if (waited.Elapsed > Patience)
                throw new IOException($"{name} does not become ready.");
            await Task.Delay(Look, stop);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> IsReady(string name, CancellationToken stop)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(_urls[name], "/health/ready"), stop);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <exception cref="IOException">The script refused.</exception>
    private async Task<string> Run(CancellationToken stop, params string[] arguments)
    {
        // Its output goes through files: a process that it starts holds a pipe open for as long as it lives.
        var said = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("bash");
            foreach (var argument in (string[])["-c", "script=$1; out=$2; shift 2; exec \"$script\" \"$@\" > \"$out\" 2>&1", "bash", _script, said, .. arguments])
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(stop);
            var text = await File.ReadAllTextAsync(said, stop);
            return process.ExitCode == 0 ? text : throw new IOException($"{string.Join(' ', arguments)}: {text.Trim()}");
        }
        finally
        {
            File.Delete(said);
        }
    }
}
