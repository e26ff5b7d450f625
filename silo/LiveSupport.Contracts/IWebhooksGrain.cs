using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LiveSupport.Contracts;

/// <summary>What our webhooks tell. The names are public.</summary>
public static class WebhookTypes
{
    public const string ConversationCreated = "conversation.created";
    public const string HandedOver = "conversation.handed-over";
    public const string Assigned = "conversation.assigned";
    public const string Unassigned = "conversation.unassigned";
    public const string HandedToBot = "conversation.handed-to-bot";
    public const string Solved = "conversation.solved";
    public const string Reopened = "conversation.reopened";
    public const string Snoozed = "conversation.snoozed";
    public const string Woke = "conversation.woke";
    public const string Rated = "conversation.rated";
    public const string MessageCreated = "message.created";
    public const string NoteCreated = "note.created";

    /// <summary>The person was erased: whoever has copied something of the conversation deletes it now.</summary>
    public const string Erased = "conversation.erased";

    /// <summary>Sent on request only; nobody chooses it.</summary>
    public const string Test = "webhook.test";

    public static readonly ImmutableArray<string> All =
    [
        ConversationCreated, HandedOver, Assigned, Unassigned, HandedToBot, Solved, Reopened, Snoozed, Woke, Rated, MessageCreated, NoteCreated, Erased,
    ];
}

/// <summary>The webhook endpoints of one workspace. Key: the workspace's id.</summary>
[Alias("ls.webhooks")]
public interface IWebhooksGrain : IGrainWithStringKey
{
    [Alias("list"), ReadOnly] Task<ImmutableArray<WebhookEndpoint>> List();

    /// <summary>Makes an endpoint; it is told what happens from now on. The secret is in this answer only.</summary>
    [Alias("create")] Task<Outcome<WebhookMade>> Create(WebhookWish wish, AgentRef by);

    [Alias("change")] Task<Outcome<WebhookEndpoint>> Change(string id, WebhookWish wish);

    /// <summary>Makes a new secret. For a day messages are signed with the old one too.</summary>
    [Alias("roll")] Task<Outcome<WebhookMade>> Roll(string id);
    [Alias("remove")] Task<Outcome<Done>> Remove(string id);

    /// <summary>Sees to it that the endpoints are at work; answers how many there are.</summary>
    [Alias("run")] Task<int> Run();

    /// <summary>A hint that these conversations changed; none named: that hints were missed. Whoever never hears it
    /// finds out by itself, a little later.</summary>
    [Alias("changed")] Task Changed(ImmutableArray<string> conversationIds);

    /// <summary>These conversations were erased: what receivers answered when they were told of them is forgotten.</summary>
    [Alias("forget")] Task Forget(ImmutableArray<string> conversationIds);
}

/// <summary>
/// Delivers to one endpoint. Key: <see cref="Ids.Key"/>(workspace, endpoint). There is no outbox that a message would
/// have to be written to: conversations forget no entry (but when a person is erased), rows say which conversations changed, and this
/// grain keeps how far it has told of each.
/// </summary>
[Alias("ls.webhook")]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>Works on these terms from now on.</summary>
    [Alias("run")] Task Run(WebhookTerms terms);
    [Alias("changed")] Task Changed(ImmutableArray<string> conversationIds);
    [Alias("forget")] Task Forget(ImmutableArray<string> conversationIds);
    [Alias("report"), ReadOnly] Task<WebhookReport> Report();

    /// <summary>Sends a test event now, whatever state the endpoint is in.</summary>
    [Alias("test")] Task<WebhookDelivery> Test();

    /// <summary>Sends given-up events again, out of their order; all when null. Answers how many it begins to send.</summary>
    [Alias("replay")] Task<int> Replay(ImmutableArray<string>? eventIds);

    /// <summary>Forgets given-up events; all when null.</summary>
    [Alias("discard")] Task<int> Discard(ImmutableArray<string>? eventIds);

    /// <summary>Goes on after a suspension, where it stopped.</summary>
    [Alias("resume")] Task Resume();

    /// <summary>The endpoint is no more.</summary>
    [Alias("stop")] Task Stop();

    /// <summary>Deletes what is kept of an endpoint that is no more, a part with each call. True when nothing is left.</summary>
    [Alias("clear")] Task<bool> Clear();
}

/// <param name="Events">Some of <see cref="WebhookTypes.All"/>.</param>
[GenerateSerializer, Immutable, Alias("ls.webhook-wish")]
public sealed record WebhookWish(
    [property: Id(0)] string Url,
    [property: Id(1)] ImmutableArray<string> Events,
    [property: Id(2)] string? Description = null,
    [property: Id(3)] bool Paused = false);

