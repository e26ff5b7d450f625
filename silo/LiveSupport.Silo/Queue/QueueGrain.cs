using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Queue;

/// <summary>
/// Writes rows in groups: whatever gathered while the last write ran goes into the next one, so that a thousand
/// conversations share a flush and an event. Reentrant: between awaits it only changes its own memory.
/// </summary>
[GrainType("queue"), Reentrant]
public sealed partial class QueueGrain(IConversationStore store, TimeProvider clock, ILogger<QueueGrain> logger) : Grain, IQueueGrain
{
    /// <summary>How often what is due is looked for; with p99 lateness under 2 s in mind.</summary>
    private static readonly TimeSpan DueEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>When a conversation that was woken in vain is woken again.</summary>
    private static readonly TimeSpan DueAgain = TimeSpan.FromSeconds(30);

    /// <summary>Conversations that are woken, or asked for their row, at the same time.</summary>
    private const int AtOnce = 32;

    /// <summary>Solved conversations that changed so recently are looked at too after a start.</summary>
    private static readonly TimeSpan SolvedMayBeBehind = TimeSpan.FromHours(1);

    private readonly HashSet<string> _online = [];
    private QueueIndex _index = null!;
    private List<Pending> _pending = [];
    private Task _writing = Task.CompletedTask;
    private long _version;

    private string WorkspaceId => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _index = new QueueIndex(await store.LoadUnsolved(WorkspaceId), await store.CountSolved(WorkspaceId));
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
        this.RegisterGrainTimer(HealAfterCrash, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.FromSeconds(1),
            Period = Timeout.InfiniteTimeSpan,
            Interleave = true,
        });
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _writing;

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
        // Taken before the store is asked: a change in between has a later version, and the reader applies it.
        var version = _version;
        var stored = QueuePages.ForStore(query, after) is { } question ? await store.Page(WorkspaceId, question) : [];
        var (rows, next) = QueuePages.Merge(query, query.Filter == QueueFilter.Solved ? [] : _index.Page(query, after), stored);
        return new QueuePage(
            [.. rows.Select(row => Summary(row, query.AgentId))],
            _index.Account(version).For(query.AgentId, query.View),
            next?.ToString(),
            version);
    }

    public Task<QueueTally> Tally() => Task.FromResult(_index.Account(_version));

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

    public async Task<ImmutableArray<QueueRow>> List(RowFilter filter) => [.. await store.List(WorkspaceId, filter)];

    public Task Presence(string visitorId, bool online)
    {
        if (online)
            _online.Add(visitorId);
        else
            _online.Remove(visitorId);
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
                var changed = await Write(batch);
                foreach (var pending in batch)
                    pending.Done.SetResult();
                if (changed is not null)
                    await Publish(changed);
            }
            catch (Exception error)
            {
                foreach (var pending in batch)
                    pending.Done.TrySetException(error);
            }
        }
    }

    private async Task<QueueChanged?> Write(List<Pending> batch)
    {
        // What is neither in memory nor new is solved: its row is needed for the account.
        var unknown = batch.Select(pending => pending.Write.Row.Id).Distinct().Where(id => _index.Find(id) is null).ToList();
        var stored = unknown.Count == 0 ? [] : (await store.Find(WorkspaceId, unknown)).ToDictionary(row => row.Id);
        await store.Upsert(WorkspaceId, [.. batch.Select(pending => pending.Write)]);

        var changes = ImmutableArray.CreateBuilder<RowChange>();
        HashSet<string> owners = [];
        foreach (var (row, _) in batch.Select(pending => pending.Write))
        {
            if (!_index.Take(row, stored.GetValueOrDefault(row.Id), out var before))
                continue;
            stored[row.Id] = row;
            changes.Add(new RowChange(row, before, _online.Contains(row.Visitor.Id)));
            if (row.Owner is not null)
                owners.Add(row.Owner.Id);
            if (before?.Owner is not null)
                owners.Add(before.Owner.Id);
        }
        if (changes.Count == 0)
            return null;
        var account = _index.Account(++_version);
        return new QueueChanged(account.Version, changes.ToImmutable(), account.Total, account.Unassigned,
            owners.ToImmutableDictionary(owner => owner, _index.Owner));
    }

    private Task Tick(CancellationToken stop) => Publish(new Tick(_version));

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

    private Task Publish(WorkspaceEvent happened) => this.Publish(WorkspaceId, happened, logger);

    private ConversationSummary Summary(QueueRow row, string agentId) =>
        ConversationSummary.Of(row, agentId, _online.Contains(row.Visitor.Id));

    private sealed record Pending(RowWrite Write)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Brought {Count} rows of {Workspace} up to their conversations.")]
    private partial void RowsHealed(int count, string workspace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Conversation {Conversation} was due, but could not act; it will be asked again.")]
    private partial void DueFailed(Exception error, string conversation);
}
