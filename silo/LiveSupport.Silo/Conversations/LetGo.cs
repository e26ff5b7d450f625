using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>
/// Events besides entries of which the record has let go, because it is written at every change: in memory, so that
/// whoever is not far behind is still told what happened. Another activation begins without them.
/// </summary>
/// <param name="from">The state's <see cref="ConversationState.OthersFrom"/> in the beginning.</param>
public sealed class LetGo(long from)
{
    /// <summary>Whoever is further behind gets a snapshot.</summary>
    public const long LongestCatchUp = 500;

    private readonly Queue<ConversationEvent> _events = new();

    /// <summary>Of events up to this revision some may be missing.</summary>
    public long From { get; private set; } = from;

    /// <summary>Oldest first; the state's own follow.</summary>
    public IEnumerable<ConversationEvent> Events => _events;

    /// <summary>One commit further.</summary>
    public void Follow(ConversationState before, ConversationState after)
    {
        if (after.OthersFrom == before.OthersFrom)
            return;
        foreach (var other in before.Others.TakeWhile(other => other.Rev <= after.OthersFrom))
            _events.Enqueue(other);
        // Of an erased person nothing is kept, here neither.
        var until = after.Erased is null ? after.Rev - LongestCatchUp : after.OthersFrom;
        while (_events.TryPeek(out var oldest) && oldest.Rev <= until)
            From = _events.Dequeue().Rev;
    }
}
