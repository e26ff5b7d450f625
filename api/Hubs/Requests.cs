using System.Text.Json.Serialization;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Hubs;

// What clients send to the hubs. Strict: every member that has no default must be there, no other may.

internal sealed record VisitorSend(string ClientId, string Text, IReadOnlyList<string>? AttachmentIds = null);
internal sealed record SyncFrom(string ConversationId, long Rev);
internal sealed record SeenUpTo(string ConversationId, long Seq);

/// <param name="Seq">The first entry that is unread again; null: the visitor's newest message.</param>
internal sealed record UnreadFrom(string ConversationId, long? Seq = null);

internal sealed record EntriesBefore(string ConversationId, long? Before = null, int Limit = 50);
internal sealed record PageNow(string Url, string? Title = null, string? Referrer = null);
internal sealed record WhoIAm(string? Name = null, string? Email = null);
internal sealed record Rating(string ConversationId, int Score, string? Comment = null);
internal sealed record Which(string ConversationId);

internal sealed record WatchQueue(
    QueueView View = QueueView.All,
    QueueFilter Filter = QueueFilter.All,
    QueueSort Sort = QueueSort.Newest,
    int Limit = 50,
    string? Cursor = null);

internal enum MessageKind
{
    [JsonStringEnumMemberName("reply")] Reply,
    [JsonStringEnumMemberName("note")] Note,
}

internal sealed record AgentSend(
    string ConversationId,
    string ClientId,
    string Text,
    MessageKind Kind,
    long? BasedOnSeq = null,
    IReadOnlyList<string>? AttachmentIds = null);

internal sealed record TypingIn(string ConversationId, bool IsTyping);
internal sealed record AssignTo(string ConversationId, string? AgentId);
internal sealed record SnoozeUntil(string ConversationId, [property: JsonConverter(typeof(Rfc3339))] DateTimeOffset Until);

/// <summary>The acknowledgement of an agent's message.</summary>
internal sealed record Sent(long Seq, long Rev, DateTimeOffset At);

/// <param name="Online">Somebody of the team is online, as they say themselves.</param>
internal sealed record TeamNow(bool Online);
