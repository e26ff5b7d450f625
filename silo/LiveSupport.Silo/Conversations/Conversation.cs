using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>
/// The rules of a conversation: who may do what, and what follows. Pure: a command and the state give a
/// <see cref="Decision{T}"/>; nothing here reads a clock, a store or another grain. What each command means stands at
/// <see cref="IConversationGrain"/>.
/// </summary>
/// <remarks>
/// Commands that bring a message take the <c>earlier</c> entry that has its id already, wherever it is kept: the same
/// message again gets the first answer, another one with that id is a conflict. The message is always the last event
/// of its commit, so that its entry's revision answers a repeat.
/// </remarks>
public static partial class Conversation
{
    /// <summary>An answer that takes longer is asked for again.</summary>
    public static readonly TimeSpan BotAnswersWithin = TimeSpan.FromSeconds(30);

    /// <summary>A talk with the bot in which nobody says anything for so long is solved silently.</summary>
    public static readonly TimeSpan BotIdleAfter = TimeSpan.FromMinutes(30);

    /// <summary>So long after it was solved the visitor's next message still continues it.</summary>
    public static readonly TimeSpan ReopensWithin = TimeSpan.FromHours(24);

    /// <summary>A reopened conversation goes back to its owner only if an agent replied within this.</summary>
    private static readonly TimeSpan OwnerRemembersFor = TimeSpan.FromHours(24);

    private static readonly TimeSpan LongestSnooze = TimeSpan.FromDays(366);

    private const int CommentLength = 2_000;

    private static readonly ReadMark NothingRead = new(0, 0);

    private static readonly Refusal NotFound = new(Codes.NotFound, "There is no such conversation.");
    private static readonly Refusal VisitorEnded = new(Codes.Conflict, "The visitor has ended this conversation. Their next message opens another one.");
    private static readonly Refusal PersonErased = new(Codes.Conflict, "This person was erased. Nothing can be added to the conversation.");
    private static readonly Refusal Over = new(Codes.Ended, "This conversation is over. The next message opens another one.");
    private static readonly Refusal NoSuchEntry = new(Codes.BadRequest, "There is no such entry.");
    private static readonly Refusal NotText = new(Codes.BadRequest, "The message has characters that are no text.");
    private static readonly Refusal StaleTurn = new(Codes.Stale, "The conversation has moved on since the bot began to answer.");

    // ---- the visitor ----

    public static Decision<Posted> Post(
        ConversationState state, VisitorMessage message, Entry? earlier, Surroundings around, DateTimeOffset now)
    {
        var author = new Author(AuthorType.Visitor, message.Visitor.Id, message.Visitor.Name);
        var kind = KindOf(message.Attachments);
        if (state.Exists && !IsOf(state, message.Visitor.Id))
            return Refuse<Posted>(state, NotFound);
        if (earlier is not null)
            return Again(state, earlier, author, kind, message.Text, message.Attachments);
        if (Fault(message.ClientId, message.Text, message.Attachments, Limits.VisitorText) is { } fault)
            return Refuse<Posted>(state, fault);
        if (IsOver(state, now))
            return Refuse<Posted>(state, Over);

        var change = BeginOrWake(state, message.Visitor, around, now);
        // What the visitor grain knew and this conversation had not heard of yet.
        var known = Merged(change.State.Visitor, message.Visitor);
        if (change.State.Visitor != known)
            change.SetContact(known);
        var posted = change.Say(message.ClientId, kind, author, message.Text, message.Attachments);
        if (message.WantsPerson && change.State.Mode != Mode.HumanInteraction)
            AskForPerson(change);
        return change.Answer(posted);
    }

    public static Decision<Done> TalkToHuman(ConversationState state, Contact visitor, Surroundings around, DateTimeOffset now)
    {
        if (state.Exists && !IsOf(state, visitor.Id))
            return Refuse<Done>(state, NotFound);
        if (IsOver(state, now))
            return Refuse<Done>(state, Over);
        if (state is { Exists: true, Mode: Mode.HumanInteraction, Status: Status.Active })
            return Nothing(state);

        var change = BeginOrWake(state, visitor, around, now);
        AskForPerson(change);
        return change.Answer(Done.It);
    }

