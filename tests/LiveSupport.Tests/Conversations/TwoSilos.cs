using LiveSupport.Contracts;
using LiveSupport.Silo.Bot;
using LiveSupport.Silo.Conversations;
using LiveSupport.Silo.Hosting;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Workspaces;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Conversations;

/// <summary>
/// Two silos over the same data that know nothing of each other, as the halves of a torn cluster do: each has an
/// activation of every conversation. Their commits can be made to meet at the storage's door.
/// </summary>
internal sealed class TwoSilos : IAsyncDisposable
{
    private readonly List<(IHost Host, string Folder)> _silos = [];

    /// <summary>Where commits wait for each other.</summary>
    public Door Door { get; } = new();

    public IConversationStore Rows => _silos[0].Host.Services.GetRequiredService<IConversationStore>();

    /// <param name="options">Of one silo.</param>
    /// <param name="share">Replaces what both silos hold in common.</param>
    /// <param name="storage">The storage behind the door.</param>
    public static async Task<TwoSilos> Start(
        Func<SiloOptions, SiloOptions> options, Action<IServiceCollection> share, Func<IServiceProvider, IGrainStorage> storage)
    {
        var both = new TwoSilos();
        for (var i = 0; i < 2; i++)
        {
            var folder = Directory.CreateTempSubdirectory("livesupport-").FullName;
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Logging.SetMinimumLevel(LogLevel.None);
            builder.AddLiveSupportSilo(options(new SiloOptions { DataFolder = folder, Cluster = new ClusterSettings { Membership = "localhost" } }));
            builder.Services.AddSingleton<IBotDispatcher>(new RecordedQuestions());
            builder.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Grains, (provider, _) => new GuardedStorage(storage(provider), both.Door));
            share(builder.Services);
            var host = builder.Build();
            both._silos.Add((host, folder));
            await host.StartAsync();
        }
        return both;
    }

    public IConversationGrain Conversation(int silo, string id) =>
        _silos[silo].Host.Services.GetRequiredService<IClusterClient>().GetGrain<IConversationGrain>(Ids.Key(DefaultWorkspace.Id, id));

    public async ValueTask DisposeAsync()
    {
        foreach (var (host, folder) in _silos)
        {
            await host.StopAsync();
            host.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class GuardedStorage(IGrainStorage inner, Door door) : IGrainStorage, IKeepsRows
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            inner.ReadStateAsync(stateName, grainId, grainState);

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (typeof(T) == typeof(ConversationHead))
                await door.Pass();
            await inner.WriteStateAsync(stateName, grainId, grainState);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            inner.ClearStateAsync(stateName, grainId, grainState);
    }
}

/// <summary>Open, until it is told to let the next two through only together.</summary>
internal sealed class Door
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _first;
    private int _awaited;

    public void NextTwoTogether() => (_awaited, _first) = (2, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public Task Pass()
    {
        lock (_lock)
        {
            if (_awaited == 0)
                return Task.CompletedTask;
            if (--_awaited == 0)
                _first!.SetResult();
            // Whoever comes alone must not stand here for ever.
            return _first!.Task.WaitAsync(TestServer.Patience);
        }
    }
}
