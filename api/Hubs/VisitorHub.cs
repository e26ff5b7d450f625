using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace LiveSupport.Api.Hubs;

/// <summary>The widget's socket. A visitor reaches its own conversations and nothing else: the grains check it. It gets no <c>tick</c>:
/// the queue's version says nothing to a visitor, and to thousands who only have a page open it would be all that is ever
/// sent; that the connection lives is what SignalR's pings say.</summary>
internal sealed class VisitorHub(
    IGrainFactory grains, Relays relays, Leases leases, TypingNotes typing, EdgeBudgets budgets, TeamCache team, Admission admission,
    IHubContext<VisitorHub> sockets, TimeProvider clock) : EdgeHub
{
    private const string SlotItem = "slot";

    private VisitorConnection Me => (VisitorConnection)Context.Items[typeof(VisitorConnection)]!;
    private string Workspace => Me.Pass.WorkspaceId;
    private WorkspaceRelay Relay => relays.For(Workspace);

    public override async Task OnConnectedAsync()
    {
        using var entering = await admission.GoOn();
        // It may have given up while it waited.
        if (Context.ConnectionAborted.IsCancellationRequested)
            return;
        var pass = VisitorAuthentication.Pass(Context.GetHttpContext()!);
        var slot = $"visitor:{pass.WorkspaceId}/{pass.VisitorId}";
        if (!budgets.TryOpen(slot, budgets.Limits.ConnectionsPerVisitor))
        {
            await Clients.Caller.SendAsync("events", new[] { Frame.Hello(clock.GetUtcNow()), Frame.Bye(Codes.RateLimited, reconnect: false) });
            Context.Abort();
            return;
        }
        Context.Items[SlotItem] = slot;
        await Clients.Caller.SendAsync("events", new[] { Frame.Hello(clock.GetUtcNow()) });
        var caller = sockets.Clients.Client(Context.ConnectionId);
        var context = Context;
        var me = new VisitorConnection(pass, new Outbox(batch => caller.SendAsync("events", batch), context.Abort, clock));
        Context.Items[typeof(VisitorConnection)] = me;
        HubGuard.Begin(Context, budgets, me.Outbox, budgets.Messages(), budgets.Visitors.For($"{pass.WorkspaceId}/{pass.VisitorId}"));
        Relay.Add(me);
        EdgeMeasures.Visitors.Add(1);
        await leases.Attach(pass.WorkspaceId, me.Visitor);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items.Remove(SlotItem, out var slot))
            budgets.Closed((string)slot!);
        if (!Context.Items.TryGetValue(typeof(VisitorConnection), out var value) || value is not VisitorConnection me)
            return;
        EdgeMeasures.Visitors.Add(-1);
        me.Outbox.Dispose();
        Relay.Remove(me);
        await Typing(me, isTyping: false);
        await leases.Attach(me.Pass.WorkspaceId, me.Visitor);
    }

    [Costs(Cost.Message)]
    public async Task<Posted> Send(VisitorSend request)
    {
        var files = Input.AttachmentIds(request.AttachmentIds);
        var message = new VisitorMessage
        {
            ClientId = Input.ClientId(request.ClientId),
            Text = Input.Message(request.Text, Limits.VisitorText, files),
            Visitor = await Contact(),
        };

        // Before a conversation is opened for it.
        await grains.MustBeOf(Workspace, Me.Reader, files);
        return await Say(Me.Visitor.ConversationId ?? await OpenConversation(null), message, files);
    }

    private async Task<Posted> Say(string id, VisitorMessage message, IReadOnlyList<string> files)
    {
        // What comes again is answered where it was said, and what is followed stays.
        if ((await Before(id)).Where(message.ClientId) is { } earlier)
            return await Post(earlier, message, files).OrThrow();
        var posted = await Post(id, message, files);
        if (posted.Refusal?.Code == Codes.Ended)
            return await Say(await OpenConversation(id), message, files);
        if (posted.Refusal?.Code == Codes.NotFound)
        {
            // The site has vouched for this visitor in another tab, whose conversation it is now: this one begins anew as
            // that visitor, and brings the message along.
            Me.Outbox.Close(Codes.TokenInvalid, reconnect: true);
            throw new RefusedException(Codes.Unavailable, "Who you are has become known. Connecting again.");
        }
        var ack = posted.OrThrow();
        await Has(ack.ConversationId, rev: 0);
        return ack;
    }

    private Task<Outcome<Posted>> Post(string id, VisitorMessage message, IReadOnlyList<string> files) => grains.WithFiles(
        Workspace, Me.Reader, files, new AttachmentUse(id, message.ClientId, IsNote: false),
        claimed => Me.Conversation(grains, id).Post(claimed is null ? message : message with { Attachments = claimed }));

    private async ValueTask<SaidBefore> Before(string id) =>
        Me.Visitor.Before is { } known && known.ConversationId == id
            ? known
            : Me.Visitor.Before = await SaidBefore.Look(grains, Workspace, Me.Pass.VisitorId, id);

    private Task<string> OpenConversation(string? after) => grains.Visitor(Workspace, Me.Pass.VisitorId).BeginConversation(after).OrThrow();

    public async Task<WireCatchUp> Sync(SyncFrom request)
    {
        var id = Input.Known(request.ConversationId);
        EdgeMeasures.Resync("client");
        var conversation = grains.Conversation(Workspace, id);
        var caughtUp = request.Rev < 0
            ? new CatchUp(null, await conversation.Snapshot(Me.Reader).OrThrow())
            : await conversation.Sync(Me.Reader, request.Rev).OrThrow();
        // An earlier conversation may be looked at too; the open one stays the one that is followed.
        if (Me.Visitor.ConversationId is null || Me.Visitor.ConversationId == id)
            await Has(id, caughtUp.Snapshot?.Summary.Rev ?? (caughtUp.Events is [.., var last] ? last.Rev : request.Rev));
        return WireCatchUp.Of(id, ForVisitor(caughtUp));
    }

    public async Task<EntryPage> Entries(EntriesBefore request) =>
        await grains.Conversation(Workspace, Input.Known(request.ConversationId))
            .Entries(Me.Reader, request.Before, Input.Limit(request.Limit)).OrThrow();

    public Task Typing(bool isTyping) => Typing(Me, isTyping);

    public async Task Seen(SeenUpTo request) =>
        await grains.Conversation(Workspace, Input.Known(request.ConversationId)).Seen(Me.Reader, request.Seq).OrThrow();

    public async Task Page(PageNow request)
    {
        Me.Visitor.Page = Input.Page(request.Url, request.Title, request.Referrer) ?? throw Input.Bad("'url' is no web address.");
        await leases.Attach(Workspace, Me.Visitor);
    }

    /// <summary>Whether somebody is there to answer. Who, and when they come back, is the team's affair.</summary>
    public async Task<TeamNow> Team() => new(await team.IsOnline(Workspace));

    [Costs(Cost.Message)]
    public async Task TalkToHuman()
    {
        var id = await OpenConversation(null);
        var asked = await grains.Conversation(Workspace, id).TalkToHuman(Me.Pass.VisitorId);
        if (asked.Refusal?.Code == Codes.Ended)
        {
            id = await OpenConversation(id);
            asked = await grains.Conversation(Workspace, id).TalkToHuman(Me.Pass.VisitorId);
        }
        asked.OrThrow();
        await Has(id, rev: 0);
        // So that whoever takes it up finds orders and tickets there.
        await grains.Customer(Workspace, Me.Pass.VisitorId).Panel();
    }

    [Costs(Cost.Message)]
    public async Task Identify(WhoIAm request)
    {
        var (name, email) = (Input.Name(request.Name), Input.Email(request.Email));
        if (name is null && email is null)
            throw Input.Bad("Give a name or an e-mail address.");
        Relay.Knows(Me.Visitor, await grains.Visitor(Workspace, Me.Pass.VisitorId).Identify(name, email).OrThrow());
        await grains.Customer(Workspace, Me.Pass.VisitorId).Panel();
    }

    [Costs(Cost.Message)]
    public async Task Rate(Rating request)
    {
        var id = Input.Known(request.ConversationId);
        if (request.Score is < 1 or > 5)
            throw Input.Bad("'score' must be 1 to 5.");
        var comment = string.IsNullOrEmpty(request.Comment) ? null : Input.Text(request.Comment, "comment", Limits.VisitorText);
        await grains.Conversation(Workspace, id).Rate(Me.Pass.VisitorId, request.Score, comment).OrThrow();
    }

    [Costs(Cost.Message)]
    public async Task End(Which request) =>
        await grains.Conversation(Workspace, Input.Known(request.ConversationId)).End(Me.Pass.VisitorId).OrThrow();

    /// <summary>The visitor's open conversation, and how far this socket knows it; from the first on the visitor is shown online.</summary>
    private async Task Has(string conversationId, long rev)
    {
        // An acknowledgement must not wait behind the relay's work, so it is only told what is new.
        if (rev > 0 || Me.Visitor.ConversationId != conversationId)
            Relay.Knows(Me.Visitor, conversationId, rev);
        if (!Me.Visitor.HasLease)
            await leases.Attach(Workspace, Me.Visitor);
    }

    private Task Typing(VisitorConnection me, bool isTyping) =>
        me.Visitor.ConversationId is { } id
            ? typing.Set(me.Pass.WorkspaceId, new TypingChanged(
                id, me.Pass.VisitorId, new Author(AuthorType.Visitor, me.Pass.VisitorId, me.Visitor.Contact?.Name), isTyping))
            : Task.CompletedTask;

    private async Task<Contact> Contact()
    {
        if (Me.Visitor.Contact is { } known)
            return known;
        var profile = await grains.Visitor(Workspace, Me.Pass.VisitorId).Profile() ?? throw Refusals.NotFound();
        Relay.Knows(Me.Visitor, profile);
        return profile.Contact;
    }

    /// <summary>Who else looks on is the agents' affair, and who asks is here.</summary>
    private static CatchUp ForVisitor(CatchUp caughtUp) => caughtUp with
    {
        Events = caughtUp.Events is { } events ? [.. events.Select(change => Masking.For(AuthorType.Visitor, change))] : null,
        Snapshot = caughtUp.Snapshot is { } snapshot
            ? snapshot with
            {
                Viewers = [],
                Entries = snapshot.Entries.RemoveAll(Masking.IsInternal),
                Summary = snapshot.Summary with { Visitor = snapshot.Summary.Visitor with { Online = true } },
            }
            : null,
    };
}