    public static Decision<Done> End(ConversationState state, string visitorId, DateTimeOffset now)
    {
        if (!IsOf(state, visitorId))
            return Refuse<Done>(state, NotFound);
        if (state.Ended)
            return Nothing(state);
        var change = new Change(state, now);
        change.SetStatus(Status.Solved);
        change.Tell(SystemCodes.Ended, "The visitor ended the conversation");
        return change.Answer(Done.It);
    }

    public static Decision<Done> Rate(ConversationState state, string visitorId, int score, string? comment, DateTimeOffset now)
    {
        if (!IsOf(state, visitorId))
            return Refuse<Done>(state, NotFound);
        if (score is < 1 or > 5)
            return Refuse<Done>(state, new Refusal(Codes.BadRequest, "A rating is a whole number from 1 to 5."));
        if (comment is { Length: > CommentLength })
            return Refuse<Done>(state, new Refusal(Codes.TooLong, $"A comment may have up to {CommentLength} characters."));
        if (comment is not null && !Texts.IsText(comment))
            return Refuse<Done>(state, NotText);
        var rating = new Rating(score, comment is null || Texts.IsBlank(comment) ? null : comment);
        if (state.Rating == rating)
            return Nothing(state);
        var change = new Change(state, now);
        change.Tell(SystemCodes.Rated, rating.Comment is null ? $"Rated {score} of 5" : $"Rated {score} of 5: {rating.Comment}");
        change.Remember(s => s with { Rating = rating });
        return change.Answer(Done.It);
    }

    public static Decision<Done> SetContact(ConversationState state, Contact visitor, DateTimeOffset now)
    {
        if (!IsOf(state, visitor.Id))
            return Refuse<Done>(state, NotFound);
        if (state.Visitor == visitor)
            return Nothing(state);
        var change = new Change(state, now);
        change.SetContact(visitor);
        return change.Answer(Done.It);
    }

    public static Decision<Done> Adopt(ConversationState state, string fromVisitorId, Contact visitor, DateTimeOffset now)
    {
        if (IsOf(state, visitor.Id))
            return Nothing(state);
        if (!IsOf(state, fromVisitorId))
            return Refuse<Done>(state, NotFound);
        var change = new Change(state, now);
        change.SetContact(visitor);
        return change.Answer(Done.It);
    }

    /// <summary>The person is erased. Its pages and files are the grain's to delete.</summary>
    /// <param name="attachments">Files that it held.</param>
    /// <param name="at">The erasure of which it is a part.</param>
    public static Decision<Done> Erase(
        ConversationState state, string visitorId, AgentRef by, int attachments, DateTimeOffset at, DateTimeOffset now)
    {
        if (state.Exists && state.Visitor.Id != visitorId)
            return Refuse<Done>(state, NotFound);
        if (state.Erased is not null)
            return Nothing(state);
        var nobody = new Contact(visitorId);
        // One in which nobody has written yet is erased too: a message may be on its way to it.
        var change = new Change(state.Exists ? state : state with { Visitor = nobody, StartedAt = now, LastAt = now }, now);
        if (state.Exists && state.Visitor != nobody)
            change.SetContact(nobody);
        change.SetStatus(Status.Solved);
        change.Remember(s => s with { Erased = new ErasedMark(s.Seq, attachments, at) });
        change.Tell(SystemCodes.Erased, $"{by.Name} erased this person", by);
        return change.Answer(Done.It);
    }

    // ---- agents ----

