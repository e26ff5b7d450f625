using LiveSupport.Contracts;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Webhooks;

/// <summary>How it tells what was found: whose turn it is, how often one event is tried, and when the endpoint rests.</summary>
public sealed partial class WebhookGrain
{
    /// <summary>Conversations that are told of at the same time.</summary>
    private const int AtOnce = 16;
    private const int KeptDeliveries = 50;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    private int _running;
    private int _failuresInARow;
    private DateTimeOffset? _restUntil;
    private bool _pumping;
    private bool _again;
    private bool _replaying;

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

    [LoggerMessage(Level = LogLevel.Warning, Message = "What happened in {Conversation} could not be told to webhook {Webhook}; it is tried again.")]
    private partial void TellingFailed(Exception error, string conversation, string webhook);
}
