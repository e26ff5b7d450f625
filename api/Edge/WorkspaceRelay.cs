using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>
/// What one process knows of one workspace's connections: takes each event from the workspace's stream once and hands
/// it to those who may see it. Never waits for a reader. <see cref="RelayWatch"/> heals what a lost event left behind.
/// </summary>
internal sealed class WorkspaceRelay(string workspaceId, IGrainFactory grains, TimeProvider clock)
{
    private const int PagesAtOnce = 8;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _pages = new(PagesAtOnce);
    private readonly HashSet<AgentConnection> _agents = [];
    private readonly Dictionary<string, VisitorHere> _visitors = [];
    private readonly Dictionary<string, OpenHere> _open = [];
    private readonly Alerts _alerts = new(clock);
    private QueueTally _tally = new(0, StatusTally.None, 0, ImmutableDictionary<string, StatusTally>.Empty);
    private List<QueueChanged>? _heldForTally;
    private bool _missed;
    private bool _tickWasBehind;
    private long _lastHeardAt = clock.GetTimestamp();

    public string WorkspaceId { get; } = workspaceId;

    /// <summary>How long nothing was heard: the queue ticks, so that it is never long.</summary>
    public TimeSpan Silence => clock.GetElapsedTime(Interlocked.Read(ref _lastHeardAt));

    /// <summary>A conversation that agents have open on this edge.</summary>
    private sealed class OpenHere
    {
        public HashSet<AgentConnection> Agents { get; } = [];
        public string? VisitorId { get; set; }

        /// <summary>The newest revision that all of its screens have; 0 until the first is known.</summary>
        public long Rev { get; set; }

        /// <summary>The newest revision that is said to exist, and who owned it then.</summary>
        public long RevSaid { get; set; }
        public string? OwnerId { get; set; }
    }

    // ---- who is here ----

    public void Add(AgentConnection agent)
    {
        lock (_gate)
            _agents.Add(agent);
    }

    /// <summary>Whether this socket is told what <see cref="Alerts"/> finds.</summary>
    public void Alert(AgentConnection agent, bool on)
    {
        lock (_gate)
        {
            if (!on)
                _alerts.Remove(agent);
            else if (_agents.Contains(agent))
                _alerts.Add(agent);
        }
    }

    /// <returns>The conversations that this agent no longer has open on any socket of this edge.</returns>
    public IReadOnlyList<string> Remove(AgentConnection agent)
    {
        lock (_gate)
        {
            _agents.Remove(agent);
            _alerts.Remove(agent);
            agent.Window = null;
            return [.. agent.Open.ToArray().Where(id => CloseLocked(agent, id))];
        }
    }

    public void Add(VisitorConnection connection)
    {
        lock (_gate)
        {
            if (!_visitors.TryGetValue(connection.Pass.VisitorId, out var visitor))
                _visitors[connection.Pass.VisitorId] = visitor = new VisitorHere(connection.Pass.VisitorId);
            visitor.Connections.Add(connection);
            visitor.ConversationId ??= connection.Pass.ConversationId;
            visitor.Page = connection.Pass.Page ?? visitor.Page;
            connection.Visitor = visitor;
        }
    }

    public void Remove(VisitorConnection connection)
    {
        lock (_gate)
        {
            connection.Visitor.Connections.Remove(connection);
            if (connection.Visitor.Connections.Count == 0)
                _visitors.Remove(connection.Pass.VisitorId);
        }
    }

    public IReadOnlyList<Outbox> Outboxes()
    {
        lock (_gate)
            return [.. _agents.Select(agent => agent.Outbox), .. _visitors.Values.SelectMany(visitor => visitor.Connections).Select(one => one.Outbox)];
    }

    public IReadOnlyList<AgentConnection> Agents()
    {
        lock (_gate)
            return [.. _agents];
    }

    public IReadOnlyList<VisitorHere> VisitorsWithLease()
    {
        lock (_gate)
            return [.. _visitors.Values.Where(visitor => visitor.NeedsLease)];
    }