    public static Decision<Posted> Reply(ConversationState state, AgentMessage message, Entry? earlier, DateTimeOffset now)
    {
        var author = new Author(AuthorType.Agent, message.Agent.Id, message.Agent.Name);
        var kind = message.IsNote ? EntryKind.Note : KindOf(message.Attachments);
        if (!state.Exists)
            return Refuse<Posted>(state, NotFound);
        if (earlier is not null)
            return Again(state, earlier, author, kind, message.Text, message.Attachments);
        if (Fault(message.ClientId, message.Text, message.Attachments, Limits.AgentText) is { } fault)
            return Refuse<Posted>(state, fault);
        if (IsClosed(state) is { } closed && (!message.IsNote || state.Erased is not null))
            return Refuse<Posted>(state, closed);
        if (!message.IsNote && message.BasedOnSeq is { } seen && NewestReplyByAnother(state, message.Agent.Id) is { } other && other.Seq > seen)
            return Refuse<Posted>(state, new Refusal(Codes.Conflict, $"{other.Agent.Name} has replied since. Read it before you send yours.", other.Agent));

        var change = new Change(state, now);
        if (!message.IsNote)
        {
            Reopen(change, message.Agent);
            // One's own reply leaves the snooze; a colleague's ends it.
            if (state.Status == Status.Snoozed && state.Owner?.Id != message.Agent.Id)
                change.SetStatus(Status.Active);
            if (state.Owner is null)
                Claim(change, message.Agent);
        }
        return change.Answer(change.Say(message.ClientId, kind, author, message.Text, message.Attachments));
    }

    public static Decision<JoinResult> Join(ConversationState state, AgentRef agent, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<JoinResult>(state, NotFound);
        if (state.Owner is { } owner)
        {
            return new Decision<JoinResult>(state, [], owner.Id == agent.Id
                ? new JoinResult(JoinOutcome.AlreadyMine)
                : new JoinResult(JoinOutcome.ClaimedByOther, owner));
        }
        if (IsClosed(state) is { } closed)
            return Refuse<JoinResult>(state, closed);
        var change = new Change(state, now);
        Reopen(change, agent);
        Claim(change, agent);
        return change.Answer(new JoinResult(JoinOutcome.Joined));
    }

    public static Decision<Done> TakeOver(ConversationState state, AgentRef agent, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<Done>(state, NotFound);
        if (state.Owner?.Id == agent.Id)
            return Nothing(state);
        if (IsClosed(state) is { } closed)
            return Refuse<Done>(state, closed);
        var change = new Change(state, now);
        Reopen(change, agent);
        if (state.Owner is not { } before)
        {
            Claim(change, agent);
            return change.Answer(Done.It);
        }
        change.SetOwner(agent);
        change.Tell(SystemCodes.TookOver, $"{agent.Name} took over from {before.Name}", agent);
        return change.Answer(Done.It);
    }

    public static Decision<Done> UndoJoin(ConversationState state, AgentRef agent, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<Done>(state, NotFound);
        if (state.Undo is not { } undo || undo.AgentId != agent.Id)
            return Refuse<Done>(state, new Refusal(Codes.Conflict, "This join cannot be undone any more: something has happened since."));
        var change = new Change(state, now);
        change.SetOwner(null);
        change.SetMode(undo.Mode);
        change.Tell(SystemCodes.Left, $"{agent.Name} left", agent);
        change.Remember(s => s with
        {
            Owed = undo.Owed,
            OwedSince = undo.Owed.IsEmpty ? null : now,
            BotContextFrom = undo.BotContextFrom,
        });
        return change.Answer(Done.It);
    }

    public static Decision<Done> HandToBot(ConversationState state, AgentRef agent, Surroundings around, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<Done>(state, NotFound);
        if (state.Mode == Mode.Bot)
            return Nothing(state);
        if (state.Status == Status.Solved)
            return Refuse<Done>(state, new Refusal(Codes.Conflict, "This conversation is solved. Reopen it first."));
        if (!around.BotEnabled)
            return Refuse<Done>(state, new Refusal(Codes.Conflict, "The bot is switched off in the settings."));
        var change = new Change(state, now);
        change.SetOwner(null);
        change.SetMode(Mode.Bot);
        change.Tell(SystemCodes.HandedToBot, $"{agent.Name} handed over to the bot", agent);
        return change.Answer(Done.It);
    }

