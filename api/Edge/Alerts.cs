using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>
/// Tells agents of what is worth calling them back to the dashboard, whatever part of the queue is on screen there:
/// <c>waiting</c>, a visitor has begun to wait for anybody; <c>assigned</c>, a colleague gave them a conversation;
/// <c>message</c>, in one of theirs something is unread where nothing was. Hints, like all events. Guarded by the relay.
/// </summary>
internal sealed class Alerts(TimeProvider clock)
{
    /// <summary>What is seen here for the first time is news only this long: after a loss the queue tells of old rows too.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    /// <summary>Who wants to be told, and in which of their conversations they have something unread that they were told of.</summary>
    private readonly Dictionary<AgentConnection, HashSet<string>> _told = [];
    private readonly Dictionary<string, Known> _active = [];

    /// <summary>An active conversation as the queue told of it last.</summary>
    private readonly record struct Known(int VisitorEntries, bool Waits);

    public void Add(AgentConnection agent) => _told.TryAdd(agent, []);

    public void Remove(AgentConnection agent)
    {
        if (_told.Remove(agent) && _told.Count == 0)
            _active.Clear();
    }

    public void Take(QueueChanged change)
    {
        if (_told.Count == 0)
            return;
        foreach (var (row, _, _) in change.Rows)
        {
            var (wrote, beganToWait) = News(row);
            foreach (var (agent, told) in _told)
            {
                if (beganToWait)
                    Tell(agent, "waiting", row);
                if (row.Owner?.Id != agent.Who.Agent.Id)
                    continue;
                if (row.UnreadFor(agent.Who.Agent.Id) <= 0)
                    told.Remove(row.Id);
                else if (wrote && row.Mode == Mode.HumanInteraction && told.Add(row.Id))
                    Tell(agent, "message", row);
            }
        }
    }

    public void Take(ConversationChanged change)
    {
        if (_told.Count == 0 || change.Events.OfType<OwnerChanged>().LastOrDefault()?.Owner is not { } owner)
            return;
        var byColleague = change.Events.OfType<EntryAdded>().Any(added => added.Entry.Code == SystemCodes.Assigned && added.Entry.Author.Id != owner.Id);
        if (!byColleague)
            return;
        foreach (var agent in _told.Keys)
            if (agent.Who.Agent.Id == owner.Id)
                agent.Outbox.PostLatest($"assigned:{change.ConversationId}", Frame.Alert("assigned", change.ConversationId));
    }

    private (bool Wrote, bool BeganToWait) News(QueueRow row)
    {
        if (row.Status != Status.Active)
        {
            _active.Remove(row.Id);
            return default;
        }
        var fresh = clock.GetUtcNow() - Fresh;
        var waits = QueueRules.IsUnassigned(row);
        var news = _active.TryGetValue(row.Id, out var known)
            ? (row.VisitorEntries > known.VisitorEntries, waits && !known.Waits)
            : (row is { PreviewBy.Type: AuthorType.Visitor } && row.LastAt > fresh, waits && row.WaitingSince > fresh);
        _active[row.Id] = new Known(row.VisitorEntries, waits);
        return news;
    }

    private static void Tell(AgentConnection agent, string why, QueueRow row) =>
        agent.Outbox.PostLatest($"alert:{row.Id}", Frame.Alert(why, row.Id, row.Visitor, row.Preview));
}
