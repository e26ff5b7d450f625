using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;

namespace LiveSupport.Tests.Conversations;

/// <summary>One conversation on the rules alone: no grain, no store, and a clock that moves when it is told to.</summary>
internal sealed class Talk
{
    public static readonly AgentRef Mira = new("mira", "Mira");
    public static readonly AgentRef Jonas = new("jonas", "Jonas");
    public static readonly Contact Visitor = new("v1", "Kim");

    public static readonly Reader AsMira = new(AuthorType.Agent, Mira.Id);
    public static readonly Reader AsVisitor = new(AuthorType.Visitor, Visitor.Id);

    public ConversationState State { get; private set; } = ConversationState.Unknown("c1");
    public DateTimeOffset Now { get; private set; } = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    public Surroundings Around { get; set; } = new(BotEnabled: true, OwnerAccepts: true);
    public List<ConversationEvent> Events { get; } = [];

    public IEnumerable<Entry> Entries => State.Tail;

    public IEnumerable<string?> Codes => State.Tail.Select(entry => entry.Code).Where(code => code is not null);

    public void Pass(TimeSpan time) => Now += time;

    public Outcome<T> Do<T>(Func<ConversationState, DateTimeOffset, Decision<T>> command)
    {
        var decision = command(State, Now);
        State = decision.Next;
        Events.AddRange(decision.Events);
        return decision.Answer;
    }

    public Outcome<Posted> Post(string id, string text = "Hello", bool wantsPerson = false) => Do((state, now) => Conversation.Post(
        state, new VisitorMessage { ClientId = id, Text = text, Visitor = Visitor, WantsPerson = wantsPerson }, Find(id), Around, now));

    public Outcome<Posted> Reply(AgentRef agent, string id, string text = "Hi Kim", bool note = false, long? basedOn = null) =>
        Do((state, now) => Conversation.Reply(
            state, new AgentMessage { ClientId = id, Text = text, Agent = agent, IsNote = note, BasedOnSeq = basedOn }, Find(id), now));

    public Outcome<Posted> BotReply(long epoch, long inReplyTo, string text = "Like this.", string? handOff = null) =>
        Do((state, now) => Conversation.BotReply(
            state,
            new BotMessage { Epoch = epoch, InReplyTo = inReplyTo, Text = text, HandOffReason = handOff },
            Find(Conversation.BotEntryId(inReplyTo)),
            now));

    public Outcome<JoinResult> Join(AgentRef agent) => Do((state, now) => Conversation.Join(state, agent, now));

    public Outcome<Done> TakeOver(AgentRef agent) => Do((state, now) => Conversation.TakeOver(state, agent, now));

    public Outcome<Done> UndoJoin(AgentRef agent) => Do((state, now) => Conversation.UndoJoin(state, agent, now));

    public Outcome<Done> HandToBot(AgentRef agent) => Do((state, now) => Conversation.HandToBot(state, agent, Around, now));

    public Outcome<Done> TalkToHuman() => Do((state, now) => Conversation.TalkToHuman(state, Visitor, Around, now));

    public Outcome<Done> Solve(AgentRef agent) => Do((state, now) => Conversation.Solve(state, agent, now));

    public Outcome<Done> Reopen(AgentRef agent) => Do((state, now) => Conversation.Reopen(state, agent, now));

    public Outcome<Done> End() => Do((state, now) => Conversation.End(state, Visitor.Id, now));

    public Outcome<Done> Snooze(AgentRef agent, TimeSpan time) => Do((state, now) => Conversation.Snooze(state, agent, now + time, now));

    public Outcome<Done> Assign(AgentRef by, AgentRef? to) => Do((state, now) => Conversation.Assign(state, by, to, now));

    public Outcome<Done> Rate(int score, string? comment = null) => Do((state, now) => Conversation.Rate(state, Visitor.Id, score, comment, now));

    public Outcome<Done> Seen(Reader reader, long seq) => Do((state, now) => Conversation.Seen(
        state, reader, seq, Entries.Count(entry => entry.Seq <= seq && entry.Author.Type == AuthorType.Visitor), now));

    public Outcome<Done> MarkUnread(AgentRef agent, long seq) => Do((state, now) => Conversation.MarkUnread(
        state, agent, seq, Entries.Count(entry => entry.Seq < seq && entry.Author.Type == AuthorType.Visitor), now));

    public Outcome<Done> SetContact(Contact contact) => Do((state, now) => Conversation.SetContact(state, contact, now));

    public Outcome<Done> Due() => Do(Conversation.Due);

    public Outcome<Done> Erase(AgentRef by) => Do((state, now) => Conversation.Erase(state, Visitor.Id, by, attachments: 0, now, now));

    public ConversationSnapshot Snapshot(Reader reader) =>
        State.Snapshot(reader, new EntryPage([.. Entries.Where(entry => Masking.MaySee(reader.Role, entry))], HasMore: false), []);

    private Entry? Find(string id) => Entries.SingleOrDefault(entry => entry.Id == id);
}
