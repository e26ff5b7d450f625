using System.Collections.Concurrent;
using LiveSupport.Contracts;
using LiveSupport.Silo.Bot;
using LiveSupport.Silo.Hosting;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Silo.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Conversations;

/// <summary>The whole silo on this build's engine and on SQLite, with faults between it and its stores, and no bot.</summary>
internal sealed class FaultySilo : IAsyncDisposable
{
    private readonly bool _rowsApart;
    private readonly string _folder = Directory.CreateTempSubdirectory("livesupport-").FullName;
    private IHost? _host;

    public Faults Faults { get; } = new();
    public RecordedQuestions Questions { get; } = new();
    public IGrainFactory Grains => _host!.Services.GetRequiredService<IClusterClient>();
    public IConversationStore Store => _host!.Services.GetRequiredService<IConversationStore>();

    private FaultySilo(bool rowsApart) => _rowsApart = rowsApart;

    /// <param name="rowsApart">Records in one place, rows in another.</param>
    public static async Task<FaultySilo> Start(bool rowsApart)
    {
        var host = new FaultySilo(rowsApart);
        await host.Restart();
        return host;
    }

    public IConversationGrain Conversation(string id = "c1") =>
        Grains.GetGrain<IConversationGrain>(Ids.Key(DefaultWorkspace.Id, id));

    /// <summary>Another process on the same data.</summary>
    public async Task Restart()
    {
        await Stop();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddLiveSupportSilo(new SiloOptions { DataFolder = _folder });
        builder.Services.AddSingleton<IBotDispatcher>(Questions);
        builder.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Grains, (provider, _) =>
        {
            var sqlite = new SqliteGrainStorage(provider.GetRequiredService<SqliteDatabase>());
            return _rowsApart ? new FaultyGrainStorage(new RowsApart(sqlite), Faults) : new FaultyGrainStorageWithRows(sqlite, Faults);
        });
        builder.Services.AddSingleton<IConversationStore>(provider =>
            new FaultyConversationStore(ActivatorUtilities.CreateInstance<SqliteConversationStore>(provider), Faults));
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task Stop()
    {
        if (_host is null)
            return;
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>Where the next writes fail. Grains other than conversations are spared.</summary>
internal sealed class Faults
{
    /// <summary>Asked before a conversation's record of that name is written: fail, and nothing is stored.</summary>
    public Func<string, bool> BeforeWrite { get; set; } = _ => false;

    /// <summary>Asked after it was written: fail, although it is stored.</summary>
    public Func<string, bool> AfterWrite { get; set; } = _ => false;

    /// <summary>Asked before rows are written.</summary>
    public Func<bool> BeforeUpsert { get; set; } = () => false;

    public void Heal()
    {
        BeforeWrite = AfterWrite = _ => false;
        BeforeUpsert = () => false;
    }

    /// <summary>A fault that strikes once.</summary>
    public static Func<string, bool> Once(string name)
    {
        var struck = false;
        return written => written == name && !struck && (struck = true);
    }
}

internal sealed class RecordedQuestions : IBotDispatcher
{
    private readonly ConcurrentQueue<BotRequest> _requests = new();

    public IEnumerable<BotRequest> All => _requests;

    public void Enqueue(BotRequest request) => _requests.Enqueue(request);
}

/// <summary>Keeps no rows, as a storage elsewhere than the rows would: they are left to the queue.</summary>
internal sealed class RowsApart(IGrainStorage inner) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var brings = grainState.State as IBringsRow;
        var row = brings?.Row;
        if (brings is not null)
            brings.Row = null;
        await inner.WriteStateAsync(stateName, grainId, grainState);
        if (brings is not null)
            brings.Row = row;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, grainId, grainState);
}

internal class FaultyGrainStorage(IGrainStorage inner, Faults faults) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var spared = grainId.Type.ToString() != "conversation";
        if (!spared && faults.BeforeWrite(stateName))
            throw new StoreUnavailableException("The disk is full.");
        await inner.WriteStateAsync(stateName, grainId, grainState);
        if (!spared && faults.AfterWrite(stateName))
            throw new StoreUnavailableException("The answer got lost.");
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, grainId, grainState);
}

internal sealed class FaultyGrainStorageWithRows(IGrainStorage inner, Faults faults) : FaultyGrainStorage(inner, faults), IKeepsRows;

internal sealed class FaultyConversationStore(IConversationStore inner, Faults faults) : IConversationStore
{
    public Task Upsert(string workspaceId, IReadOnlyList<RowWrite> writes) => faults.BeforeUpsert()
        ? throw new StoreUnavailableException("The database is busy.")
        : inner.Upsert(workspaceId, writes);

    public Task ForgetTexts(string workspaceId, IReadOnlyCollection<string> conversationIds) => inner.ForgetTexts(workspaceId, conversationIds);

    public Task<IReadOnlyList<QueueRow>> Find(string workspaceId, IReadOnlyCollection<string> conversationIds) =>
        inner.Find(workspaceId, conversationIds);

    public Task<QueueContents> Load(string workspaceId) => inner.Load(workspaceId);

    public Task<IReadOnlyList<QueueRow>> Page(string workspaceId, RowQuery query) => inner.Page(workspaceId, query);

    public Task<IReadOnlyList<QueueRow>> List(string workspaceId, RowFilter filter) => inner.List(workspaceId, filter);

    public Task<ChangedRows> Changed(string workspaceId, ChangePoint from, int limit) => inner.Changed(workspaceId, from, limit);

    public Task<IReadOnlyList<QueueRow>> ByVisitor(string workspaceId, string visitorId, int limit) =>
        inner.ByVisitor(workspaceId, visitorId, limit);

    public Task<IReadOnlyList<QueueRow>> ChangedSince(string workspaceId, DateTimeOffset since, string? afterId, int limit) =>
        inner.ChangedSince(workspaceId, since, afterId, limit);

    public Task<StoreHits> Search(string workspaceId, string text, int limit) => inner.Search(workspaceId, text, limit);
}
