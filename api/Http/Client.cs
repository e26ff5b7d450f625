using System.Net.Sockets;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

/// <summary>What a request says of the caller's machine.</summary>
internal static class Client
{
    /// <summary>Whose budget it is: the address of the socket, never one that a header claims. An IPv6 customer has a /64.</summary>
    public static string Address(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    public static Device Device(HttpRequest request) =>
        request.Headers.UserAgent.ToString() is var agent
        && (agent.Contains("Mobi", StringComparison.Ordinal) || agent.Contains("Android", StringComparison.Ordinal))
            ? Contracts.Device.Mobile
            : Contracts.Device.Desktop;

    /// <summary>
    /// The country that a proxy of the operator's own says, in the header that the operator named. Null when none is
    /// named, and for what is no country ("XX": not known, "T1": Tor).
    /// </summary>
    public static Location? Location(HttpRequest request, string? header) =>
        !string.IsNullOrEmpty(header) && request.Headers[header].ToString() is { Length: 2 } country
        && country.All(char.IsAsciiLetter) && !country.Equals("XX", StringComparison.OrdinalIgnoreCase)
            ? new Location(country.ToUpperInvariant())
            : null;

    /// <summary>Name and main version, e.g. "Firefox 140"; null when it is none of the usual.</summary>
    public static string? Browser(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        foreach (var (token, name) in (ReadOnlySpan<(string, string)>)
            [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Version/", "Safari")])
        {
            var at = agent.IndexOf(token, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var version = new string([.. agent[(at + token.Length)..].TakeWhile(char.IsAsciiDigit).Take(4)]);
            return $"{name} {version}".TrimEnd();
        }
        return null;
    }
}
