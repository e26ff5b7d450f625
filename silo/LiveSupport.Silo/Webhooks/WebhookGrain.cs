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

    /// <summary>Conversations that are told of at the same time.</summary>
    private const int AtOnce = 16;
    private const int RowsAtOnce = 500;
    private const int KeptDeliveries = 50;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

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
    private int _running;
    private int _failuresInARow;
    private DateTimeOffset? _restUntil;
    private bool _sweeping;
    private bool _pumping;
    private bool _again;
    private bool _replaying;
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

    // ---- telling it ----

    private void Pump()
    {
        // Telling ends at once when nothing is worth it, and pumps: the one who began it goes on, not a second one inside it.
        _again = true;
        if (_pumping)
            return;
        _pumping = true;
        while (_again)
        {
            _again = false;
            BeginDue();
        }
        _pumping = false;
    }

    private void BeginDue()
    {
        if (!MayTry)
            return;
        var rests = _failuresInARow > 0 && _restUntil is not null;
        if (rests && (_restUntil > Now || _running > 0))
            return;
        // While it rests one event knocks, whichever would be first; else all that are due go, a few at a time.
        var due = _waiting.Where(one => !one.Value.Running && (rests || one.Value.At <= Now)).OrderBy(one => one.Value.At)
            .Take(rests ? 1 : AtOnce - _running).ToList();
        foreach (var (id, waiting) in due)
        {
            waiting.Running = true;
            _running++;
            Begin(Tell(id, waiting));
        }
    }

    private void Begin(Task work)
    {
        _work.RemoveWhere(done => done.IsCompleted);
        _work.Add(work);
    }

    private async Task Tell(string conversationId, Waiting waiting)
    {
        try
        {
            var isTold = false;
            while (MayTry && waiting.Again)
            {
                waiting.Again = false;
                isTold = await TellAll(conversationId, waiting);
                if (!isTold)
                    break;
            }
            if (isTold && !waiting.Again)
                _waiting.Remove(conversationId);
            else
                waiting.Again = true;
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            // Ours, not the endpoint's: the store, or another silo, is away for a moment.
            TellingFailed(error, conversationId, this.GetPrimaryKeyString());
            waiting.At = Now + WebhookRules.Delay(1, Random.Shared.NextDouble());
            waiting.Again = true;
        }
        finally
        {
            waiting.Running = false;
            _running--;
        }
        Pump();
    }

    /// <summary>False when the endpoint did not take it, or may not be tried any more.</summary>
    private async Task<bool> TellAll(string conversationId, Waiting waiting)
    {
        var cursor = await _cursors.Read(conversationId);
        while (MayTry && await _reader.Next(conversationId, cursor, _terms!.Endpoint.CreatedAt) is { } batch)
        {
            var at = batch.From;
            foreach (var told in batch.Events)
            {
                if (!MayTry)
                    return false;
                if (!_terms!.Endpoint.Events.Contains(told.Type) || (told.Rev == 0 && at.Begun))
                    continue;
                at = await TellOne(told, batch.Row, at, waiting);
                if (at.Failures > 0)
                    return false;
            }
            // In memory is enough: what was not worth telling is found not worth it again.
            cursor = batch.Upto with { Begun = at.Begun };
            await _cursors.Note(conversationId, cursor);
            if (!batch.More)
                return true;
        }
        return MayTry;
    }

    private async Task<WebhookCursor> TellOne(WebhookEvent told, QueueRow row, WebhookCursor cursor, Waiting waiting)
    {
        var (delivery, retryAfter) = await sender.Send(_terms!, Body(told, row), cursor.Failures + 1, _stop.Token);
        _stop.Token.ThrowIfCancellationRequested();
        var past = cursor with
        {
            Known = true,
            Begun = cursor.Begun || told.Rev == 0,
            Rev = Math.Max(cursor.Rev, told.Rev),
            Seq = told.Entry?.Seq ?? cursor.Seq,
            Failures = 0,
            FailingSince = null,
        };
        Remember(delivery);
        if (delivery.Accepted)
        {
            await _cursors.Write(told.ConversationId, past);
            Took();
            return past;
        }

        var failed = cursor with { Failures = cursor.Failures + 1, FailingSince = cursor.FailingSince ?? Now };
        var failingSince = State.ResumedAt > failed.FailingSince ? State.ResumedAt.Value : failed.FailingSince.Value;
        var isGivenUp = Now - failingSince >= WebhookRules.GivenUpAfter;
        if (isGivenUp)
            await GiveUp(told, failed.Failures, delivery);
        await _cursors.Write(told.ConversationId, isGivenUp ? past : failed);
        Failed(delivery);
        if (isGivenUp)
            return past;
        var delay = WebhookRules.Delay(failed.Failures, Random.Shared.NextDouble());
        waiting.At = Now + (retryAfter > delay ? (retryAfter < LongestRetryAfter ? retryAfter.Value : LongestRetryAfter) : delay);
        return failed;
    }

    private WebhookBody Body(WebhookEvent told, QueueRow row) =>
        new(told.Id, told.Type, told.At, WorkspaceId, new WebhookData(WebhookConversation.Of(row), told.Entry));

    private async Task GiveUp(WebhookEvent told, int attempts, WebhookDelivery delivery)
    {
        var letter = new WebhookDeadLetter
        {
            EventId = told.Id,
            Type = told.Type,
            ConversationId = told.ConversationId,
            Rev = told.Rev,
            Seq = told.Entry?.Seq,
            At = told.At,
            GivenUpAt = Now,
            Attempts = attempts,
            Error = delivery.Error ?? "",
        };
        WebhookMeasures.GivenUp();
        Set(State with { Dead = State.Dead.RemoveAll(known => known.EventId == letter.EventId).Insert(0, letter) });
        if (State.Dead.Length >= WebhookRules.DeadLetters)
            Suspend($"{WebhookRules.DeadLetters} events were given up.");
        // Before the cursor passes the event: it is always in one of the two.
        await Save();
    }

    private async Task Replay(List<WebhookDeadLetter> letters)
    {
        try
        {
            // The oldest first: as near to the order as it can still be.
            foreach (var letter in letters.OrderBy(letter => letter.At).ThenBy(letter => letter.Rev))
            {
                var (row, entry) = await _reader.Find(letter.ConversationId, letter.Seq);
                if (_terms is not { } terms || row is null)
                    continue;
                var told = new WebhookEvent(letter.Type, letter.ConversationId, letter.Rev, letter.At, entry);
                var (delivery, _) = await sender.Send(terms, Body(told, row), letter.Attempts + 1, _stop.Token);
                Remember(delivery);
                if (State.Dead.FirstOrDefault(known => known.EventId == letter.EventId) is not { } still)
                    continue;
                Set(State with
                {
                    Dead = delivery.Accepted
                        ? State.Dead.Remove(still)
                        : State.Dead.Replace(still, still with { Attempts = still.Attempts + 1, Error = delivery.Error ?? "" }),
                });
                if (delivery.Accepted)
                    Took();
            }
            await Save();
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            TellingFailed(error, "given-up events", this.GetPrimaryKeyString());
        }
        finally
        {
            _replaying = false;
        }
    }

    // ---- how the endpoint does ----

    private void Took()
    {
        Set(State with { Delivered = State.Delivered + 1, FailingSince = null });
        var rested = _restUntil is not null;
        (_failuresInARow, _restUntil) = (0, null);
        if (rested)
            Wake();
    }

    private void Failed(WebhookDelivery delivery)
    {
        Set(State with { FailingSince = State.FailingSince ?? Now });
        _failuresInARow++;
        _restUntil = WebhookRules.Rest(_failuresInARow, Random.Shared.NextDouble()) is { } rest ? Now + rest : null;
        if (delivery.Status == 410)
            Suspend("It answered 410: gone.");
        else if (Now - State.FailingSince >= WebhookRules.SuspendedAfter)
            Suspend($"It has taken nothing for {WebhookRules.SuspendedAfter.TotalHours:0} hours.");
    }

    private void Suspend(string reason) => Set(State with { Suspended = reason });

    /// <summary>Nobody waits for a retry any more: there is a reason to believe that it works now.</summary>
    private void Wake()
    {
        (_failuresInARow, _restUntil) = (0, null);
        foreach (var waiting in _waiting.Values)
            waiting.At = DateTimeOffset.MinValue;
    }

    /// <summary>A receiver may have answered with what it was sent.</summary>
    private WebhookDelivery WithoutForgotten(WebhookDelivery delivery) =>
        delivery.ConversationId is { } id && _forgotten.Contains(id) ? delivery with { Response = null } : delivery;

    private void Remember(WebhookDelivery delivery)
    {
        WebhookMeasures.Attempted(delivery);
        Set(State with { Recent = [WithoutForgotten(delivery), .. State.Recent.Take(KeptDeliveries - 1)] });
    }

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

    private sealed class Waiting
    {
        /// <summary>Not before.</summary>
        public DateTimeOffset At { get; set; }

        /// <summary>It may have changed in this minute of the store's clock, but not earlier.</summary>
        public long Since { get; set; }
        public bool Running { get; set; }

        /// <summary>There may be more than what is being told.</summary>
        public bool Again { get; set; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Webhook} could not look for changes, or note how far it is; it tries again.")]
    private partial void SweepFailed(Exception error, string webhook);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What happened in {Conversation} could not be told to webhook {Webhook}; it is tried again.")]
    private partial void TellingFailed(Exception error, string conversation, string webhook);
}
