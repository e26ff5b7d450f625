using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>
/// In which of its other conversations a visitor said what. A conversation knows the client ids of its own messages, but
/// an outbox outlives it: a message may come again when its conversation is over and another goes on. Looked up once for
/// each conversation that the visitor writes in, so that a new message asks nobody.
/// </summary>
internal sealed class SaidBefore
{
    /// <summary>The newest so many are looked through, each from its first message on. What comes again after more than
    /// these is taken for new.</summary>
    private const int Conversations = 10;

    private readonly Dictionary<string, string> _conversationOf = [];

    private SaidBefore(string conversationId) => ConversationId = conversationId;

    /// <summary>The one that is not among them: it knows its own.</summary>
    public string ConversationId { get; }

    /// <summary>The conversation that has that message; null: none of these.</summary>
    public string? Where(string clientId) => _conversationOf.GetValueOrDefault(clientId);

    public static async Task<SaidBefore> Look(IGrainFactory grains, string workspaceId, string visitorId, string conversationId)
    {
        var rows = await grains.Queue(workspaceId).ByVisitor(visitorId, Conversations + 1);
        var others = rows.Select(row => row.Id).Where(id => id != conversationId).Take(Conversations).ToArray();
        var said = await Task.WhenAll(others.Select(id => grains.Conversation(workspaceId, id).Said(visitorId)));
        var before = new SaidBefore(conversationId);
        foreach (var (id, messages) in others.Zip(said))
            foreach (var message in messages)
                before._conversationOf[message] = id;
        return before;
    }
}
