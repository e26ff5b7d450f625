using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Queue;

/// <summary>
/// Hears of rows that are stored with their records, or writes them itself where the storage does not; those in
/// groups: what gathered while the last write ran shares the next. What changed within a moment shares one event.
/// Reentrant: between awaits it only changes its own memory.
/// </summary>
[GrainType("queue"), Reentrant]
public sealed partial class QueueGrain(
    IConversationStore store,
    [FromKeyedServices(StorageNames.Grains)] IGrainStorage records,
    LiveFeed live,
    TimeProvider clock,
    ILogger<QueueGrain> logger) : Grain, IQueueGrain
{
    /// <summary>The first change is told at once, what follows it so soon together: lists are no faster than the eye.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>How often what is due is looked for; with p99 lateness under 2 s in mind.</summary>
    private static readonly TimeSpan DueEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>When a conversation that was woken in vain is woken again.</summary>
    private static readonly TimeSpan DueAgain = TimeSpan.FromSeconds(30);

    /// <summary>Conversations that are woken, or asked for their row, at the same time.</summary>
    private const int AtOnce = 32;

    /// <summary>Solved conversations that changed so recently are looked at too after a start.</summary>
    private static readonly TimeSpan SolvedMayBeBehind = TimeSpan.FromHours(1);

    private readonly HashSet<string> _online = [];
    private readonly Dictionary<string, RowChange> _changes = [];
    private readonly Queue<QueueChanged> _untold = new();
    private QueueIndex _index = null!;
    private List<Pending> _pending = [];
    private Task _writing = Task.CompletedTask;
    private Task _telling = Task.CompletedTask;
    private long _version;

    private string WorkspaceId => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var stored = await store.Load(WorkspaceId);
        _index = new QueueIndex(stored.Unsolved, stored.Solved);
        // Greater than every version of the activation before, so that an edge sees the gap and asks again.
        _version = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.Zero,
            Period = WorkspaceStream.TickEvery,
            Interleave = true,
            KeepAlive = true,
        });
        this.RegisterGrainTimer(FireDue, new GrainTimerCreationOptions { DueTime = DueEvery, Period = DueEvery, Interleave = true });
        if (records is IKeepsRows)
            return;
        this.RegisterGrainTimer(HealAfterCrash, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.FromSeconds(1),
            Period = Timeout.InfiniteTimeSpan,
            Interleave = true,
        });
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        SiloMeasures.QueueIsElsewhere(WorkspaceId);
        return _writing;
    }

    public Task Took(ImmutableArray<RowTaken> rows)
    {
        foreach (var (row, revBefore, solvedBefore) in rows)
        {
            if (_index.Find(row.Id) is not null || revBefore == 0 || solvedBefore is not null)
                Take(row, solvedBefore);
            // It was not solved and is not here: this activation counted it as solved, or has missed something.
            else if (row.Status != Status.Solved)
                ReadAgain(row.Id);
        }
        return Task.CompletedTask;
    }

    public Task Upsert(QueueRow row, ImmutableArray<IndexedEntry> texts)
    {
        if (_index.Find(row.Id) is { } known && known.Rev >= row.Rev)
            return Task.CompletedTask;
        var pending = new Pending(new RowWrite(row, texts));
        _pending.Add(pending);
        if (_writing.IsCompleted)
            _writing = WritePending();
        return pending.Done.Task;
    }

    public async Task<QueuePage> Page(QueueQuery query)
    {
        QueueCursor? after = null;
        if (query.Cursor is not null)
            after = QueueCursor.TryParse(query.Cursor, out var cursor) ? cursor : throw new ArgumentException("The cursor is not one of ours.");
        // Settled before the store is asked: a change in between has a later version, and the reader applies it.
        var version = Settle();
        var stored = QueuePages.ForStore(query, after) is { } question ? await store.Page(WorkspaceId, question) : [];
        var (rows, next) = QueuePages.Merge(query, query.Filter == QueueFilter.Solved ? [] : _index.Page(query, after), stored);
        return new QueuePage(
            [.. rows.Select(row => Summary(row, query.AgentId))],
            _index.Account(version).For(query.AgentId, query.View),
            next?.ToString(),
            version);
    }

    public Task<QueueTally> Tally() => Task.FromResult(_index.Account(Settle()));

    public async Task<SearchResult> Search(string text, string agentId, int limit)
    {
        var hits = await store.Search(WorkspaceId, text, limit);
        return new SearchResult(
            [.. hits.Conversations.Select(row => Summary(_index.Find(row.Id) ?? row, agentId))],
            [.. hits.Visitors],
            [.. hits.Messages]);
    }

    public async Task<ImmutableArray<QueueRow>> ByVisitor(string visitorId, int limit) =>
        [.. await store.ByVisitor(WorkspaceId, visitorId, limit)];

    public async Task<QueueRow?> Row(string conversationId) =>
        _index.Find(conversationId) ?? await store.Find(WorkspaceId, conversationId);

    public async Task<ImmutableArray<QueueRow>> List(RowFilter filter) => [.. await store.List(WorkspaceId, filter)];

    public Task Forget(ImmutableArray<string> conversationIds) => store.ForgetTexts(WorkspaceId, conversationIds);

    public Task Presence(string visitorId, bool online)
    {
        // News to this activation is news to every screen that asked it before.
        if (online ? _online.Add(visitorId) : _online.Remove(visitorId))
            live.Publish(WorkspaceId, new PresenceChanged(visitorId, online));
        return Task.CompletedTask;
    }

    public Task Touch() => Task.CompletedTask;

    public async Task<int> Rebuild(DateTimeOffset? changedSince)
    {
        var healed = 0;
        string? last = null;
        var since = changedSince ?? DateTimeOffset.MinValue;
        // What changes from here on comes through this grain; to run after it would never end while people write.
        var until = clock.GetUtcNow();
        while (since <= until && await store.ChangedSince(WorkspaceId, since, last, limit: 500) is { Count: > 0 } rows)
        {
            healed += await Heal(rows.Where(row => row.LastAt <= until));
            (since, last) = (rows[^1].LastAt, rows[^1].Id);
        }
        return healed;
    }

    /// <summary>A process that died between a conversation's write and its row's left the row behind.</summary>
    private async Task HealAfterCrash(CancellationToken stop)
    {
        var healed = await Heal(_index.Unsolved.ToList()) + await Rebuild(clock.GetUtcNow() - SolvedMayBeBehind);
        if (healed > 0)
            RowsHealed(healed, WorkspaceId);
    }

    private async Task<int> Heal(IEnumerable<QueueRow> rows)
    {
        var healed = 0;
        foreach (var group in rows.Chunk(AtOnce))
            healed += (await Task.WhenAll(group.Select(Heal))).Count(done => done);
        return healed;
    }

    private async Task<bool> Heal(QueueRow known)
    {
        var conversation = GrainFactory.GetGrain<IConversationGrain>(Ids.Key(WorkspaceId, known.Id));
        if (await conversation.Row() is not { } row || row.Rev <= (_index.Find(row.Id) ?? known).Rev)
            return false;
        var texts = ImmutableArray.CreateBuilder<IndexedEntry>();
        long? before = null;
        for (var more = true; more;)
        {
            var page = (await conversation.Entries(new Reader(AuthorType.Agent, ""), before, Limits.Page)).Value;
            if (page is null || page.Entries.IsEmpty)
                break;
            texts.AddRange(page.Entries.Where(e => e.Seq > known.Seq && e.Kind != EntryKind.System).Select(e => new IndexedEntry(e.Seq, e.Text, e.At)));
            before = page.Entries[0].Seq;
            more = page.HasMore && before > known.Seq + 1;
        }
        await Upsert(row, texts.ToImmutable());
        return true;
    }

    private async Task WritePending()
    {
        while (_pending.Count > 0)
        {
            var batch = _pending;
            _pending = [];
            try
            {
                await Write(batch);
                foreach (var pending in batch)
                    pending.Done.SetResult();
            }
            catch (Exception error)
            {
                foreach (var pending in batch)
                    pending.Done.TrySetException(error);
            }
        }
    }

    private async Task Write(List<Pending> batch)
    {
        // What is neither in memory nor new is solved: its row is needed for the account.
        var unknown = batch.Select(pending => pending.Write.Row.Id).Distinct().Where(id => _index.Find(id) is null).ToList();
        var stored = unknown.Count == 0 ? [] : (await store.Find(WorkspaceId, unknown)).ToDictionary(row => row.Id);
        await store.Upsert(WorkspaceId, [.. batch.Select(pending => pending.Write)]);
        foreach (var (row, _) in batch.Select(pending => pending.Write))
        {
            if (stored.GetValueOrDefault(row.Id) is { Status: not Status.Solved } && _index.Find(row.Id) is null)
                ReadAgain(row.Id);
            else if (Take(row, stored.GetValueOrDefault(row.Id)))
                stored[row.Id] = row;
        }
    }

    private bool Take(QueueRow row, QueueRow? stored)
    {
        if (!_index.Take(row, stored, out var before))
            return false;
        if (_changes.TryGetValue(row.Id, out var earlier))
            before = earlier.Before;
        _changes[row.Id] = new RowChange(row, before, _online.Contains(row.Visitor.Id));
        if (_telling.IsCompleted)
            _telling = Tell();
        return true;
    }

    /// <summary>The store knows what this activation does not: the next one reads everything anew.</summary>
    private void ReadAgain(string conversationId)
    {
        IndexBehind(conversationId, WorkspaceId);
        DeactivateOnIdle();
    }

    private async Task Tell()
    {
        Settle();
        while (_untold.Count > 0)
        {
            while (_untold.TryDequeue(out var changed))
                live.Publish(WorkspaceId, AsOfNow(changed));
            await Task.Delay(TellEvery, clock);
            Settle();
        }
    }

    /// <summary>Who came or went since it was gathered has been told already.</summary>
    private QueueChanged AsOfNow(QueueChanged changed) =>
        changed.Rows.All(change => change.Online == _online.Contains(change.Row.Visitor.Id)) ? changed
        : changed with { Rows = [.. changed.Rows.Select(change => change with { Online = _online.Contains(change.Row.Visitor.Id) })] };

    /// <summary>Closes the event that is being gathered; answers the version that holds all that was taken.</summary>
    private long Settle()
    {
        if (_changes.Count == 0)
            return _version;
        var account = _index.Account(++_version);
        var owners = _changes.Values.SelectMany(change => new[] { change.Row.Owner?.Id, change.Before?.Owner?.Id }).OfType<string>().Distinct();
        _untold.Enqueue(new QueueChanged(account.Version, [.. _changes.Values.Select(Told)], account.Total, account.Unassigned,
            owners.ToImmutableDictionary(owner => owner, _index.Owner)));
        _changes.Clear();
        return _version;
    }

    /// <summary>The row before is told only where an edge may need it: it is half of what each edge is sent.</summary>
    private static RowChange Told(RowChange change) =>
        // Whatever was said shows in the sequence: only what was not is compared in whole.
        change.Before is { } before
        && (before.Seq != change.Row.Seq || before with { Rev = change.Row.Rev, Reads = change.Row.Reads } != change.Row)
            ? change with { Before = null }
            : change;

    private Task Tick(CancellationToken stop)
    {
        SiloMeasures.Queue(WorkspaceId, _index.Account(_version).Total);
        // Not of what waits to be told: who hears a tick that is ahead fetches every list anew.
        live.Publish(WorkspaceId, new Tick(_untold.TryPeek(out var next) ? next.Version - 1 : _version));
        return Task.CompletedTask;
    }

    private async Task FireDue(CancellationToken stop) =>
        await Task.WhenAll(_index.TakeDue(clock.GetUtcNow(), DueAgain, AtOnce).Select(async id =>
        {
            try
            {
                await GrainFactory.GetGrain<IConversationGrain>(Ids.Key(WorkspaceId, id)).Due();
            }
            catch (Exception error)
            {
                DueFailed(error, id);
            }
        }));

    private ConversationSummary Summary(QueueRow row, string agentId) =>
        ConversationSummary.Of(row, agentId, _online.Contains(row.Visitor.Id));

    private sealed record Pending(RowWrite Write)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Brought {Count} rows of {Workspace} up to their conversations.")]
    private partial void RowsHealed(int count, string workspace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queue of {Workspace} had missed {Conversation}; it is read anew.")]
    private partial void IndexBehind(string conversation, string workspace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Conversation {Conversation} was due, but could not act; it will be asked again.")]
    private partial void DueFailed(Exception error, string conversation);
}