    public static Decision<Done> Solve(ConversationState state, AgentRef agent, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<Done>(state, NotFound);
        if (state.Status == Status.Solved)
            return Nothing(state);
        var change = new Change(state, now);
        change.SetStatus(Status.Solved);
        change.Tell(SystemCodes.Solved, $"{agent.Name} solved the conversation", agent);
        return change.Answer(Done.It);
    }

    public static Decision<Done> Reopen(ConversationState state, AgentRef agent, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<Done>(state, NotFound);
        if (IsClosed(state) is { } closed)
            return Refuse<Done>(state, closed);
        var change = new Change(state, now);
        Reopen(change, agent);
        if (state.Status == Status.Snoozed)
            Wake(change);
        return change.Answer(Done.It);
    }

    public static Decision<Done> Snooze(ConversationState state, AgentRef agent, DateTimeOffset until, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<Done>(state, NotFound);
        if (state.Status == Status.Solved)
            return Refuse<Done>(state, new Refusal(Codes.Conflict, "This conversation is solved. Reopen it first."));
        if (until <= now || until > now + LongestSnooze)
            return Refuse<Done>(state, new Refusal(Codes.BadRequest, "A snooze ends in the future, at most a year from now."));
        until = until.ToUniversalTime();
        if (state.SnoozedUntil == until)
            return Nothing(state);
        var change = new Change(state, now);
        change.SetStatus(Status.Snoozed, until);
        change.Tell(SystemCodes.Snoozed, $"{agent.Name} snoozed the conversation", agent);
        return change.Answer(Done.It);
    }

    public static Decision<Done> Assign(ConversationState state, AgentRef by, AgentRef? to, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<Done>(state, NotFound);
        if (state.Erased is not null)
            return Refuse<Done>(state, PersonErased);
        if (state.Owner?.Id == to?.Id)
            return Nothing(state);
        var change = new Change(state, now);
        change.SetOwner(to);
        if (to is null)
        {
            change.Tell(SystemCodes.Unassigned, $"{by.Name} took the assignment back", by);
            return change.Answer(Done.It);
        }
        change.SetMode(Mode.HumanInteraction);
        change.Tell(SystemCodes.Assigned, $"{by.Name} assigned {to.Name}", by);
        return change.Answer(Done.It);
    }

    // ---- everybody ----

    /// <param name="visitorEntries">The visitor's messages up to <paramref name="seq"/>.</param>
    public static Decision<Done> Seen(ConversationState state, Reader reader, long seq, int visitorEntries, DateTimeOffset now)
    {
        if (!MayRead(state, reader))
            return Refuse<Done>(state, NotFound);
        if (seq > state.Seq || seq < 0)
            return Refuse<Done>(state, NoSuchEntry);
        var mark = state.Reads.GetValueOrDefault(reader.Id) ?? NothingRead;
        if (reader.Role == AuthorType.Visitor ? seq <= state.VisitorSeenSeq : seq <= mark.Seq && visitorEntries <= mark.VisitorEntries)
            return Nothing(state);
        var change = new Change(state, now);
        change.MoveRead(new Author(reader.Role, reader.Id), seq, visitorEntries);
        return change.Answer(Done.It);
    }

    /// <param name="seq">The first entry that is unread again.</param>
    /// <param name="visitorEntries">The visitor's messages before <paramref name="seq"/>.</param>
    public static Decision<Done> MarkUnread(ConversationState state, AgentRef agent, long seq, int visitorEntries, DateTimeOffset now)
    {
        if (!state.Exists)
            return Refuse<Done>(state, NotFound);
        if (seq > state.Seq || seq < 1)
            return Refuse<Done>(state, NoSuchEntry);
        if (visitorEntries >= (state.Reads.GetValueOrDefault(agent.Id) ?? NothingRead).VisitorEntries)
            return Nothing(state);
        var change = new Change(state, now);
        change.MoveRead(new Author(AuthorType.Agent, agent.Id), seq - 1, visitorEntries);
        return change.Answer(Done.It);
    }

