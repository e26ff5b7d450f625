using System.Diagnostics;
using System.Net.Http.Json;

namespace LiveSupport.Tests.Faults;

/// <summary>The real program in a process of its own, so that it can be killed.</summary>
internal sealed class ApiProcess : IDisposable
{
    private const string Email = "admin@faults.example";
    private const string Password = "faults-Passw0rd";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ApiProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = true }) { BaseAddress = address, Timeout = Patience };
        Http.DefaultRequestHeaders.Add("X-LiveSupport", "1");
    }

    public Uri Address { get; }
    public HttpClient Http { get; }

    /// <summary>Starts it on a free port, and is done when it serves.</summary>
    /// <param name="dataFolder">Its data.</param>
    /// <param name="postgres">The database, when it is not to be in the folder.</param>
    public static async Task<ApiProcess> Start(string dataFolder, string? postgres = null)
    {
        const string Plenty = "1000000";
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "LiveSupport.Api.dll"));
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        start.Environment["LiveSupport__Data"] = dataFolder;
        if (postgres is not null)
        {
            start.Environment["LiveSupport__Postgres"] = postgres;
            // One process; the membership of the one that was killed is none of its business.
            start.Environment["LiveSupport__Cluster__Membership"] = "localhost";
        }
        start.Environment["LiveSupport__Admin__Email"] = Email;
        start.Environment["LiveSupport__Admin__Password"] = Password;
        start.Environment["LiveSupport__Integrations__AllowPrivate"] = "true";
        foreach (var limit in (ReadOnlySpan<string>)["MessageBurst", "MessagesPerSecond", "CallBurst", "CallsPerSecond"])
            start.Environment[$"LiveSupport__Limits__{limit}"] = Plenty;

        var process = new Process { StartInfo = start };
        var said = new List<string>();
        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new ApiProcess(process, await ready.Task.WaitAsync(Patience));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            lock (said)
                throw new InvalidOperationException($"The program does not start:\n{string.Join('\n', said)}");
        }

        void Heard(string? line)
        {
            if (line is null)
                return;
            lock (said)
                said.Add(line);
            if (line.StartsWith("Dashboard ", StringComparison.Ordinal))
                ready.TrySetResult(new Uri(line["Dashboard ".Length..].Trim()));
        }
    }

    public async Task SignIn()
    {
        using var answer = await Http.PostAsJsonAsync("/api/auth/login", new { email = Email, password = Password });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>As when the power goes: no good-bye, nothing flushed.</summary>
    public async Task Kill()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Http.Dispose();
    }
}
