using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Webhooks;

/// <summary>What is to be told of a conversation next, and how far that goes.</summary>
/// <param name="Row">The conversation now.</param>
/// <param name="From">Where it begins.</param>
/// <param name="More">There is more behind it.</param>
internal sealed record WebhookBatch(QueueRow Row, WebhookCursor From, ImmutableArray<WebhookEvent> Events, WebhookCursor Upto, bool More);

/// <summary>Reads a conversation's own record from a cursor on: the outbox that nobody had to write.</summary>
internal sealed class WebhookReader(IGrainFactory grains, string workspaceId)
{
    private static readonly Reader Program = new(AuthorType.Agent, "");

    /// <param name="since">A conversation that is not known yet is told of from the first line at or after this.</param>
    public async Task<WebhookBatch?> Next(string conversationId, WebhookCursor cursor, DateTimeOffset since)
    {
        var conversation = grains.GetGrain<IConversationGrain>(Ids.Key(workspaceId, conversationId));
        if (await conversation.Row() is not { } row)
            return null;
        if (!cursor.Known)
            cursor = row.StartedAt >= since ? new WebhookCursor { Known = true } : await Beginning(conversation, since);
        if (row.Rev <= cursor.Rev)
            return new WebhookBatch(row, cursor, [], cursor, More: false);

        var caughtUp = (await conversation.Sync(Program, cursor.Rev)).Value;
        if (caughtUp?.Events is { } events)
        {
            var upto = cursor with
            {
                Failures = 0,
                FailingSince = null,
                Rev = events[^1].Rev,
                Seq = events.OfType<EntryAdded>().LastOrDefault()?.Entry.Seq ?? cursor.Seq,
                Status = events.OfType<StatusChanged>().LastOrDefault()?.Status ?? cursor.Status ?? row.Status,
            };
            return new WebhookBatch(row, cursor, [.. WebhookEvents.Of(conversationId, events)], upto, More: false);
        }
        return await FromEntries(conversation, row, cursor);
    }

    /// <summary>The entry of that place, if it is still what the event was about.</summary>
    public async Task<(QueueRow? Row, Entry? Entry)> Find(string conversationId, long? seq)
    {
        var conversation = grains.GetGrain<IConversationGrain>(Ids.Key(workspaceId, conversationId));
        var row = await conversation.Row();
        return (row, seq is { } at && (await conversation.Entries(Program, at + 1, 1)).Value?.Entries is [var entry] ? entry : null);
    }

    /// <summary>Too far behind for single events: the entries are all there for ever, and the last silent change of status is told by what it led to.</summary>
    private static async Task<WebhookBatch> FromEntries(IConversationGrain conversation, QueueRow row, WebhookCursor cursor)
    {
        var page = (await conversation.Entries(Program, cursor.Seq + Limits.Page + 1, Limits.Page)).Value;
        ImmutableArray<Entry> entries = page is null ? [] : [.. page.Entries.Where(entry => entry.Seq > cursor.Seq && entry.Rev <= row.Rev)];
        var told = entries.SelectMany(entry => WebhookEvents.Of(row.Id, entry)).ToList();
        var last = entries is [.., var newest] ? newest.Seq : cursor.Seq;
        if (last < row.Seq && !entries.IsEmpty)
            return new WebhookBatch(row, cursor, [.. told], cursor with { Failures = 0, FailingSince = null, Rev = entries[^1].Rev, Seq = last, Status = StatusIn(entries) ?? cursor.Status }, More: true);

        var status = StatusIn(entries) ?? cursor.Status;
        if (status is { } known && known != row.Status)
            told.Add(WebhookEvents.Silent(row.Id, row.Status, row.Rev, row.LastAt));
        return new WebhookBatch(row, cursor, [.. told], cursor with { Failures = 0, FailingSince = null, Rev = row.Rev, Seq = last, Status = row.Status }, More: false);
    }

    private static async Task<WebhookCursor> Beginning(IConversationGrain conversation, DateTimeOffset since)
    {
        long? before = null;
        while ((await conversation.Entries(Program, before, Limits.Page)).Value is { Entries: { IsEmpty: false } entries } page)
        {
            if (entries.LastOrDefault(entry => entry.At < since) is { } last)
                return new WebhookCursor { Known = true, Rev = last.Rev, Seq = last.Seq };
            if (!page.HasMore)
                break;
            before = entries[0].Seq;
        }
        return new WebhookCursor { Known = true };
    }

    private static Status? StatusIn(ImmutableArray<Entry> entries) => entries.Reverse().Select(entry => entry.Code switch
    {
        SystemCodes.Solved or SystemCodes.Ended or SystemCodes.Erased => Status.Solved,
        SystemCodes.Snoozed => Status.Snoozed,
        SystemCodes.Reopened or SystemCodes.Woke => Status.Active,
        _ => (Status?)null,
    }).FirstOrDefault(status => status is not null);
}