    /// <summary>A visitor reads only its own conversation; an agent any of the workspace.</summary>
    public static bool MayRead(ConversationState state, Reader reader) => reader.Role switch
    {
        AuthorType.Visitor => IsOf(state, reader.Id),
        AuthorType.Agent => state.Exists,
        _ => false,
    };

    // ---- the bot and the clock ----

    public static Decision<Posted> BotReply(ConversationState state, BotMessage message, Entry? earlier, DateTimeOffset now)
    {
        if (earlier is not null)
            return new Decision<Posted>(state, [], PostedOf(state.Id, earlier));
        if (!IsBotsTurn(state, message.Epoch, message.InReplyTo))
            return Refuse<Posted>(state, StaleTurn);
        var text = Texts.Cut(message.Text, Limits.AgentText);
        if (Texts.IsBlank(text) || !Texts.IsText(text))
            return Refuse<Posted>(state, NotText);

        var change = new Change(state, now);
        var posted = change.Say(BotEntryId(message.InReplyTo), EntryKind.Text, new Author(AuthorType.Bot), text, more: e => e with
        {
            Sources = message.Sources,
            OffersPerson = message.OffersPerson,
        });
        if (message.HandOffReason is { } reason)
        {
            change.SetMode(Mode.HumanInteraction);
            change.Tell(SystemCodes.BotHandedOff, $"The bot handed over: {reason}");
        }
        return change.Answer(posted);
    }

    public static bool IsBotsTurn(ConversationState state, long epoch, long question) =>
        state is { Mode: Mode.Bot, Status: Status.Active } && state.Epoch == epoch && state.Owed.Contains(question);

    /// <summary>The id of the bot's answer: one to each question. The colon keeps it apart from clients' ids.</summary>
    public static string BotEntryId(long inReplyTo) => $"bot:{inReplyTo}";

    /// <summary>Ends a snooze, solves an idle talk with the bot, or notes that the bot is asked again (its "read").</summary>
    public static Decision<Done> Due(ConversationState state, DateTimeOffset now)
    {
        if (!state.Exists || state.DueAt is not { } due || due > now)
            return Nothing(state);
        var change = new Change(state, now);
        if (state.Status == Status.Snoozed)
            Wake(change);
        else if (state.Owed.IsEmpty)
            change.SetStatus(Status.Solved);
        else
            change.MoveRead(new Author(AuthorType.Bot), state.Owed[^1], state.VisitorEntries);
        return change.Answer(Done.It);
    }

    // ---- steps that several commands share ----

    /// <summary>The visitor is here: begins the conversation, wakes it, or takes it up again.</summary>
    private static Change BeginOrWake(ConversationState state, Contact visitor, Surroundings around, DateTimeOffset now)
    {
        if (!state.Exists)
        {
            var begun = new Change(state with { Visitor = visitor, StartedAt = now, LastAt = now }, now);
            begun.SetMode(around.BotEnabled ? Mode.Bot : Mode.HumanInteraction);
            return begun;
        }
        var change = new Change(state, now);
        if (state.Status == Status.Snoozed)
            change.SetStatus(Status.Active);
        if (state.Status != Status.Solved)
            return change;

        var backToOwner = state.Owner is not null && around.OwnerAccepts && now - state.LastReply?.At < OwnerRemembersFor;
        if (!backToOwner)
        {
            change.SetOwner(null);
            change.SetMode(around.BotEnabled ? Mode.Bot : Mode.HumanInteraction);
        }
        change.SetStatus(Status.Active);
        change.Tell(SystemCodes.Reopened, "The conversation goes on");
        return change;
    }

