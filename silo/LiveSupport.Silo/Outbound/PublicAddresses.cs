using System.Net;
using System.Net.Sockets;

namespace LiveSupport.Silo.Outbound;

/// <summary>Which addresses are the open internet, and not this machine, its network or its provider's. Pure.</summary>
public static class PublicAddresses
{
    /// <summary>IPv4 blocks that are not the open internet (IANA special-purpose registry).</summary>
    private static readonly IPNetwork[] Closed4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    private static readonly IPNetwork Open6 = IPNetwork.Parse("2000::/3");

    /// <summary>Within the open block: protocol assignments with Teredo, documentation, and 6to4, which carries an IPv4 address.</summary>
    private static readonly IPNetwork[] Closed6 =
        [IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20")];

    public static bool Holds(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Closed4.Any(block => block.Contains(address)),
            AddressFamily.InterNetworkV6 => address.ScopeId == 0 && Open6.Contains(address) && !Closed6.Any(block => block.Contains(address)),
            _ => false,
        };
    }
}
