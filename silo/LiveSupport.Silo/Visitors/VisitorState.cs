using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Visitors;

/// <summary>What is stored of a visitor. Not who is online, and not the page: they are leases.</summary>
[GenerateSerializer, Immutable, Alias("ls.visitor-state"), Stored(1)]
public sealed record VisitorState
{
    /// <summary>SHA-256 of the secrets of the visitor's browsers in hex, the newest last.</summary>
    [Id(0)] public ImmutableArray<string> Secrets { get; init; } = [];
    [Id(1)] public string? Name { get; init; }
    [Id(2)] public string? Email { get; init; }
    [Id(3)] public bool Verified { get; init; }
    [Id(4)] public Device Device { get; init; }
    [Id(5)] public string? Browser { get; init; }
    [Id(6)] public Location? Location { get; init; }
    [Id(7)] public string? Locale { get; init; }
    [Id(8)] public string? TimeZone { get; init; }
    [Id(9)] public DateTimeOffset StartedAt { get; init; }
    [Id(10)] public DateTimeOffset? LastSeenAt { get; init; }
    [Id(11)] public string? ConversationId { get; init; }

    /// <summary>Who got this anonymous visitor's conversation, and which.</summary>
    [Id(12)] public HandedOver? HandedOver { get; init; }

    /// <summary>The anonymous visitors that were this one before the site vouched for it.</summary>
    [Id(13)] public ImmutableArray<string> Formerly { get; init; } = [];

    /// <summary>The files that were uploaded last, whether or not a message took them.</summary>
    [Id(16)] public ImmutableArray<string> Uploads { get; init; } = [];

    /// <summary>What its files have in all, and what is set aside for those on their way.</summary>
    [Id(17)] public long UploadedBytes { get; init; }

    /// <summary>When the visitor began its conversations of the last day.</summary>
    [Id(18)] public ImmutableArray<DateTimeOffset> Begun { get; init; } = [];

    /// <summary>Since when it is being erased; nobody is this visitor any more.</summary>
    [Id(14)] public DateTimeOffset? ErasingSince { get; init; }

    /// <summary>All that is left of one who was erased.</summary>
    [Id(15)] public Erasure? Erased { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.handed-over")]
public sealed record HandedOver([property: Id(0)] string ToVisitorId, [property: Id(1)] string ConversationId);