    private static void AskForPerson(Change change)
    {
        change.SetMode(Mode.HumanInteraction);
        change.Tell(SystemCodes.AskedForPerson, "Asked to talk to a person");
    }

    private static void Reopen(Change change, AgentRef agent)
    {
        if (change.State.Status != Status.Solved)
            return;
        change.SetStatus(Status.Active);
        change.Tell(SystemCodes.Reopened, $"{agent.Name} reopened the conversation", agent);
    }

    private static void Wake(Change change)
    {
        change.SetStatus(Status.Active);
        change.Tell(SystemCodes.Woke, "The snooze has ended");
    }

    private static void Claim(Change change, AgentRef agent)
    {
        var undo = new JoinUndo(agent.Id, change.State.Mode, change.State.Owed, change.State.BotContextFrom);
        change.SetOwner(agent);
        change.SetMode(Mode.HumanInteraction);
        change.Tell(SystemCodes.Joined, $"{agent.Name} joined", agent);
        change.Remember(s => s with { Undo = undo });
    }

    private static Contact Merged(Contact known, Contact news) =>
        new(known.Id, news.Name ?? known.Name, news.Email ?? known.Email, news.Verified || known.Verified);

    private static AgentReply? NewestReplyByAnother(ConversationState state, string agentId) =>
        state.LastReply?.Agent.Id == agentId ? state.LastReplyByAnother : state.LastReply;

    /// <summary>What was erased is nobody's any more.</summary>
    private static bool IsOf(ConversationState state, string visitorId) => state is { Exists: true, Erased: null } && state.Visitor.Id == visitorId;

    /// <summary>Why no agent can take it up any more; null: one can.</summary>
    private static Refusal? IsClosed(ConversationState state) =>
        state.Erased is not null ? PersonErased : state.Ended ? VisitorEnded : null;

    private static bool IsOver(ConversationState state, DateTimeOffset now) =>
        state.Ended || now - state.SolvedAt > ReopensWithin;

    private static Refusal? Fault(string clientId, string text, ImmutableArray<Attachment>? attachments, int limit) =>
        !Ids.IsWellFormed(clientId) ? new Refusal(Codes.BadRequest, "A message needs an id of 1 to 64 letters, digits, '-' or '_'.")
        : text.Length > limit ? new Refusal(Codes.TooLong, $"A message may have up to {limit} characters; this one has {text.Length}.")
        : !Texts.IsText(text) ? NotText
        : KindOf(attachments) == EntryKind.Text && Texts.IsBlank(text) ? new Refusal(Codes.BadRequest, "A message cannot be empty.")
        : null;

    private static EntryKind KindOf(ImmutableArray<Attachment>? attachments) =>
        attachments is { IsDefaultOrEmpty: false } ? EntryKind.Attachment : EntryKind.Text;

    private static Decision<Posted> Again(
        ConversationState state, Entry earlier, Author author, EntryKind kind, string text, ImmutableArray<Attachment>? attachments)
    {
        // A conversation has one visitor, who may have been nobody when the message was first sent.
        var sameAuthor = earlier.Author.Type == author.Type && (earlier.Author.Id == author.Id || author.Type == AuthorType.Visitor);
        var same = sameAuthor && earlier.Kind == kind && earlier.Text == text
            && (earlier.Attachments ?? []).Select(a => a.Id).SequenceEqual((attachments ?? []).Select(a => a.Id));
        return same
            ? new Decision<Posted>(state, [], PostedOf(state.Id, earlier))
            : Refuse<Posted>(state, new Refusal(Codes.Conflict, "Another message has this id already."));
    }

    internal static Posted PostedOf(string conversationId, Entry entry) => new(conversationId, entry.Seq, entry.Rev, entry.At);

    private static Decision<T> Refuse<T>(ConversationState state, Refusal refusal) => new(state, [], refusal);

    private static Decision<Done> Nothing(ConversationState state) => new(state, [], Done.It);
}
