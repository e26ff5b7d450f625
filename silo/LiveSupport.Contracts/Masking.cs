using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>
/// The visitor's view of a conversation. What a visitor must not see becomes <see cref="Hidden"/> among the events,
/// so that revisions stay dense, and is left out of pages. The only place that decides it.
/// </summary>
public static class Masking
{
    /// <summary>What agents do among themselves.</summary>
    private static readonly ImmutableHashSet<string> InternalCodes =
        [SystemCodes.Assigned, SystemCodes.Unassigned, SystemCodes.Snoozed, SystemCodes.Woke];

    /// <summary>Notes, and what agents do among themselves.</summary>
    public static bool IsInternal(Entry entry) =>
        entry.Kind == EntryKind.Note || (entry.Code is { } code && InternalCodes.Contains(code));

    public static bool MaySee(AuthorType reader, Entry entry) => reader != AuthorType.Visitor || !IsInternal(entry);

    /// <summary>The row as this reader may see it: what agents have read and put off is their affair.</summary>
    public static ConversationSummary For(AuthorType reader, ConversationSummary row) =>
        reader == AuthorType.Visitor ? row with { Unread = 0, SnoozedUntil = null } : row;

    /// <summary>The event as this reader may see it; the same revision in any case.</summary>
    public static ConversationEvent For(AuthorType reader, ConversationEvent change) => change switch
    {
        _ when reader != AuthorType.Visitor => change,
        EntryAdded { Entry: var entry } when IsInternal(entry) => new Hidden { Rev = change.Rev, At = change.At },
        StatusChanged { Until: not null } status => status with { Until = null },
        _ => change,
    };
}
