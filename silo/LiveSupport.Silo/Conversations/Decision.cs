using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>
/// What the rules say to a command: the next state with the events that lead to it, and the answer. Without events
/// nothing changes: a refusal, a repeat (the first answer again), or what is so already.
/// </summary>
public sealed record Decision<T>(ConversationState Next, ImmutableArray<ConversationEvent> Events, Outcome<T> Answer)
{
    public bool Changes => !Events.IsEmpty;
}

/// <summary>What a conversation must know of its surroundings in order to decide.</summary>
/// <param name="BotEnabled">The workspace has a bot.</param>
/// <param name="OwnerAccepts">The owner, if there is one, takes conversations now.</param>
public sealed record Surroundings(bool BotEnabled, bool OwnerAccepts);

/// <summary>A commit in the making: adds events one by one, each with the next revision, and applies them.</summary>
internal sealed class Change(ConversationState state, DateTimeOffset now)
{
    private readonly ImmutableArray<ConversationEvent>.Builder _events = ImmutableArray.CreateBuilder<ConversationEvent>();

    public ConversationState State { get; private set; } = state;

    /// <summary>Sets what no screen shows and no event tells.</summary>
    public void Remember(Func<ConversationState, ConversationState> what) => State = what(State);

    public Posted Say(
        string id, EntryKind kind, Author author, string text, ImmutableArray<Attachment>? attachments = null, Func<Entry, Entry>? more = null)
    {
        var entry = new Entry
        {
            Seq = State.Seq + 1,
            Rev = State.Rev + 1,
            Id = id,
            Kind = kind,
            Author = author,
            Text = text,
            At = now,
            Attachments = attachments,
        };
        Add(new EntryAdded { Rev = State.Rev + 1, At = now, Entry = more is null ? entry : more(entry) });
        return Conversation.PostedOf(State.Id, entry);
    }

    /// <summary>Says what happened. Its id has a colon, which no client's id can have.</summary>
    public void Tell(string code, string text, AgentRef? by = null) =>
        Say($"system:{State.Seq + 1}", EntryKind.System, new Author(AuthorType.System, by?.Id, by?.Name), text, more: e => e with { Code = code });

    public void SetMode(Mode mode)
    {
        if (State.Mode != mode)
            Add(new ModeChanged { Rev = State.Rev + 1, At = now, Mode = mode, Epoch = State.Epoch + 1 });
    }

    public void SetStatus(Status status, DateTimeOffset? until = null)
    {
        if (State.Status != status || State.SnoozedUntil != until)
            Add(new StatusChanged { Rev = State.Rev + 1, At = now, Status = status, Until = until, Epoch = State.Epoch + 1 });
    }

    public void SetOwner(AgentRef? owner)
    {
        if (State.Owner?.Id != owner?.Id)
            Add(new OwnerChanged { Rev = State.Rev + 1, At = now, Owner = owner, Epoch = State.Epoch + 1 });
    }

    public void MoveRead(Author by, long seq, int visitorEntries) =>
        Add(new ReadMoved { Rev = State.Rev + 1, At = now, By = by, Seq = seq, VisitorEntriesRead = visitorEntries });

    public void SetContact(Contact visitor) =>
        Add(new ContactChanged { Rev = State.Rev + 1, At = now, Visitor = visitor });

    public Decision<T> Answer<T>(T value) => new(State, _events.ToImmutable(), value);

    private void Add(ConversationEvent change)
    {
        _events.Add(change);
        State = Conversation.Apply(State, change);
    }
}
