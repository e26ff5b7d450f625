using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LiveSupport.Tests.Support;

/// <summary>
/// Ports for servers that are told theirs before they listen, or that come back to it. Below those from which a system
/// takes the ports of outgoing connections (Linux: 32768 and up): of these one may be gone by the time the server starts.
/// </summary>
internal static class Ports
{
    private const int First = 10_240;
    private const int Last = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>One on which nobody listens, and which nobody else is given.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (IsFree(port) && Given.TryAdd(port, true))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
