using LiveSupport.Load.Traffic;
using LiveSupport.Load.Wire;

namespace LiveSupport.Load.Servers;

/// <summary>What is measured: how its visitors and agents get in, and what it has stored in the end.</summary>
internal interface ITarget
{
    string Name { get; }
    ServerProcess Server { get; }

    /// <summary>Opens a visitor's socket, without a conversation.</summary>
    Task<LoadSocket> Visitor(int index, LoadSocket.IListener listener, System.Net.IPAddress? from, CancellationToken stop);

    /// <summary>Opens an agent's socket.</summary>
    Task<LoadSocket> Agent(int index, LoadSocket.IListener listener, CancellationToken stop);

    /// <summary>Begins the visitor's conversation and gives its id.</summary>
    Task<string> Begin(int index, LoadSocket visitor);

    /// <summary>The agent takes the conversation and has it open from then on.</summary>
    Task Take(LoadSocket agent, string conversationId, bool join);

    /// <summary>All that is stored of a conversation, oldest first; null when nothing is.</summary>
    Task<IReadOnlyList<StoredEntry>?> Stored(string conversationId, CancellationToken stop);
}