    /// <summary>Who has what open: the viewers' leases to renew.</summary>
    public IReadOnlyList<(AgentRef Agent, string ConversationId)> Viewing()
    {
        lock (_gate)
            return [.. _open.SelectMany(open => open.Value.Agents.Select(agent => (agent.Who.Agent, open.Key))).Distinct()];
    }

    /// <summary>An answer to one of the visitor's sockets brought it up to this revision of that conversation.</summary>
    public void Knows(VisitorHere visitor, string conversationId, long rev)
    {
        lock (_gate)
        {
            if (visitor.ConversationId != conversationId)
                visitor.Follow(conversationId);
            visitor.RevSaid = Math.Max(visitor.RevSaid, rev);
            if (visitor.Rev == 0 || visitor.Connections.Count == 1)
                visitor.Rev = Math.Max(visitor.Rev, rev);
        }
    }

    public void Knows(VisitorHere visitor, VisitorProfile profile)
    {
        lock (_gate)
            visitor.Contact = profile.Contact;
    }

    // ---- open conversations: register first, fetch second ----

    /// <returns>True when the agent did not have it open on this socket.</returns>
    public bool Open(AgentConnection agent, string conversationId)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(conversationId, out var open))
                _open[conversationId] = open = new OpenHere();
            open.Agents.Add(agent);
            return agent.Open.Add(conversationId);
        }
    }

    public void Opened(ConversationSnapshot snapshot)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(snapshot.Summary.Id, out var open))
                return;
            open.VisitorId = snapshot.Summary.Visitor.Id;
            // Who opened it before need not have what this screen was just given.
            open.Rev = open.Rev == 0 || open.Agents.Count == 1 ? snapshot.Summary.Rev : open.Rev;
            if (snapshot.Summary.Rev > open.RevSaid)
                (open.RevSaid, open.OwnerId) = (snapshot.Summary.Rev, snapshot.Summary.Owner?.Id);
        }
    }

    /// <returns>True when the agent has it open on no other socket of this edge.</returns>
    public bool Close(AgentConnection agent, string conversationId)
    {
        lock (_gate)
            return CloseLocked(agent, conversationId);
    }

    /// <summary>The visitor of a conversation that is open here, when this agent owns it; null otherwise, or not heard of yet.</summary>
    public string? VisitorOf(string conversationId, AgentRef owner)
    {
        lock (_gate)
            return _open.TryGetValue(conversationId, out var open) && open.OwnerId == owner.Id ? open.VisitorId : null;
    }

    private bool CloseLocked(AgentConnection agent, string conversationId)
    {
        if (!agent.Open.Remove(conversationId) || !_open.TryGetValue(conversationId, out var open))
            return false;
        open.Agents.Remove(agent);
        if (open.Agents.Count == 0)
            _open.Remove(conversationId);
        return !open.Agents.Any(other => other.Who.Agent.Id == agent.Who.Agent.Id);
    }

    // ---- the queue's windows ----

    /// <summary>Puts a part of the queue on the agent's screen; from then on its changes follow. A cursor of the list that is
    /// on screen adds its further rows.</summary>
    public async Task<QueuePage> Watch(AgentConnection agent, QueueQuery query)
    {
        Window window;
        lock (_gate)
        {
            if (agent.Window is { } shown && shown.IsContinuedBy(query))
                window = shown;
            else
            {
                agent.Window = window = new Window(query);
                agent.Outbox.DropRows();
            }
        }
        try
        {
            return await Fetch(window, () => window.AskFurther(query.Limit), page => window.Take(query.Limit, page, _tally, agent.Outbox));
        }
        catch when (!window.HasBegun)
        {
            lock (_gate)
                if (agent.Window == window)
                    agent.Window = null;
            throw;
        }
    }

    /// <summary>Asks for rows that windows run short of.</summary>
    public async Task RefillWindows()
    {
        List<(AgentConnection Agent, Window Window)> thirsty = [];
        lock (_gate)
            foreach (var agent in _agents)
                if (agent.Window is { RunsShort: true } window)
                    thirsty.Add((agent, window));
        await Task.WhenAll(thirsty.Select(one => Fetch(
            one.Window, one.Window.AskFurther, page => one.Agent.Window == one.Window && one.Window.Refill(page, one.Agent.Outbox))));
    }

    /// <summary>Fetches rows of a window. One page at a time for each, so that every page fits to what it is added to.</summary>
    /// <param name="ask">What is missing; null: nothing.</param>
    private async Task<T> Fetch<T>(Window window, Func<QueueQuery?> ask, Func<QueuePage?, T> take)
    {
        await window.Turn.WaitAsync();
        try
        {
            QueueQuery? query;
            lock (_gate)
                query = ask();
            var page = query is null ? null : await Page(query);
            lock (_gate)
                return take(page);
        }
        finally
        {
            lock (_gate)
                window.Forget();
            window.Turn.Release();
        }
    }

    /// <summary>After an outage every dashboard asks at once; the queue answers a few at a time, and works on meanwhile.</summary>
    private async Task<QueuePage> Page(QueueQuery query)
    {
        await _pages.WaitAsync();
        try
        {
            return await grains.Queue(WorkspaceId).Page(query);
        }
        finally
        {
            _pages.Release();
        }
    }

    // ---- what the stream brings ----

    public Task Take(WorkspaceEvent live)
    {
        // Under load a tick waits behind other events: they show as well that the subscription lives.
        Interlocked.Exchange(ref _lastHeardAt, clock.GetTimestamp());
        var events = live.Each();
        lock (_gate)
            foreach (var happened in events)
                TakeLocked(happened);
        return Task.CompletedTask;
    }

    private void TakeLocked(WorkspaceEvent happened)
    {
        switch (happened)
        {
            case ConversationChanged change:
                Take(change);
                break;
            case QueueChanged change:
                Take(change);
                break;
            case PresenceChanged change:
                Take(change);
                break;
            case VisitorChanged change:
                Take(change.Visitor);
                break;
            case CustomerChanged change:
                Take(change);
                break;
            case VisitorErased gone:
                Take(gone);
                break;
            case TypingChanged change:
                Take(change);
                break;
            case ViewersChanged change:
                SendToOpen(change.ConversationId, Frame.Viewers(change));
                break;
            case AgentChanged change:
                var agent = Frame.Agent(change.Agent);
                foreach (var connection in _agents)
                    connection.Outbox.PostLatest($"agent:{change.Agent.Id}", agent);
                break;
            case SessionEnded over:
                foreach (var connection in _agents)
                    if (connection.Who.Session == over.Session)
                        connection.Outbox.Close(Codes.NotSignedIn, reconnect: false);
                break;
            case Tick tick:
                Take(tick);
                break;
        }
    }

    private void Take(ConversationChanged change)
    {
        _alerts.Take(change);
        var open = _open.GetValueOrDefault(change.ConversationId);
        var visitor = _visitors.GetValueOrDefault(change.VisitorId);
        if (open is null && visitor is null || change.Events.IsEmpty)
            return;
        // What was caught up with by asking may be told all the same, before or after.
        var agentsHave = open?.Rev ?? 0;
        var visitorHas = visitor?.ConversationId == change.ConversationId ? visitor.Rev : 0;
        foreach (var news in change.Events)
        {
            var forAgents = open is null || news.Rev <= agentsHave ? null : Frame.Of(new WireEvent(change.ConversationId, news));
            if (forAgents is not null)
                foreach (var agent in open!.Agents)
                    agent.Outbox.Post(forAgents);
            if (visitor is null || news.Rev <= visitorHas)
                continue;
            var masked = Masking.For(AuthorType.Visitor, news);
            var forVisitor = ReferenceEquals(masked, news) && forAgents is not null
                ? forAgents
                : Frame.Of(new WireEvent(change.ConversationId, masked));
            foreach (var connection in visitor.Connections)
                connection.Outbox.Post(forVisitor);
        }
        var rev = change.Events[^1].Rev;
        if (open is not null && open.Rev > 0)
            open.Rev = Math.Max(open.Rev, rev);
        if (visitor is null)
            return;
        if (visitor.ConversationId != change.ConversationId)
        {
            // Agents still read and tidy up earlier ones; the visitor is where something is said.
            if (visitor.ConversationId is not null && !change.Events.Any(news => news is EntryAdded said && SnapshotReducer.IsMessage(said.Entry)))
                return;
            visitor.Follow(change.ConversationId);
        }
        visitor.Rev = Math.Max(visitor.Rev, rev);
    }

    private void Take(QueueChanged change)
    {
        if (_heldForTally is not null)
        {
            _heldForTally.Add(change);
            return;
        }
        if (change.Version <= _tally.Version)
            return;
        if (change.Version != _tally.Version + 1)
            _missed = true;
        _tally = new QueueTally(change.Version, change.Total, change.Unassigned, _tally.Owners.SetItems(change.Owners));
        foreach (var row in change.Rows)
        {
            if (_open.TryGetValue(row.Row.Id, out var open) && row.Row.Rev > open.RevSaid)
                (open.RevSaid, open.OwnerId) = (row.Row.Rev, row.Row.Owner?.Id);
            if (_visitors.TryGetValue(row.Row.Visitor.Id, out var visitor) && visitor.ConversationId == row.Row.Id)
                visitor.RevSaid = Math.Max(visitor.RevSaid, row.Row.Rev);
        }
        var frames = new RowFrames();
        foreach (var agent in _agents)
            agent.Window?.Changed(change, _tally, frames, agent.Outbox);
        _alerts.Take(change);
    }

    private void Take(PresenceChanged change)
    {
        var frame = Frame.Presence(change.VisitorId, change.Online);
        foreach (var agent in _agents)
            if (agent.Window?.Presence(change.VisitorId, change.Online) == true || HasOpen(agent, change.VisitorId))
                agent.Outbox.PostLatest($"presence:{change.VisitorId}", frame);
    }

    private void Take(VisitorProfile visitor)
    {
        if (_visitors.TryGetValue(visitor.Id, out var here))
            here.Contact = visitor.Contact;
        Frame? frame = null;
        foreach (var agent in _agents)
            if (HasOpen(agent, visitor.Id))
                agent.Outbox.PostLatest($"visitor:{visitor.Id}", frame ??= Frame.Visitor(visitor));
    }

    /// <summary>Whoever comes back finds that its token is worth nothing, and begins as somebody new.</summary>
    private void Take(VisitorErased gone)
    {
        if (!_visitors.TryGetValue(gone.VisitorId, out var visitor))
            return;
        (visitor.Contact, visitor.Page) = (null, null);
        foreach (var connection in visitor.Connections)
            connection.Outbox.Close(Codes.TokenInvalid, reconnect: true);
    }

    private void Take(CustomerChanged change)
    {
        Frame? frame = null;
        foreach (var agent in _agents)
            if (HasOpen(agent, change.VisitorId))
                agent.Outbox.Post(frame ??= Frame.Customer(change));
    }

    private void Take(TypingChanged change)
    {
        var frame = Frame.Typing(change.ConversationId, change.By, change.IsTyping);
        if (_open.TryGetValue(change.ConversationId, out var open))
            foreach (var agent in open.Agents)
                if (change.By.Type != AuthorType.Agent || agent.Who.Agent.Id != change.By.Id)
                    agent.Outbox.PostLatest($"typing:{change.ConversationId}:{change.By.Id}", frame);
        if (change.By.Type != AuthorType.Visitor && !change.AmongAgents && _visitors.TryGetValue(change.VisitorId, out var visitor))
            foreach (var connection in visitor.Connections)
                connection.Outbox.PostLatest($"typing:{change.By.Id}", frame);
    }

    private void Take(Tick tick)
    {
        // Ahead of us: a change was lost. Behind, and not just late: the queue counts anew, from a clock that is behind the
        // one before, and nothing that it tells would be taken for news.
        var isBehind = tick.Version < _tally.Version;
        if (tick.Version > _tally.Version || (isBehind && _tickWasBehind))
            _missed = true;
        _tickWasBehind = isBehind;
        var frame = Frame.Tick(tick.Version);
        foreach (var agent in _agents)
            agent.Outbox.PostLatest("tick", frame);
    }

    private bool HasOpen(AgentConnection agent, string visitorId) =>
        agent.Open.Any(id => _open.GetValueOrDefault(id)?.VisitorId == visitorId);

    private void SendToOpen(string conversationId, Frame frame)
    {
        if (_open.TryGetValue(conversationId, out var open))
            foreach (var agent in open.Agents)
                agent.Outbox.PostLatest($"viewers:{conversationId}", frame);
    }

    // ---- healing ----

    /// <summary>True once after each gap in the queue's versions.</summary>
    public bool TakeMissed()
    {
        lock (_gate)
        {
            var missed = _missed;
            _missed = false;
            return missed;
        }
    }

    /// <summary>Fetches the account and every window anew.</summary>
    public async Task ResyncQueue()
    {
        List<(AgentConnection Agent, Window Window)> watching = [];
        lock (_gate)
            _heldForTally ??= [];
        try
        {
            var tally = await grains.Queue(WorkspaceId).Tally();
            lock (_gate)
                _tally = tally;
        }
        finally
        {
            lock (_gate)
            {
                var held = _heldForTally;
                _heldForTally = null;
                foreach (var change in held ?? [])
                    Take(change);
                // Not before: what the account holds already is told to nobody, so who came meanwhile needs it too.
                foreach (var agent in _agents)
                    if (agent.Window is { } window)
                        watching.Add((agent, window));
            }
        }
        foreach (var (agent, window) in watching)
            await ResyncWindow(agent, window);
    }

    private async Task ResyncWindow(AgentConnection agent, Window window)
    {
        // A list that is scrolled far down comes back faster from the start than row by row.
        if (window.Count > 2 * Limits.Page)
            agent.Outbox.Close("resync", reconnect: true);
        else
            await Fetch(window, window.AskAnew, page =>
            {
                // Another list may be on screen by now.
                if (agent.Window == window && !window.Replace(page!, _tally, agent.Outbox))
                    agent.Outbox.Close("resync", reconnect: true);
                return true;
            });
    }

    /// <summary>
    /// Brings conversations up to date that missed something: with <paramref name="all"/> every one that somebody here
    /// follows, otherwise those of which the queue has said a newer revision than was handed on.
    /// </summary>
    public async Task ResyncConversations(bool all)
    {
        List<(string Id, Reader Reader, long Rev)> behind = [];
        lock (_gate)
        {
            foreach (var (id, open) in _open)
            {
                if (open.Rev == 0)
                    continue;
                var (rev, said) = (open.Rev, Math.Max(open.Rev, open.RevSaid));
                if (_visitors.GetValueOrDefault(open.VisitorId ?? "") is { } here && here.ConversationId == id && here.Follows)
                    (rev, said) = (Math.Min(rev, here.Rev), Math.Max(said, here.RevSaid));
                if (all || said > rev)
                    behind.Add((id, open.Agents.First().Who.Reader, rev));
            }
            foreach (var visitor in _visitors.Values)
                if (visitor is { ConversationId: { } id, Follows: true } && !_open.ContainsKey(id) && (all || visitor.RevSaid > visitor.Rev))
                    behind.Add((id, new Reader(AuthorType.Visitor, visitor.Id), visitor.Rev));
        }
        foreach (var (id, reader, rev) in behind)
        {
            EdgeMeasures.Resync("behind");
            var caughtUp = await grains.Conversation(WorkspaceId, id).Sync(reader, rev);
            if (caughtUp.Value is not { } missed)
                continue;
            lock (_gate)
                Take(CatchUp(id, missed));
        }
    }

    private ConversationChanged CatchUp(string conversationId, CatchUp missed)
    {
        var visitorId = _open.GetValueOrDefault(conversationId)?.VisitorId
            ?? _visitors.Values.FirstOrDefault(visitor => visitor.ConversationId == conversationId)?.Id ?? "";
        // So much was missed that the events are gone: a revision far ahead makes each screen ask for a snapshot.
        var events = missed.Events
            ?? [new Hidden { Rev = missed.Snapshot!.Summary.Rev, At = clock.GetUtcNow() }];
        return new ConversationChanged(conversationId, visitorId, events);
    }
}