[GenerateSerializer, Immutable, Alias("ls.webhook-endpoint")]
public sealed record WebhookEndpoint
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public required string Url { get; init; }
    [Id(2)] public required ImmutableArray<string> Events { get; init; }
    [Id(3)] public string? Description { get; init; }

    /// <summary>Nothing is sent; what happens meanwhile is sent when it goes on.</summary>
    [Id(4)] public required bool Paused { get; init; }
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(6)] public required AgentRef CreatedBy { get; init; }
}

/// <param name="Secret">Shown this once: <c>whsec_…</c>.</param>
[GenerateSerializer, Immutable, Alias("ls.webhook-made")]
public sealed record WebhookMade([property: Id(0)] WebhookEndpoint Endpoint, [property: Id(1)] string Secret)
{
    /// <summary>Without the secret: an engine that traces its messages writes this.</summary>
    public override string ToString() => $"{nameof(WebhookMade)} {Endpoint.Id}";
}

/// <param name="Secrets">Encrypted; the newest first.</param>
[GenerateSerializer, Immutable, Alias("ls.webhook-terms")]
public sealed record WebhookTerms([property: Id(0)] WebhookEndpoint Endpoint, [property: Id(1)] ImmutableArray<string> Secrets);

[JsonConverter(typeof(JsonStringEnumConverter<WebhookHealth>))]
public enum WebhookHealth
{
    [JsonStringEnumMemberName("ok")] Ok = 0,

    /// <summary>It does not answer as it should; tried again, less and less often.</summary>
    [JsonStringEnumMemberName("failing")] Failing = 1,
    [JsonStringEnumMemberName("paused")] Paused = 2,

    /// <summary>We have stopped trying; somebody must resume it.</summary>
    [JsonStringEnumMemberName("suspended")] Suspended = 3,
}

/// <summary>How an endpoint does.</summary>
[GenerateSerializer, Immutable, Alias("ls.webhook-report")]
public sealed record WebhookReport
{
    [Id(0)] public required WebhookHealth Health { get; init; }

    /// <summary>Why it is suspended.</summary>
    [Id(1)] public string? Reason { get; init; }
    [Id(2)] public DateTimeOffset? FailingSince { get; init; }
    [Id(3)] public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Conversations of which something is still to be told.</summary>
    [Id(4)] public required int Waiting { get; init; }

    /// <summary>Events that were taken, since the endpoint was made.</summary>
    [Id(5)] public required long Delivered { get; init; }

    /// <summary>The newest first.</summary>
    [Id(6)] public required ImmutableArray<WebhookDelivery> Recent { get; init; }
    [Id(7)] public required ImmutableArray<WebhookDeadLetter> DeadLetters { get; init; }
}

/// <summary>One attempt.</summary>
[GenerateSerializer, Immutable, Alias("ls.webhook-delivery")]
public sealed record WebhookDelivery
{
    [Id(0)] public required string EventId { get; init; }
    [Id(1)] public required string Type { get; init; }
    [Id(2)] public string? ConversationId { get; init; }
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>The attempt at this event: 1, 2, …</summary>
    [Id(4)] public required int Attempt { get; init; }
    [Id(5)] public required bool Accepted { get; init; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    [Id(6)] public int? Status { get; init; }
    [Id(7)] public required int Milliseconds { get; init; }

    /// <summary>What went wrong, for a person.</summary>
    [Id(8)] public string? Error { get; init; }

    /// <summary>The beginning of the answer's body.</summary>
    [Id(9)] public string? Response { get; init; }
}

/// <summary>An event that was given up.</summary>
[GenerateSerializer, Immutable, Alias("ls.webhook-dead-letter")]
public sealed record WebhookDeadLetter
{
    [Id(0)] public required string EventId { get; init; }
    [Id(1)] public required string Type { get; init; }
    [Id(2)] public required string ConversationId { get; init; }
    [Id(3)] public required long Rev { get; init; }

    /// <summary>The entry that it tells; null when it tells none.</summary>
    [Id(4)] public long? Seq { get; init; }

    /// <summary>When it happened.</summary>
    [Id(5)] public required DateTimeOffset At { get; init; }
    [Id(6)] public required DateTimeOffset GivenUpAt { get; init; }
    [Id(7)] public required int Attempts { get; init; }
    [Id(8)] public required string Error { get; init; }
}
