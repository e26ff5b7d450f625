using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Webhooks;

/// <summary>Something that is told to the outside: one message, or one change of a conversation.</summary>
/// <param name="Rev">The revision that brought it; with the conversation it is the event's id, the same for ever.</param>
/// <param name="Entry">What was said, or the transcript's line about the change; null for a change without a line.</param>
public sealed record WebhookEvent(string Type, string ConversationId, long Rev, DateTimeOffset At, Entry? Entry)
{
    public string Id => $"{ConversationId}:{Rev}";
}

/// <summary>Translates what happened in a conversation. Pure, so that an event is the same however often it is told.</summary>
public static class WebhookEvents
{
    /// <summary>All that these events of one conversation, in order and without a gap, mean to the outside.</summary>
    public static IEnumerable<WebhookEvent> Of(string conversationId, ImmutableArray<ConversationEvent> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            switch (events[i])
            {
                case EntryAdded { Entry: var entry }:
                    foreach (var told in Of(conversationId, entry))
                        yield return told;
                    break;
                // Most changes of status have a line of their own right behind them; a few are silent.
                case StatusChanged status when (i + 1 < events.Length ? events[i + 1] : null) is not EntryAdded { Entry: { Kind: EntryKind.System } }:
                    yield return Silent(conversationId, status.Status, status.Rev, status.At);
                    break;
            }
        }
    }

    public static IEnumerable<WebhookEvent> Of(string conversationId, Entry entry)
    {
        // The first line of all also says that there is a conversation; revision 0 is nothing else's.
        if (entry.Seq == 1)
            yield return new WebhookEvent(WebhookTypes.ConversationCreated, conversationId, 0, entry.At, null);
        if (TypeOf(entry) is { } type)
            yield return new WebhookEvent(type, conversationId, entry.Rev, entry.At, entry);
    }

    /// <summary>A status that changed without a line in the transcript: the bot's talk ran out, or a message ended a snooze.</summary>
    public static WebhookEvent Silent(string conversationId, Status status, long rev, DateTimeOffset at) => new(
        status switch { Status.Solved => WebhookTypes.Solved, Status.Snoozed => WebhookTypes.Snoozed, _ => WebhookTypes.Woke },
        conversationId, rev, at, null);

    private static string? TypeOf(Entry entry) => entry.Kind switch
    {
        EntryKind.Text or EntryKind.Attachment => WebhookTypes.MessageCreated,
        EntryKind.Note => WebhookTypes.NoteCreated,
        _ => entry.Code switch
        {
            SystemCodes.AskedForPerson or SystemCodes.BotHandedOff => WebhookTypes.HandedOver,
            SystemCodes.Joined or SystemCodes.TookOver or SystemCodes.Assigned => WebhookTypes.Assigned,
            SystemCodes.Left or SystemCodes.Unassigned => WebhookTypes.Unassigned,
            SystemCodes.HandedToBot => WebhookTypes.HandedToBot,
            SystemCodes.Solved or SystemCodes.Ended => WebhookTypes.Solved,
            SystemCodes.Reopened => WebhookTypes.Reopened,
            SystemCodes.Snoozed => WebhookTypes.Snoozed,
            SystemCodes.Woke => WebhookTypes.Woke,
            SystemCodes.Rated => WebhookTypes.Rated,
            SystemCodes.Erased => WebhookTypes.Erased,
            _ => null,
        },
    };
}
