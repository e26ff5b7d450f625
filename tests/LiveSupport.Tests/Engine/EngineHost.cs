using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Engine;

/// <summary>The engine that this build holds, running the grains of this folder.</summary>
public sealed class EngineHost : IAsyncLifetime
{
    public const string Storage = "engine";
    public const string Streams = "engine-streams";

    private readonly EngineTimes _times;
    private IHost? _host;

    public EngineHost()
        : this(new EngineTimes())
    {
    }

    private EngineHost(EngineTimes times) => _times = times;

    public IClusterClient Client => _host!.Services.GetRequiredService<IClusterClient>();

    internal Probe Probe { get; } = new();

    internal static async Task<EngineHost> Start(EngineTimes times)
    {
        var host = new EngineHost(times);
        await host.InitializeAsync();
        return host;
    }

    public async Task InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(Probe);
        builder.Services.AddKeyedSingleton<IGrainStorage>(Storage, new ShelfStorage());
        TestEngine.Add(builder, _times);
        _host = builder.Build();
        await _host.StartAsync();
    }

    public Task Stop() => _host!.StopAsync();

    public async Task DisposeAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
    }

    public IAsyncStream<T> Stream<T>(string key) => Client.GetStreamProvider(Streams).GetStream<T>(StreamId.Create("test", key));
}

/// <summary>What a test may shorten.</summary>
public sealed record EngineTimes
{
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan CollectionAge { get; init; } = TimeSpan.FromMinutes(15);
}
