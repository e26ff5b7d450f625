using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>One open socket of an agent, and what it looks at.</summary>
internal sealed class AgentConnection(SignedIn who, Outbox outbox)
{
    public SignedIn Who { get; } = who;
    public Outbox Outbox { get; } = outbox;

    /// <summary>Conversations open here. Guarded by the relay.</summary>
    public HashSet<string> Open { get; } = [];

    /// <summary>The part of the queue on screen. Guarded by the relay.</summary>
    public Window? Window { get; set; }
}

/// <summary>One open socket of a visitor.</summary>
internal sealed class VisitorConnection(VisitorPass pass, Outbox outbox)
{
    public VisitorPass Pass { get; } = pass;
    public Outbox Outbox { get; } = outbox;
    public Reader Reader { get; } = new(AuthorType.Visitor, pass.VisitorId);

    /// <summary>The visitor on this edge, shared by its sockets. Set by the relay.</summary>
    public VisitorHere Visitor { get; set; } = null!;

    private (string Id, IConversationGrain Grain) _last;

    /// <summary>Kept, because in a cluster finding the way to a grain costs as much as a tenth of a message.</summary>
    public IConversationGrain Conversation(IGrainFactory grains, string id)
    {
        if (_last.Id != id)
            _last = (id, grains.Conversation(Pass.WorkspaceId, id));
        return _last.Grain;
    }
}

/// <summary>A visitor's sockets on this edge, and what the edge knows so that it need not ask. Guarded by the relay.</summary>
internal sealed class VisitorHere(string id)
{
    public string Id { get; } = id;
    public HashSet<VisitorConnection> Connections { get; } = [];
    public string? ConversationId { get; set; }

    /// <summary>The newest revision that all of these sockets were sent; 0 when none was.</summary>
    public long Rev { get; set; }

    /// <summary>The newest revision that is said to exist.</summary>
    public long RevSaid { get; set; }

    /// <summary>There is something to be behind of.</summary>
    public bool Follows => Rev > 0 || RevSaid > 0;
    public Contact? Contact { get; set; }
    public PageView? Page { get; set; }

    /// <summary>What was said in other conversations than the one that it was looked up for.</summary>
    public SaidBefore? Before { get; set; }

    /// <summary>The visitor's grain has been told of these sockets.</summary>
    public bool HasLease { get; set; }

    /// <summary>A visitor who only has a page open needs no lease, and no grain beyond its session.</summary>
    public bool NeedsLease => ConversationId is not null;

    /// <summary>From now on that conversation; nothing of it is known.</summary>
    public void Follow(string conversationId) => (ConversationId, Rev, RevSaid) = (conversationId, 0, 0);
}
