using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using LiveSupport.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace LiveSupport.Browser.Support;

/// <summary>The whole system as a newcomer starts it, in a process of its own on an empty data folder, and a browser.</summary>
public sealed class LiveSystem : IAsyncLifetime
{
    public const string AdminEmail = "mira@linnea.example";
    public const string Password = "correct horse battery staple 1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("livesupport-browser-");
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _server;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public int Port { get; } = Ports.Free();

    public string Url => $"http://localhost:{Port}";

    internal IBrowser Browser => _browser!;

    public async Task InitializeAsync()
    {
        _server = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--urls", $"http://localhost:{Port}"])
        {
            WorkingDirectory = Repository.Folder("api"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["LiveSupport__Data"] = _data.FullName,
                ["LiveSupport__Admin__Email"] = AdminEmail,
                ["LiveSupport__Admin__Password"] = Password,
                ["LiveSupport__Integrations__AllowPrivate"] = "true",
                ["LiveSupport__Demo"] = "true",
            },
        })!;
        _server.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _server.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        await UntilReady();

        _playwright = await Playwright.CreateAsync();
        // A busy machine is no reason to fail; what never comes still does.
        Assertions.SetDefaultExpectTimeout((float)Patience.TotalMilliseconds);
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Path,
            // Chromium refuses its sandbox to root.
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync();
            _server.Dispose();
        }
        _data.Delete(recursive: true);
    }

    private async Task UntilReady()
    {
        using var http = new HttpClient { BaseAddress = new Uri(Url) };
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var period = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            if (_server!.HasExited)
                throw new InvalidOperationException($"The server ended with {_server.ExitCode}:\n{string.Join('\n', _output)}");
            try
            {
                if ((await http.GetAsync("/health/ready", limit.Token)).StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The server was not ready within a minute:\n{string.Join('\n', _output)}");
            }
            await period.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Enters another agent, as the administrator does.</summary>
    public async Task<string> AddAgent(string name)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Url), DefaultRequestHeaders = { { "X-LiveSupport", "1" } } };
        (await http.PostAsJsonAsync("/api/auth/login", new { email = AdminEmail, password = Password })).EnsureSuccessStatusCode();
        var email = $"{name.ToLowerInvariant()}-{Guid.NewGuid():N}@linnea.example";
        var added = await http.PostAsJsonAsync("/api/agents", new { name, email, password = Password, role = "agent" });
        added.EnsureSuccessStatusCode();
        return email;
    }
}

[CollectionDefinition(Name)]
public sealed class LiveSystemCollection : ICollectionFixture<LiveSystem>
{
    public const string Name = "live system";
}
