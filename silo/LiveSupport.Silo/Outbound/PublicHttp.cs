using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Outbound;

/// <summary>
/// Calls to addresses that somebody typed. Each connection resolves the name once, judges every address, and connects
/// to one that was judged: a name that answers differently at the second look leads nowhere. No redirect is followed,
/// no proxy asked, nothing unpacked.
/// </summary>
/// <param name="allowPrivate">Also inner addresses, and http: for development, and for fakes of providers.</param>
/// <param name="resolve">The addresses of a name; null: as the machine knows them.</param>
public sealed class PublicHttp(bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) : IDisposable
{
    private static readonly TimeSpan ConnectsWithin = TimeSpan.FromSeconds(5);

    /// <summary>A name may point elsewhere by then.</summary>
    private static readonly TimeSpan ConnectionLives = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = ConnectsWithin,
        PooledConnectionLifetime = ConnectionLives,
        MaxResponseHeadersLength = 32,
        ConnectCallback = (context, stop) => Connect(context.DnsEndPoint, allowPrivate, resolve ?? Dns.GetHostAddressesAsync, stop),
    })
    {
        // Each call brings its own.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Why nothing may be sent there; null: it may. What a name leads to is judged again at each connection.</summary>
    public Refusal? Check(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || url.Length > Limits.Url || uri.Scheme is not ("https" or "http"))
            return new Refusal(Codes.BadRequest, "That is no web address; write https://example.com/path.");
        // Some letters are others to whoever looks the name up, "①②⑦.⓪.⓪.①" is 127.0.0.1; which, only Unicode's tables tell.
        if (!Ascii.IsValid(uri.Host))
            return new Refusal(Codes.BadRequest, "Write the name in plain letters, an international one as xn--….");
        if (uri.UserInfo.Length > 0)
            return new Refusal(Codes.BadRequest, "The address must not hold a name or a password.");
        if (allowPrivate)
            return null;
        if (uri.Scheme != "https")
            return new Refusal(Codes.BadRequest, "The address must begin with https://.");
        var host = uri.IdnHost.TrimEnd('.');
        var isInner = IPAddress.TryParse(host.Trim('[', ']'), out var address)
            ? !PublicAddresses.Holds(address)
            : !host.Contains('.', StringComparison.Ordinal) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
                || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase);
        return isInner ? new Refusal(Codes.BadRequest, "That address is not on the open internet.") : null;
    }

    /// <summary>Sends it, and reads no more than the first <paramref name="most"/> bytes of the answer.</summary>
    /// <exception cref="HttpRequestException">No answer; also when the name leads to no public address.</exception>
    /// <exception cref="OperationCanceledException">Not within the time.</exception>
    public async Task<(HttpResponseMessage Answer, byte[] Body)> Send(HttpRequestMessage request, int most, CancellationToken stop)
    {
        var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(stop);
            var body = new byte[most];
            var read = await stream.ReadAtLeastAsync(body, most, throwOnEndOfStream: false, stop);
            return (answer, body[..read]);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public void Dispose() => _client.Dispose();

    private static async ValueTask<Stream> Connect(
        DnsEndPoint to, bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken stop)
    {
        var addresses = await resolve(to.Host, stop);
        var allowed = allowPrivate ? addresses : Array.FindAll(addresses, PublicAddresses.Holds);
        if (allowed.Length == 0)
            throw new HttpRequestException($"{to.Host} leads to no address on the open internet.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, to.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
