using System.Net;
using LiveSupport.Silo.Outbound;

namespace LiveSupport.Tests.Outbound;

/// <summary>Nobody makes the server call its own machine or network.</summary>
public sealed class PublicHttpTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:1::1")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("ff02::1")]
    public void An_inner_address_is_not_public(string address) => Assert.False(PublicAddresses.Holds(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void The_open_internet_is_public(string address) => Assert.True(PublicAddresses.Holds(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://127.0.0.1/x")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://localhost/")]
    [InlineData("https://localhost./")]
    [InlineData("https://a.localhost/")]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("https://intranet/")]
    [InlineData("https://①②⑦.⓪.⓪.①/")]
    [InlineData("https://１２７.０.０.１/")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://ⓛocalhost.example/")]
    [InlineData("http://example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("example.com")]
    public void A_wrong_address_is_refused_when_it_is_set(string url)
    {
        using var http = new PublicHttp(allowPrivate: false);
        Assert.Equal("bad-request", http.Check(url)?.Code);
    }

    [Fact]
    public void A_web_address_may_be_set()
    {
        using var http = new PublicHttp(allowPrivate: false);
        Assert.Null(http.Check("https://hooks.example.com:8443/in?x=1"));
        Assert.Null(http.Check("https://xn--mnchen-3ya.example/ü"));
    }

    [Theory]
    [InlineData("http://localhost:9/")]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("http://[::1]:9/")]
    public async Task A_name_that_leads_inside_is_refused_when_it_is_used(string url)
    {
        using var http = new PublicHttp(allowPrivate: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.Send(request, 100, CancellationToken.None));
        Assert.Contains("open internet", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("::ffff:192.168.0.1")]
    [InlineData("fd00::1")]
    public async Task A_public_name_that_answers_with_an_inner_address_leads_nowhere(string address)
    {
        var asked = new List<string>();
        using var http = new PublicHttp(allowPrivate: false, (name, _) =>
        {
            asked.Add(name);
            return Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]);
        });
        Assert.Null(http.Check("https://shop.example.com/"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://shop.example.com/");
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.Send(request, 100, CancellationToken.None));
        Assert.Contains("open internet", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(["shop.example.com"], asked);
    }
}
