using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace LiveSupport.Api.Hubs;

/// <summary>The dashboard's socket.</summary>
internal sealed class AgentHub(
    IGrainFactory grains, Relays relays, Leases leases, TypingNotes typing, EdgeBudgets budgets,
    IHubContext<AgentHub> sockets, TimeProvider clock) : EdgeHub
{
    private static readonly TimeSpan LongestSnooze = TimeSpan.FromDays(366);

    private AgentConnection Me => (AgentConnection)Context.Items[typeof(AgentConnection)]!;
    private string Workspace => Me.Who.WorkspaceId;
    private AgentRef Agent => Me.Who.Agent;
    private WorkspaceRelay Relay => relays.For(Workspace);

    public override async Task OnConnectedAsync()
    {
        await Clients.Caller.SendAsync("events", new[] { Frame.Hello(clock.GetUtcNow()) });
        var caller = sockets.Clients.Client(Context.ConnectionId);
        var context = Context;
        var me = new AgentConnection(Context.User!.Agent(), new Outbox(batch => caller.SendAsync("events", batch), context.Abort, clock));
        Context.Items[typeof(AgentConnection)] = me;
        HubGuard.Begin(Context, budgets, me.Outbox, budgets.AgentMessages(), also: null);
        Relay.Add(me);
        EdgeMeasures.Agents.Add(1);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (!Context.Items.TryGetValue(typeof(AgentConnection), out var value) || value is not AgentConnection me)
            return;
        EdgeMeasures.Agents.Add(-1);
        me.Outbox.Dispose();
        foreach (var id in Relay.Remove(me))
            await leases.View(me.Who.WorkspaceId, id, me.Who.Agent, viewing: false);
    }

    public Task<QueuePage> Watch(WatchQueue request) =>
        Relay.Watch(Me, new QueueQuery(Agent.Id, request.View, request.Filter, request.Sort, Input.Limit(request.Limit), Input.Cursor(request.Cursor)));

    public async Task<ConversationSnapshot> Open(string conversationId)
    {
        var id = Input.Known(conversationId);
        var isNew = Relay.Open(Me, id);
        try
        {
            // First, so that whoever opens it is among its viewers.
            await leases.View(Workspace, id, Agent, viewing: true);
            var snapshot = await grains.Snapshot(Me.Who, id);
            Relay.Opened(snapshot);
            return snapshot;
        }
        catch when (isNew)
        {
            await Close(id);
            throw;
        }
    }

    public async Task Close(string conversationId)
    {
        var id = Input.Known(conversationId);
        if (Relay.Close(Me, id))
            await leases.View(Workspace, id, Agent, viewing: false);
    }

    public async Task<WireCatchUp> Sync(SyncFrom request)
    {
        var id = Input.Known(request.ConversationId);
        EdgeMeasures.Resync("client");
        var conversation = grains.Conversation(Workspace, id);
        var caughtUp = request.Rev < 0 ? new CatchUp(null, null) : await conversation.Sync(Me.Who.Reader, request.Rev).OrThrow();
        return WireCatchUp.Of(id, caughtUp.Events is null ? new CatchUp(null, await grains.Snapshot(Me.Who, id)) : caughtUp);
    }

    public async Task<EntryPage> Entries(EntriesBefore request) =>
        await Conversation(request.ConversationId).Entries(Me.Who.Reader, request.Before, Input.Limit(request.Limit)).OrThrow();

    public async Task<JoinResult> Join(string conversationId) => await Conversation(conversationId).Join(Agent).OrThrow();

    public async Task UndoJoin(string conversationId) => await Conversation(conversationId).UndoJoin(Agent).OrThrow();

    public async Task TakeOver(string conversationId) => await Conversation(conversationId).TakeOver(Agent).OrThrow();

    [Costs(Cost.Message)]
    public async Task<Sent> Send(AgentSend request)
    {
        var conversation = Conversation(request.ConversationId);
        var files = Input.AttachmentIds(request.AttachmentIds);
        var message = new AgentMessage
        {
            ClientId = Input.ClientId(request.ClientId),
            Text = Input.Message(request.Text, Limits.AgentText, files),
            Agent = Agent,
            IsNote = request.Kind == MessageKind.Note,
            BasedOnSeq = request.BasedOnSeq,
        };
        var posted = await grains.WithFiles(
            Workspace, Me.Who.Reader, files, new AttachmentUse(request.ConversationId, message.ClientId, message.IsNote),
            claimed => conversation.Reply(message with { Attachments = claimed })).OrThrow();
        return new Sent(posted.Seq, posted.Rev, posted.At);
    }

    public async Task Typing(TypingIn request)
    {
        var id = Input.Known(request.ConversationId);
        var (visitorId, isMine) = (Relay.VisitorOf(id, owner: Agent), true);
        if (visitorId is null)
        {
            // Whoever has joined a moment ago is the owner before this edge hears of it.
            var row = await grains.Conversation(Workspace, id).Row() ?? throw Refusals.NotFound();
            (visitorId, isMine) = (row.Visitor.Id, row.Owner?.Id == Agent.Id);
        }
        await typing.Set(Workspace, new TypingChanged(id, visitorId, Me.Who.Author, request.IsTyping, AmongAgents: !isMine));
    }

    public async Task Seen(SeenUpTo request) => await Conversation(request.ConversationId).Seen(Me.Who.Reader, request.Seq).OrThrow();

    /// <summary>What <see cref="Seen"/> cannot say: there going back is a call of another tab, or one that came late.</summary>
    public async Task MarkUnread(UnreadFrom request) => await Conversation(request.ConversationId).MarkUnread(Agent, request.Seq).OrThrow();

    public async Task HandToBot(string conversationId) => await Conversation(conversationId).HandToBot(Agent).OrThrow();

    public async Task Solve(string conversationId) => await Conversation(conversationId).Solve(Agent).OrThrow();

    public async Task Reopen(string conversationId) => await Conversation(conversationId).Reopen(Agent).OrThrow();

    public async Task Assign(AssignTo request)
    {
        var conversation = Conversation(request.ConversationId);
        var to = request.AgentId is { } id
            ? (await grains.Agent(Workspace, Input.Known(id)).Profile() is { Deactivated: false } agent ? agent : throw Refusals.NotFound()).Ref
            : null;
        await conversation.Assign(Agent, to).OrThrow();
    }

    public async Task Snooze(SnoozeUntil request)
    {
        var now = clock.GetUtcNow();
        if (request.Until <= now || request.Until > now + LongestSnooze)
            throw Input.Bad("'until' must be a time within the next year.");
        await Conversation(request.ConversationId).Snooze(Agent, request.Until.ToUniversalTime()).OrThrow();
    }

    public async Task SetAvailability(Availability availability) =>
        await grains.Agent(Workspace, Agent.Id).SetAvailability(availability).OrThrow();

    /// <summary>From now on this socket is told, by <c>alert</c>, when a visitor waits or something happens in the agent's own conversations.</summary>
    public Task Alerts(bool on)
    {
        Relay.Alert(Me, on);
        return Task.CompletedTask;
    }

    private IConversationGrain Conversation(string id) => grains.Conversation(Workspace, Input.Known(id));
}
