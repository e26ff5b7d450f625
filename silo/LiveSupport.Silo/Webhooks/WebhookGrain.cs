using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Webhooks;

/// <summary>
/// Tells one endpoint what happened: in order within a conversation, a few conversations at a time, at least once.
/// What it has to tell it finds in two ways, by a hint within a moment, and by following the rows that changed, which
/// needs nobody's help; so neither a lost hint nor a killed process loses anything. Reentrant: calls out take time.
/// </summary>
[GrainType("webhook"), Reentrant]
public sealed partial class WebhookGrain(
    [PersistentState("webhook", StorageNames.Grains)] IPersistentState<WebhookState> stored,
    IConversationStore store,
    WebhookSender sender,
    TimeProvider clock,
    ILogger<WebhookGrain> logger) : Grain, IWebhookGrain
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private const int LooksPerSweep = 10;
    private const int LooksPerSave = 5;
    private const int RowsAtOnce = 500;

    private readonly Dictionary<string, Waiting> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _work = [];

    /// <summary>Conversations that were erased while this activation was at work.</summary>
    private readonly HashSet<string> _forgotten = [];
    private WebhookTerms? _terms;
    private WebhookCursors _cursors = null!;
    private WebhookReader _reader = null!;
    private IGrainTimer? _look;
    private ChangePoint _next;
    private int _looks;
    private bool _sweeping;
    private bool _unsaved;
    private bool _removed;
    private ChangePoint _cleared;
    private Task _saving = Task.CompletedTask;

    private string WorkspaceId => Ids.Split(this.GetPrimaryKeyString()).WorkspaceId;
    private WebhookState State => stored.State;
    private DateTimeOffset Now => clock.GetUtcNow();
    private bool MayTry => _terms is { Endpoint.Paused: false } && State.Suspended is null && !_stop.IsCancellationRequested;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _cursors = new WebhookCursors(ServiceProvider.GetRequiredKeyedService<IGrainStorage>(StorageNames.Grains), this.GetGrainId());
        _reader = new WebhookReader(GrainFactory, WorkspaceId);
        _next = new ChangePoint(State.FromMinute, null);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Save();
    }

    public async Task Run(WebhookTerms terms)
    {
        var isAnother = _terms?.Endpoint.Url != terms.Endpoint.Url;
        _terms = terms;
        if (!State.Begun)
        {
            // Past every row: only where the store's clock stands comes back.
            var now = (await store.Changed(WorkspaceId, new ChangePoint(long.MaxValue, null), 1)).Next;
            Set(State with { Begun = true, FromMinute = now.Minute });
            _next = now;
            await Save();
        }
        if (isAnother)
            Wake();
        _look ??= this.RegisterGrainTimer(Look, new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = LookEvery, Interleave = true, KeepAlive = true });
    }

    public Task Changed(ImmutableArray<string> conversationIds)
    {
        if (conversationIds.IsEmpty)
            _looks = 0;
        // While nothing may be tried, nothing is noted: the rows say it when it goes on.
        foreach (var id in MayTry ? conversationIds : [])
            Await(id, _next.Minute);
        Pump();
        return Task.CompletedTask;
    }

    public async Task Forget(ImmutableArray<string> conversationIds)
    {
        // Those, too, that are on their way now.
        _forgotten.UnionWith(conversationIds);
        Set(State with { Recent = [.. State.Recent.Select(WithoutForgotten)] });
        await Save();
    }

    public Task<WebhookReport> Report() => Task.FromResult(new WebhookReport
    {
        Health = State.Suspended is not null ? WebhookHealth.Suspended
            : _terms is { Endpoint.Paused: true } ? WebhookHealth.Paused
            : State.FailingSince is not null ? WebhookHealth.Failing
            : WebhookHealth.Ok,
        Reason = State.Suspended,
        FailingSince = State.FailingSince,
        NextTryAt = MayTry && State.FailingSince is not null && _waiting.Count > 0 ? _restUntil ?? _waiting.Values.Min(waiting => waiting.At) : null,
        Waiting = _waiting.Count,
        Delivered = State.Delivered,
        Recent = State.Recent,
        DeadLetters = State.Dead,
    });

    public async Task<WebhookDelivery> Test()
    {
        var terms = _terms ?? throw new InvalidOperationException("The webhook is not at work.");
        var id = $"test:{Ids.New(clock)}";
        var (delivery, _) = await sender.Send(terms, new WebhookBody(id, WebhookTypes.Test, Now, WorkspaceId, new WebhookData(null, null)), 1, _stop.Token);
        Remember(delivery);
        return delivery;
    }

    public Task<int> Replay(ImmutableArray<string>? eventIds)
    {
        var letters = State.Dead.Where(letter => eventIds?.Contains(letter.EventId) ?? true).ToList();
        if (_terms is null || _replaying || letters.Count == 0)
            return Task.FromResult(0);
        _replaying = true;
        Begin(Replay(letters));
        return Task.FromResult(letters.Count);
    }

    public async Task<int> Discard(ImmutableArray<string>? eventIds)
    {
        var kept = State.Dead.RemoveAll(letter => eventIds?.Contains(letter.EventId) ?? true);
        var discarded = State.Dead.Length - kept.Length;
        Set(State with { Dead = kept });
        await Save();
        return discarded;
    }

    public async Task Resume()
    {
        Set(State with { Suspended = null, FailingSince = null, ResumedAt = Now });
        await Save();
        Wake();
        Pump();
    }

    public async Task Stop()
    {
        _removed = true;
        _terms = null;
        _look?.Dispose();
        await _stop.CancelAsync();
        // What is under way may still write something down.
        try
        {
            await Task.WhenAll(_work);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // Cut off, as it was meant to be.
        }
        await _saving;
        if (stored.RecordExists)
            await stored.ClearStateAsync();
    }

    public async Task<bool> Clear()
    {
        if (!_removed)
            await Stop();
        // How far an endpoint was told of a conversation is a record of its own; the rows say of which there may be one.
        var changed = await store.Changed(WorkspaceId, _cleared, RowsAtOnce);
        foreach (var row in changed.Rows)
            await _cursors.Delete(row.Id);
        _cleared = changed.Next;
        if (changed.More)
            return false;
        DeactivateOnIdle();
        return true;
    }

    // ---- finding out what is to be told ----

    private async Task Look(CancellationToken stop)
    {
        if (_looks++ % LooksPerSweep == 0 && MayTry && !_sweeping)
        {
            _sweeping = true;
            try
            {
                await Sweep();
            }
            catch (Exception error)
            {
                SweepFailed(error, this.GetPrimaryKeyString());
            }
            finally
            {
                _sweeping = false;
            }
        }
        Pump();
        if (_looks % LooksPerSave == 0)
            await Save();
    }

    /// <summary>Follows the rows that changed. What is found there and told already costs a look into memory.</summary>
    private async Task Sweep()
    {
        var from = new ChangePoint(State.FromMinute, null);
        for (var point = from; MayTry;)
        {
            var changed = await store.Changed(WorkspaceId, point, RowsAtOnce);
            foreach (var row in changed.Rows)
            {
                if (!_waiting.ContainsKey(row.Id) && (await _cursors.Read(row.Id)).Rev < row.Rev)
                    Await(row.Id, from.Minute);
            }
            Pump();
            point = changed.Next;
            if (changed.More)
                continue;
            _next = changed.Next;
            break;
        }
        // Whatever still waits was found from some minute on: the next look, also one after a crash, begins there.
        var settled = _waiting.Values.Select(waiting => waiting.Since).Append(_next.Minute).Min();
        if (settled > State.FromMinute)
            Set(State with { FromMinute = settled });
    }

    private void Await(string conversationId, long since)
    {
        if (!_waiting.TryGetValue(conversationId, out var waiting))
            _waiting[conversationId] = waiting = new Waiting { At = DateTimeOffset.MinValue, Since = since };
        waiting.Since = Math.Min(waiting.Since, since);
        waiting.Again = true;
    }

    // ---- remembering how far it is ----

    private void Set(WebhookState next)
    {
        stored.State = next;
        _unsaved = true;
    }

    /// <summary>One write at a time; what changes meanwhile goes with the next.</summary>
    private async Task Save()
    {
        while (!_saving.IsCompleted)
            await _saving;
        if (!_unsaved || _removed)
            return;
        _unsaved = false;
        await (_saving = Write());
    }

    private async Task Write()
    {
        try
        {
            await stored.WriteStateAsync();
        }
        catch (Exception error)
        {
            SweepFailed(error, this.GetPrimaryKeyString());
            _unsaved = true;
            // Whether it was stored nobody knows; the next activation reads what is true.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Webhook} could not look for changes, or note how far it is; it tries again.")]
    private partial void SweepFailed(Exception error, string webhook);
}
