using System.Threading.Channels;
using LiveSupport.Contracts;
using LiveSupport.Silo.Hosting;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Support;

/// <summary>
/// The real silo on a folder of its own: real engine, real SQLite; only the clock can be moved and the queue's store
/// broken. Hears all that the workspace's stream says.
/// </summary>
internal sealed class SiloHost : IAsyncDisposable
{
    public const string Workspace = "default";

    private readonly Channel<WorkspaceEvent> _heard = Channel.CreateUnbounded<WorkspaceEvent>();
    private readonly DirectoryInfo _folder;
    private readonly IHost _host;

    private SiloHost(DirectoryInfo folder, IHost host, ShiftedClock clock)
    {
        _folder = folder;
        _host = host;
        Clock = clock;
    }

    public ShiftedClock Clock { get; }

    public string Folder => _folder.FullName;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public IQueueGrain Queue => Grains.GetGrain<IQueueGrain>(Workspace);

    public BreakableStore Store => (BreakableStore)_host.Services.GetRequiredService<IConversationStore>();

    public static async Task<SiloHost> Start(DirectoryInfo? folder = null, Action<IServiceCollection>? configure = null)
    {
        folder ??= Directory.CreateTempSubdirectory("livesupport-silo-");
        var clock = new ShiftedClock();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddClock(clock);
        builder.AddLiveSupportSilo(new SiloOptions { DataFolder = folder.FullName });
        var real = builder.Services.Single(service => service.ServiceType == typeof(IConversationStore));
        builder.Services.Replace(ServiceDescriptor.Singleton<IConversationStore>(services =>
            new BreakableStore((IConversationStore)ActivatorUtilities.CreateInstance(services, real.ImplementationType!))));
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        var silo = new SiloHost(folder, host, clock);
        await host.Services.GetRequiredService<IClusterClient>().GetStreamProvider(WorkspaceStream.Provider)
            .GetStream<WorkspaceEvent>(StreamId.Create(WorkspaceStream.Namespace, Workspace))
            .SubscribeAsync((happened, _) => Task.FromResult(happened.Each().All(silo._heard.Writer.TryWrite)));
        return silo;
    }

    public IConversationGrain Conversation(string id) => Grains.GetGrain<IConversationGrain>(Ids.Key(Workspace, id));

    public IVisitorGrain Visitor(string id) => Grains.GetGrain<IVisitorGrain>(Ids.Key(Workspace, id));

    public IAgentGrain Agent(string id) => Grains.GetGrain<IAgentGrain>(Ids.Key(Workspace, id));

    /// <summary>The next event of that kind on the stream; what comes before it is passed over.</summary>
    public async Task<T> Hear<T>(Func<T, bool>? wanted = null) where T : WorkspaceEvent
    {
        using var limit = new CancellationTokenSource(TestServer.Patience);
        while (true)
        {
            if (await _heard.Reader.ReadAsync(limit.Token) is T found && (wanted is null || wanted(found)))
                return found;
        }
    }

    /// <summary>Stops it and starts another on the same folder.</summary>
    public async Task<SiloHost> Restart(Action<IServiceCollection>? configure = null)
    {
        await Stop();
        return await Start(_folder, configure);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _folder.Delete(recursive: true);
    }

    private async Task Stop()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            _host.Dispose();
    }
}

/// <summary>The real store, until it is broken.</summary>
internal sealed class BreakableStore(IConversationStore store) : IConversationStore, IDisposable
{
    /// <summary>Every write fails, and nothing of it is stored.</summary>
    public bool Broken { get; set; }

    /// <summary>Happens before rows that changed are read.</summary>
    public Func<Task>? BeforeChangedSince { get; set; }

    /// <summary>Writes so far: groups, not rows.</summary>
    public int Writes { get; private set; }

    public Task Upsert(string workspaceId, IReadOnlyList<RowWrite> writes)
    {
        if (Broken)
            throw new StoreUnavailableException("The test broke it.");
        Writes++;
        return store.Upsert(workspaceId, writes);
    }

    public Task ForgetTexts(string workspaceId, IReadOnlyCollection<string> conversationIds) => store.ForgetTexts(workspaceId, conversationIds);

    public Task<IReadOnlyList<QueueRow>> Find(string workspaceId, IReadOnlyCollection<string> conversationIds) =>
        store.Find(workspaceId, conversationIds);

    public Task<QueueContents> Load(string workspaceId) => store.Load(workspaceId);

    public Task<IReadOnlyList<QueueRow>> Page(string workspaceId, RowQuery query) => store.Page(workspaceId, query);

    public Task<IReadOnlyList<QueueRow>> List(string workspaceId, RowFilter filter) => store.List(workspaceId, filter);

    public Task<ChangedRows> Changed(string workspaceId, ChangePoint from, int limit) => store.Changed(workspaceId, from, limit);

    public Task<IReadOnlyList<QueueRow>> ByVisitor(string workspaceId, string visitorId, int limit) => store.ByVisitor(workspaceId, visitorId, limit);

    public async Task<IReadOnlyList<QueueRow>> ChangedSince(string workspaceId, DateTimeOffset since, string? afterId, int limit)
    {
        if (BeforeChangedSince is { } happens)
            await happens();
        return await store.ChangedSince(workspaceId, since, afterId, limit);
    }

    public Task<StoreHits> Search(string workspaceId, string text, int limit) => store.Search(workspaceId, text, limit);

    public void Dispose() => (store as IDisposable)?.Dispose();
}
