using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>
/// What a workspace's one stream carries to the edges. Hints only: an event may be lost, and everybody who reads
/// it can tell (by <c>rev</c>, by <c>version</c>, by the missing tick) and fetches the truth.
/// </summary>
public static class WorkspaceStream
{
    /// <summary>The stream provider's name on both engines.</summary>
    public const string Provider = "live";

    /// <summary>The streams' namespace; the key is the workspace's id.</summary>
    public const string Namespace = "workspace";

    /// <summary>How often the queue says that it lives.</summary>
    public static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(2);

    /// <summary>After so long without a tick an edge subscribes anew and resyncs.</summary>
    public static readonly TimeSpan DeafAfter = TimeSpan.FromSeconds(6);
}

[GenerateSerializer, Immutable, Alias("ls.stream")]
public abstract record WorkspaceEvent
{
    /// <summary>Itself, or what it brings together.</summary>
    public virtual ImmutableArray<WorkspaceEvent> Each() => [this];
}

/// <summary>What one silo had to say at the same moment, in order.</summary>
[GenerateSerializer, Immutable, Alias("ls.stream.together")]
public sealed record Together([property: Id(0)] ImmutableArray<WorkspaceEvent> Events) : WorkspaceEvent
{
    public override ImmutableArray<WorkspaceEvent> Each() => Events;
}

/// <summary>Committed events of one conversation, in order.</summary>
[GenerateSerializer, Immutable, Alias("ls.stream.conversation")]
public sealed record ConversationChanged(
    [property: Id(0)] string ConversationId,
    [property: Id(1)] string VisitorId,
    [property: Id(2)] ImmutableArray<ConversationEvent> Events) : WorkspaceEvent;

/// <summary>Rows that changed in the queue, and the account after them. Versions are dense: a gap means "ask again".</summary>
/// <param name="Owners">The owners whose account changed, not all of them.</param>
[GenerateSerializer, Immutable, Alias("ls.stream.queue")]
public sealed record QueueChanged(
    [property: Id(0)] long Version,
    [property: Id(1)] ImmutableArray<RowChange> Rows,
    [property: Id(2)] StatusTally Total,
    [property: Id(3)] int Unassigned,
    [property: Id(4)] ImmutableDictionary<string, StatusTally> Owners) : WorkspaceEvent;

/// <param name="Row">The row now.</param>
/// <param name="Before">The row that it replaced, when what agents have read is all that changed: then it is no news on
/// most screens.</param>
/// <param name="Online">The visitor is online.</param>
[GenerateSerializer, Immutable, Alias("ls.row-change")]
public sealed record RowChange(
    [property: Id(0)] QueueRow Row,
    [property: Id(1)] QueueRow? Before,
    [property: Id(2)] bool Online);

[GenerateSerializer, Immutable, Alias("ls.stream.presence")]
public sealed record PresenceChanged([property: Id(0)] string VisitorId, [property: Id(1)] bool Online) : WorkspaceEvent;

[GenerateSerializer, Immutable, Alias("ls.stream.visitor")]
public sealed record VisitorChanged([property: Id(0)] VisitorProfile Visitor) : WorkspaceEvent;

/// <summary>Whoever is connected as this visitor is it no longer.</summary>
[GenerateSerializer, Immutable, Alias("ls.stream.visitor-erased")]
public sealed record VisitorErased([property: Id(0)] string VisitorId) : WorkspaceEvent;

/// <param name="AmongAgents">The visitor must not see it.</param>
[GenerateSerializer, Immutable, Alias("ls.stream.typing")]
public sealed record TypingChanged(
    [property: Id(0)] string ConversationId,
    [property: Id(1)] string VisitorId,
    [property: Id(2)] Author By,
    [property: Id(3)] bool IsTyping,
    [property: Id(4)] bool AmongAgents = false) : WorkspaceEvent;

[GenerateSerializer, Immutable, Alias("ls.stream.viewers")]
public sealed record ViewersChanged(
    [property: Id(0)] string ConversationId,
    [property: Id(1)] ImmutableArray<Viewer> Viewers) : WorkspaceEvent;

[GenerateSerializer, Immutable, Alias("ls.stream.agent")]
public sealed record AgentChanged([property: Id(0)] AgentProfile Agent) : WorkspaceEvent;

/// <summary>An agent signed out of one session.</summary>
[GenerateSerializer, Immutable, Alias("ls.stream.session-ended")]
public sealed record SessionEnded([property: Id(0)] string Session) : WorkspaceEvent;

/// <summary>The queue lives, and stands at this version.</summary>
[GenerateSerializer, Immutable, Alias("ls.stream.tick")]
public sealed record Tick([property: Id(0)] long Version) : WorkspaceEvent;
