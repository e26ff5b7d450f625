using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Bot;
using LiveSupport.Silo.Queue;
using LiveSupport.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Conversations;

/// <summary>
/// The only writer of one conversation. Asks the rules (<see cref="Conversation"/>), and brings what they decide to
/// the record, the queue and the stream, in one place: <see cref="Commit{T}"/>. Not reentrant.
/// </summary>
[GrainType("conversation")]
public sealed partial class ConversationGrain(
    [PersistentState("head", StorageNames.Grains)] IPersistentState<ConversationHead> head,
    IBotDispatcher bot,
    QueueFeed queues,
    LiveFeed live,
    TimeProvider clock,
    ILogger<ConversationGrain> logger) : Grain, IConversationGrain
{
    private const int SnapshotEntries = 50;

    /// <summary>The bot's context is no longer than this.</summary>
    private const int ContextEntries = 20;

    private static readonly Refusal NotFound = new(Codes.NotFound, "There is no such conversation.");
    private static readonly Refusal Unavailable = new(Codes.Unavailable, "That could not be stored just now. Try again in a moment.");

    private readonly Viewers _viewers = new();
    private string _workspaceId = "";
    private ConversationState _state = ConversationState.Unknown("");
    private Pages _pages = null!;
    private LetGo _letGo = new(0);
    private IQueueGrain _queue = null!;
    private IGrainTimer? _viewerTimer;
    private IGrainTimer? _healTimer;

    /// <summary>The row of <see cref="_state"/>.</summary>
    private QueueRow? _row;

    /// <summary>Texts of a row that may not be stored yet; null: it is.</summary>
    private ImmutableArray<IndexedEntry>? _unstored;

    /// <summary>This activation has written <see cref="_row"/> with its record.</summary>
    private bool _rowIsStored;

    /// <summary>The queue may not have heard of the newest row.</summary>
    private bool _untold;

    /// <summary>A write has failed: what is stored is not known, so this activation decides nothing any more.</summary>
    private bool _broken;

    private DateTimeOffset Now => clock.GetUtcNow();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_workspaceId, var id) = Ids.Split(this.GetPrimaryKeyString());
        _state = head.State.State ?? ConversationState.Unknown(id);
        var storage = ServiceProvider.GetRequiredKeyedService<IGrainStorage>(StorageNames.Grains);
        _pages = new Pages(storage, this.GetGrainId());
        _letGo = new LetGo(_state.OthersFrom);
        _queue = GrainFactory.GetGrain<IQueueGrain>(_workspaceId);
        if (_state.Exists)
        {
            // The one before this may have died between the record and the queue: the next command makes sure.
            _row = _state.Row();
            _untold = true;
            if (storage is not IKeepsRows)
                _unstored = TextsOf(_state.Tail);
        }
        return Task.CompletedTask;
    }

    // ---- commands ----

    public async Task<Outcome<Posted>> Post(VisitorMessage message) =>
        await Commit(Conversation.Post(_state, message, await Find(message.ClientId), await AroundForVisitor(), Now));

    public async Task<Outcome<Posted>> Reply(AgentMessage message) =>
        await Commit(Conversation.Reply(_state, message, await Find(message.ClientId), Now));

    public async Task<Outcome<Posted>> BotReply(BotMessage message) =>
        await Commit(Conversation.BotReply(_state, message, await Find(Conversation.BotEntryId(message.InReplyTo)), Now));

    public Task<Outcome<JoinResult>> Join(AgentRef agent) => Commit(Conversation.Join(_state, agent, Now));

    public Task<Outcome<Done>> TakeOver(AgentRef agent) => Commit(Conversation.TakeOver(_state, agent, Now));

    public Task<Outcome<Done>> UndoJoin(AgentRef agent) => Commit(Conversation.UndoJoin(_state, agent, Now));

    public async Task<Outcome<Done>> HandToBot(AgentRef agent) =>
        await Commit(Conversation.HandToBot(_state, agent, await Around(), Now));

    public async Task<Outcome<Done>> TalkToHuman(string visitorId) =>
        await Commit(Conversation.TalkToHuman(_state, new Contact(visitorId), await AroundForVisitor(), Now));

    public Task<Outcome<Done>> Solve(AgentRef agent) => Commit(Conversation.Solve(_state, agent, Now));

    public Task<Outcome<Done>> Reopen(AgentRef agent) => Commit(Conversation.Reopen(_state, agent, Now));

    public Task<Outcome<Done>> End(string visitorId) => Commit(Conversation.End(_state, visitorId, Now));

    public Task<Outcome<Done>> Snooze(AgentRef agent, DateTimeOffset until) => Commit(Conversation.Snooze(_state, agent, until, Now));

    public Task<Outcome<Done>> Assign(AgentRef by, AgentRef? to) => Commit(Conversation.Assign(_state, by, to, Now));

    public Task<Outcome<Done>> Rate(string visitorId, int score, string? comment) =>
        Commit(Conversation.Rate(_state, visitorId, score, comment, Now));

    public async Task<Outcome<Done>> Seen(Reader reader, long seq) =>
        await Commit(Conversation.Seen(_state, reader, seq, await _pages.VisitorEntriesUpTo(_state, seq), Now));

    public async Task<Outcome<Done>> MarkUnread(AgentRef agent, long? seq)
    {
        if (seq is null)
            seq = await _pages.NewestOfVisitor(_state);
        return seq is { } from
            ? await Commit(Conversation.MarkUnread(_state, agent, from, await _pages.VisitorEntriesUpTo(_state, from - 1), Now))
            : _state.Exists ? Done.It : NotFound;
    }

    public Task<Outcome<Done>> SetContact(Contact visitor) => Commit(Conversation.SetContact(_state, visitor, Now));

    public Task<Outcome<Done>> Adopt(string fromVisitorId, Contact visitor) => Commit(Conversation.Adopt(_state, fromVisitorId, visitor, Now));

    /// <exception cref="StoreUnavailableException">Not stored: the queue calls again.</exception>
    public async Task Due()
    {
        if ((await Commit(Conversation.Due(_state, Now))).Refusal is { } refusal)
            throw new StoreUnavailableException(refusal.Sentence);
    }

    public async Task View(AgentRef agent, bool viewing)
    {
        if (!_state.Exists)
            return;
        var changed = _viewers.Expire(Now) | _viewers.Set(agent, viewing, Now);
        WatchLeases();
        if (changed)
            Publish(new ViewersChanged(_state.Id, _viewers.At(Now)));
    }

    // ---- questions ----

    public async Task<Outcome<ConversationSnapshot>> Snapshot(Reader reader) =>
        Conversation.MayRead(_state, reader) ? await SnapshotFor(reader) : NotFound;

    public async Task<Outcome<CatchUp>> Sync(Reader reader, long rev)
    {
        var state = _state;
        if (!Conversation.MayRead(state, reader))
            return NotFound;
        if (rev >= _letGo.From && rev <= state.Rev && state.Rev - rev <= LetGo.LongestCatchUp)
        {
            var entries = (await _pages.After(state, rev)).Select(ConversationEvent (entry) => new EntryAdded { Rev = entry.Rev, At = entry.At, Entry = entry });
            var others = _letGo.Events.Concat(state.Others).Where(e => e.Rev > rev);
            ImmutableArray<ConversationEvent> events = [.. entries.Concat(others).OrderBy(e => e.Rev).Select(e => Masking.For(reader.Role, e))];
            if (events.Length == state.Rev - rev)
                return new CatchUp(events, null);
        }
        return new CatchUp(null, await SnapshotFor(reader));
    }

    public async Task<Outcome<EntryPage>> Entries(Reader reader, long? before, int limit) =>
        Conversation.MayRead(_state, reader)
            // Of what was erased one line is left; whoever reads on, from wherever it was, finds it.
            ? await _pages.Newest(_state, _state.Erased is null ? before ?? long.MaxValue : long.MaxValue, Math.Clamp(limit, 1, Limits.Page), entry => Masking.MaySee(reader.Role, entry))
            : NotFound;

    public async Task<ImmutableArray<string>> Said(string visitorId) =>
        Conversation.MayRead(_state, new Reader(AuthorType.Visitor, visitorId)) ? await _pages.Said(_state) : [];

    public async Task<BotTurn?> BotTurn(long epoch, long seq)
    {
        var state = _state;
        if (!Conversation.IsBotsTurn(state, epoch, seq))
            return null;
        var context = await _pages.Newest(
            state,
            before: seq + 1,
            ContextEntries,
            entry => SnapshotReducer.IsMessage(entry) && entry.Author.Type is AuthorType.Visitor or AuthorType.Bot,
            after: state.BotContextFrom);
        return new BotTurn { Epoch = epoch, Seq = seq, Visitor = state.Visitor, Context = context.Entries };
    }

    public Task<QueueRow?> Row() => Task.FromResult(_row);

    // ---- how a decision becomes true ----

    /// <summary>
    /// Write record and row, then queue ‖ stream, then answer. Where the storage does not keep rows, what is written
    /// but not in the queue's row is not acknowledged; the same command again makes it good before it gets its answer.
    /// </summary>
    private async Task<Outcome<T>> Commit<T>(Decision<T> decision)
    {
        if (_broken)
            return Unavailable;
        if (!decision.Changes)
            return decision.Answer.Accepted && _untold && !await TellQueue() && _unstored is not null ? Unavailable : decision.Answer;
        using var commit = SiloMeasures.Commit();
        var (before, rowBefore) = (_state, _row);
        var texts = (_unstored ?? []).AddRange(TextsOf(decision.Events));
        var row = decision.Next.Row();
        try
        {
            var moved = decision.Next.Erased is null ? await _pages.Seal(before) : 0;
            head.State.State = moved == 0 ? decision.Next : decision.Next with { Tail = decision.Next.Tail.RemoveRange(0, moved) };
            head.State.Row = new RowAlong(_workspaceId, new RowWrite(row, texts), _rowIsStored && rowBefore?.Visitor == row.Visitor);
            await head.WriteStateAsync();
        }
        catch (Exception error)
        {
            WriteFailed(error, this.GetPrimaryKeyString());
            (head.State.State, head.State.Row) = (before, null);
            _broken = true;
            DeactivateOnIdle();
            return Unavailable;
        }
        (_state, _row) = (head.State.State, row);
        _letGo.Follow(before, _state);
        _unstored = head.State.Row is null ? null : texts;
        _rowIsStored = _unstored is null;
        head.State.Row = null;

        commit.Stored(decision.Events);
        Publish(new ConversationChanged(_state.Id, _state.Visitor.Id, decision.Events));
        _untold = true;
        var told = await (_unstored is not null ? TellQueue() : TellQueue(
            new RowTaken(row, rowBefore?.Rev ?? 0, rowBefore is { Status: Status.Solved } ? rowBefore : null)));
        AskBot(before, decision.Events);
        return told || _unstored is null ? decision.Answer : Unavailable;
    }

    /// <summary>Tells it again, not knowing what it knows.</summary>
    private Task<bool> TellQueue() => TellQueue(taken: null);

    private async Task<bool> TellQueue(RowTaken? taken)
    {
        try
        {
            await (taken is null ? _queue.Upsert(_row!, _unstored ?? []) : queues.Took(_workspaceId, taken));
        }
        catch (Exception error)
        {
            QueueFailed(error, this.GetPrimaryKeyString());
            SiloMeasures.QueueRetried();
            _healTimer ??= this.RegisterGrainTimer(TellQueue, new GrainTimerCreationOptions(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)));
            return false;
        }
        (_unstored, _untold) = (null, false);
        _healTimer?.Dispose();
        _healTimer = null;
        return true;
    }

    private void Publish(WorkspaceEvent happened) => live.Publish(_workspaceId, happened);

    /// <summary>Asks for what is newly owed; all of it when the epoch has made earlier turns stale, or it is overdue.</summary>
    private void AskBot(ConversationState before, ImmutableArray<ConversationEvent> events)
    {
        if (_state is not { Mode: Mode.Bot, Status: Status.Active })
            return;
        var all = before.Epoch != _state.Epoch || events.Any(e => e is ReadMoved { By.Type: AuthorType.Bot });
        foreach (var question in _state.Owed)
        {
            if (all || !before.Owed.Contains(question))
                bot.Enqueue(new BotRequest(this.GetPrimaryKeyString(), _state.Epoch, question));
        }
    }

    private async Task<Entry?> Find(string id) => await _pages.Find(_state, id);

    /// <summary>Asked only where the rules need it: when the visitor begins or takes up what was solved.</summary>
    private async Task<Surroundings> AroundForVisitor() =>
        _state is { Exists: true, Status: not Status.Solved } ? new Surroundings(BotEnabled: true, OwnerAccepts: true) : await Around();

    private async Task<Surroundings> Around()
    {
        var settings = await GrainFactory.GetGrain<IWorkspaceGrain>(_workspaceId).Settings();
        var owner = _state.Owner is { } agent ? await GrainFactory.GetGrain<IAgentGrain>(Ids.Key(_workspaceId, agent.Id)).Profile() : null;
        return new Surroundings(settings?.BotEnabled ?? true, owner?.Availability == Availability.Online);
    }

    private async Task<ConversationSnapshot> SnapshotFor(Reader reader)
    {
        var state = _state;
        var newest = await _pages.Newest(state, long.MaxValue, SnapshotEntries, entry => Masking.MaySee(reader.Role, entry));
        return state.Snapshot(reader, newest, _viewers.At(Now));
    }

    /// <summary>While somebody looks on, tells the others when a lease runs out.</summary>
    private void WatchLeases()
    {
        if (!_viewers.Any)
        {
            _viewerTimer?.Dispose();
            _viewerTimer = null;
            return;
        }
        _viewerTimer ??= this.RegisterGrainTimer(
            () =>
            {
                if (_viewers.Expire(Now))
                    Publish(new ViewersChanged(_state.Id, _viewers.At(Now)));
                WatchLeases();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(Viewers.Lease / 3, Viewers.Lease / 3));
    }

    private static ImmutableArray<IndexedEntry> TextsOf(ImmutableArray<ConversationEvent> events) => events switch
    {
        // As nearly always: one message.
        [EntryAdded { Entry: var entry }] when entry.Kind != EntryKind.System => [TextOf(entry)],
        _ => TextsOf(events.OfType<EntryAdded>().Select(added => added.Entry)),
    };

    private static ImmutableArray<IndexedEntry> TextsOf(IEnumerable<Entry> entries) =>
        [.. entries.Where(entry => entry.Kind != EntryKind.System).Select(TextOf)];

    private static IndexedEntry TextOf(Entry entry) => new(entry.Seq, entry.Text, entry.At);

    [LoggerMessage(Level = LogLevel.Error, Message = "A change of {Conversation} could not be written; it was refused.")]
    private partial void WriteFailed(Exception error, string conversation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Conversation} is written, but the queue did not take its row; it will be told again.")]
    private partial void QueueFailed(Exception error, string conversation);
}
