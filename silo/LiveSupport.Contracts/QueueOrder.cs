namespace LiveSupport.Contracts;

/// <summary>
/// The one definition of the order of lists: the queue's memory, the pages of its store and the windows on screens sort
/// by it, and so does the dashboard (web/dashboard/queue/window.ts).
/// </summary>
public static class QueueOrder
{
    /// <summary>
    /// A row's class in <see cref="QueueSort.Unread"/>, the most urgent first: what that agent has not read, before what
    /// is read; within each what waits for an answer (the visitor spoke last) first. What is solved comes last, read or not:
    /// nobody waits there, and what colleagues have solved in years is mostly unread.
    /// </summary>
    public static int Urgency(Status status, int unread, Author? lastBy) =>
        status == Status.Solved ? Solved : (unread > 0 ? 0 : 2) + (lastBy?.Type == AuthorType.Visitor ? 0 : 1);

    /// <summary>The last class.</summary>
    public const int Solved = 4;

    /// <summary>Where a row stands in that agent's list.</summary>
    public static QueueCursor PlaceOf(QueueRow row, QueueSort sort, string agentId) =>
        new(sort == QueueSort.Unread ? Urgency(row.Status, row.UnreadFor(agentId), row.PreviewBy) : 0, row.LastAt, row.Id);

    /// <summary>The same of a row as that agent sees it.</summary>
    public static QueueCursor PlaceOf(ConversationSummary row, QueueSort sort) =>
        new(sort == QueueSort.Unread ? Urgency(row.Status, row.Unread, row.PreviewBy) : 0, row.LastAt, row.Id);

    /// <summary>Negative: the first place comes first. Equal times fall back to the id, so that the order is total.</summary>
    public static int Compare(QueueSort sort, QueueCursor a, QueueCursor b)
    {
        if (a.Urgency != b.Urgency)
            return a.Urgency.CompareTo(b.Urgency);
        var byTime = a.LastAt.CompareTo(b.LastAt) is var time and not 0 ? time : string.CompareOrdinal(a.Id, b.Id);
        return sort == QueueSort.Oldest ? byTime : -byTime;
    }
}
