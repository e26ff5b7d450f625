using System.Net;
using LiveSupport.Load.Traffic;
using LiveSupport.Load.Wire;

namespace LiveSupport.Load.Servers;

/// <summary>Talks to <see cref="EchoServer"/>.</summary>
internal sealed class EchoTarget(ServerProcess server, bool plain) : ITarget
{
    public string Name => plain ? Report.PlainEcho : Report.Echo;
    public ServerProcess Server => server;

    public Task<LoadSocket> Visitor(int index, LoadSocket.IListener listener, IPAddress? from, CancellationToken stop) =>
        LoadSocket.Open(server.Address, $"/echo?conversation=c{index}", null, listener, from, stop);

    public Task<LoadSocket> Agent(int index, LoadSocket.IListener listener, CancellationToken stop) =>
        LoadSocket.Open(server.Address, "/echo", null, listener, null, stop);

    public Task<string> Begin(int index, LoadSocket visitor) => Task.FromResult($"c{index}");

    public Task Take(LoadSocket agent, string conversationId, bool join) => agent.Ask("Open", conversationId);

    public Task<IReadOnlyList<StoredEntry>?> Stored(string conversationId, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<StoredEntry>?>(null);
}
