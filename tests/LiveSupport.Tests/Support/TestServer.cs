using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Support;

/// <summary>The whole system in this process: Kestrel on a free port, grains, an empty data folder of its own.</summary>
public sealed class TestServer : IAsyncLifetime, IAsyncDisposable
{
    public const string AdminEmail = "mira@linnea.example";
    public const string Password = "correct horse battery";

    /// <summary>How long a test waits for what must happen. Only one that fails waits it out, so a busy machine may take its time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private DirectoryInfo _data = Directory.CreateTempSubdirectory("livesupport-test-");
    private string[] _settings = ["--LiveSupport:Admin:Email", AdminEmail, "--LiveSupport:Admin:Password", Password];
    private Action<IServiceCollection>? _configure;
    private WebApplication _app = null!;
    private int _made;
    private string? _keyToAll;

    public Uri Url { get; private set; } = null!;

    /// <summary>The system's clock, put forward; its timers run as ever.</summary>
    public ShiftedClock Clock { get; } = new();

    public string DataFolder => _data.FullName;
    public IServiceProvider Services => _app.Services;
    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <param name="settings">E.g. <c>--LiveSupport:Limits:MessageBurst=3</c>.</param>
    public static async Task<TestServer> Start(params string[] settings)
    {
        var server = new TestServer();
        server._settings = [.. server._settings, .. settings];
        await server.InitializeAsync();
        return server;
    }

    public static async Task<TestServer> Start(Action<IServiceCollection> configure, params string[] settings)
    {
        var server = new TestServer { _configure = configure };
        server._settings = [.. server._settings, .. settings];
        await server.InitializeAsync();
        return server;
    }

    /// <summary>A first start without an administrator.</summary>
    public static async Task<TestServer> StartEmpty()
    {
        var server = new TestServer { _settings = [] };
        await server.Run();
        return server;
    }

    /// <summary>Starts on a data folder that is there already, and removes it in the end.</summary>
    public static async Task<TestServer> StartOn(DirectoryInfo data, params string[] settings)
    {
        var server = new TestServer();
        server._data.Delete(recursive: true);
        server._data = data;
        server._settings = [.. server._settings, .. settings];
        await server.InitializeAsync();
        return server;
    }

    public Task InitializeAsync() => Run();

    public async Task Restart()
    {
        await _app.DisposeAsync();
        await Run();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }

    /// <summary>A browser without a session.</summary>
    /// <param name="from">One of this machine's addresses, e.g. 127.0.0.2.</param>
    public HttpClient Http(string from = "127.0.0.1") => new(new SocketsHttpHandler
    {
        CookieContainer = new CookieContainer(),
        ConnectCallback = async (call, stop) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(call.DnsEndPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = Url,
        DefaultRequestHeaders = { { "X-LiveSupport", "1" } },
    };

    /// <summary>A browser in which an agent is signed in, without <paramref name="email"/> the administrator.</summary>
    public async Task<Browser> SignIn(string email = AdminEmail)
    {
        var cookies = new CookieContainer();
        var http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies }) { BaseAddress = Url, DefaultRequestHeaders = { { "X-LiveSupport", "1" } } };
        (await Login(http, email)).EnsureSuccessStatusCode();
        return new Browser(this, http, cookies);
    }

    /// <summary>Enters another agent and signs it in.</summary>
    public async Task<Browser> NewAgent(string name, string role = "agent")
    {
        var email = $"{name.ToLowerInvariant()}{Interlocked.Increment(ref _made)}@linnea.example";
        using var admin = await SignIn();
        (await admin.Http.PostAsJsonAsync("/api/agents", new { name, email, password = Password, role })).EnsureSuccessStatusCode();
        return await SignIn(email);
    }

    /// <summary>A program with a key of those scopes; none named: of all, and the same key each time.</summary>
    public async Task<HttpClient> NewProgram(params string[] scopes) =>
        WithKey(scopes.Length > 0 ? await NewKey(6_000, scopes) : _keyToAll ??= await NewKey(6_000, [.. Scopes.All]));

    /// <summary>Makes an API key.</summary>
    public async Task<string> NewKey(int perMinute, params string[] scopes)
    {
        using var admin = await SignIn();
        var made = await admin.Http.PostAsJsonAsync("/api/api-keys", new { name = "A program", scopes, perMinute });
        return (await made.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    public HttpClient WithKey(string token) => new()
    {
        BaseAddress = Url,
        DefaultRequestHeaders = { Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token) },
    };

    public async Task<Visitor> NewVisitor(string? visitorToken = null, string? userToken = null)
    {
        using var http = Http();
        var session = await http.PostAsJsonAsync("/api/widget/session", new { siteKey = "default", visitorToken, userToken });
        session.EnsureSuccessStatusCode();
        return new Visitor(this, (await session.Content.ReadFromJsonAsync<JsonElement>()).Clone());
    }

    public Task<HubClient> VisitorHub(string? accessToken, string? origin = null, bool read = true) =>
        HubClient.Connect(new Uri(Url, "/hubs/visitor"), accessToken, origin: origin, read: read);

    public Task<HubClient> AgentHub(string? cookie, string? origin = null, bool read = true) =>
        HubClient.Connect(new Uri(Url, "/hubs/agent"), cookie: cookie, origin: origin, read: read);

    /// <summary>Asks again until it is so; for what happens a moment later on the server.</summary>
    public static async Task Eventually(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var period = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await isSo())
            await period.WaitForNextTickAsync(limit.Token);
    }

    private async Task Run()
    {
        _app = Program.Build(
            [
                "--urls", "http://127.0.0.1:0",
                "--LiveSupport:Data", _data.FullName,
                .. _settings,
            ],
            services =>
            {
                services.AddClock(Clock);
                _configure?.Invoke(services);
            });
        await _app.StartAsync();
        Url = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private static Task<HttpResponseMessage> Login(HttpClient http, string email) =>
        http.PostAsJsonAsync("/api/auth/login", new { email, password = Password });
}

/// <summary>A browser in which an agent is signed in.</summary>
public sealed class Browser(TestServer server, HttpClient http, CookieContainer cookies) : IDisposable
{
    public HttpClient Http { get; } = http;
    public string Cookie => cookies.GetCookieHeader(server.Url);

    public Task<HubClient> Hub() => server.AgentHub(Cookie);

    public async Task<JsonElement> Me() => await Http.GetFromJsonAsync<JsonElement>("/api/me");

    public void Dispose() => Http.Dispose();
}

/// <summary>A visitor with a session.</summary>
public sealed class Visitor(TestServer server, JsonElement session)
{
    public string Id => session.GetProperty("visitor").GetProperty("id").GetString()!;
    public string Token => session.GetProperty("visitorToken").GetString()!;
    public string AccessToken => session.GetProperty("accessToken").GetString()!;
    public JsonElement Session => session;

    public Task<HubClient> Hub() => server.VisitorHub(AccessToken);

    /// <summary>Begins a conversation on a socket of its own.</summary>
    public async Task<string> Write(string text)
    {
        await using var hub = await Hub();
        return (await hub.Invoke<Posted>("Send", new { clientId = Guid.NewGuid().ToString("N"), text })).ConversationId;
    }
}
