using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Integrations;
using LiveSupport.Silo.Outbound;
using LiveSupport.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Integrations;

/// <summary>Whom the integrations call is for administrators to say, within what is out there; and no answer hurts.</summary>
public sealed class OutboundTests
{
    [Fact]
    public async Task No_inner_address_can_be_connected()
    {
        await using var server = await TestServer.Start();
        using var admin = await server.SignIn();
        foreach (var host in (string[])[
            "127.0.0.1", "10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "127.1",
            "[::1]", "[::ffff:10.0.0.5]", "[::ffff:7f00:1]", "[fd00::1]", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
            "localhost", "shop.localhost", "db.internal", "printer.local", "intranet"])
        {
            var refused = await admin.Http.PutAsJsonAsync("/api/integrations/card", new { title = "T", secret = "s", url = $"https://{host}/card?id={{id}}" });
            Assert.True(refused.StatusCode == HttpStatusCode.BadRequest, $"{host}: {refused.StatusCode}");
        }
        // Neither a name and a password, nor what is not encrypted.
        foreach (var url in (string[])["https://me:pw@example.com/{id}", "http://example.com/{id}", "gopher://example.com/{id}", "https://{email}/x", "https://a.{id}.example.com/"])
            Assert.Equal(HttpStatusCode.BadRequest, (await admin.Http.PutAsJsonAsync("/api/integrations/card", new { title = "T", secret = "s", url })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.Http.PutAsJsonAsync("/api/integrations/card", new { title = "T", secret = "s", url = "https://example.com/{id}" })).StatusCode);
    }

    [Theory]
    [InlineData("shop", "linen.myshopify.com", true)]
    [InlineData("shop", "LINEN.myshopify.com", false)]
    [InlineData("shop", "linen.myshopify.com.example.com", false)]
    [InlineData("shop", "example.com/linen.myshopify.com", false)]
    [InlineData("shop", "linen.myshopify.com:8080", false)]
    [InlineData("shop", "linen.myshopify.com/..", false)]
    [InlineData("shop", "a.b.myshopify.com", false)]
    [InlineData("shop", "linen.myshopify.com@example.com", false)]
    [InlineData("shop", "linen@example.com#.myshopify.com", false)]
    [InlineData("shop", "linenxmyshopify.com", false)]
    [InlineData("shop", ".myshopify.com", false)]
    [InlineData("subdomain", "linen", true)]
    [InlineData("subdomain", "linen.zendesk.com", false)]
    [InlineData("subdomain", "example.com/", false)]
    [InlineData("subdomain", "example.com?", false)]
    [InlineData("subdomain", "example.com#", false)]
    [InlineData("subdomain", "me@example", false)]
    [InlineData("subdomain", "-linen", false)]
    [InlineData("subdomain", "lïnen", false)]
    [InlineData("subdomain", "", false)]
    public void The_name_of_a_shop_is_a_name_and_no_address(string setting, string host, bool isGood)
    {
        IProvider provider = setting == "shop" ? new Silo.Integrations.Shopify.ShopifyProvider() : new Silo.Integrations.Zendesk.ZendeskProvider();
        var settings = new Settings(ImmutableDictionary<string, string>.Empty.Add(setting, host).Add("token", "t").Add("auth", setting == "shop" ? "admin-token" : "oauth"));
        Assert.Equal(isGood, provider.Check(settings) is null);
    }

    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("169.254.169.254")]
    public async Task A_providers_name_that_leads_inside_is_not_called(string address)
    {
        var reached = 0;
        using var http = new PublicHttp(allowPrivate: false, (_, _) =>
        {
            reached++;
            return Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]);
        });
        var upstream = new Upstream("Shopify", new Settings(ImmutableDictionary<string, string>.Empty.Add("shop", "linen.myshopify.com").Add("auth", "admin-token").Add("token", "t")),
            root: null, http, TimeProvider.System, _ => Task.CompletedTask);
        var refused = await Assert.ThrowsAsync<ProviderFailure>(() => new Silo.Integrations.Shopify.ShopifyProvider().WhoAmI(upstream, CancellationToken.None));
        Assert.Equal(Codes.Unavailable, refused.Code);
        Assert.True(reached > 0);
        Assert.DoesNotContain(address, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var inner = 0;
        await using var system = await Strange.Start(async http =>
        {
            if (http.Request.Path == "/secret")
                Interlocked.Increment(ref inner);
            http.Response.Redirect("/secret");
            await Task.CompletedTask;
        });
        Assert.Equal(Codes.Unavailable, DemoDesk.Error(await system.Card()));
        Assert.True(system.Asked > 0);
        Assert.Equal(0, inner);
    }

    [Fact]
    public async Task Of_an_answer_without_an_end_only_the_beginning_is_read()
    {
        await using var system = await Strange.Start(async http =>
        {
            http.Response.ContentType = "application/json";
            var piece = new byte[64 * 1024];
            Array.Fill(piece, (byte)' ');
            while (!http.RequestAborted.IsCancellationRequested)
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
        });
        Assert.Equal(Codes.Unavailable, DemoDesk.Error(await system.Card()));
        // It is cut off after a megabyte, and not after the time that would be tried three times.
        await TestServer.Eventually(() => Task.FromResult(system.Running == 0));
        Assert.Equal(1, system.Asked);
    }

    [Fact]
    public async Task An_answer_that_trickles_is_cut_off()
    {
        await using var system = await Strange.Start(async http =>
        {
            http.Response.ContentType = "application/json";
            using var period = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            while (await period.WaitForNextTickAsync(http.RequestAborted))
            {
                await http.Response.WriteAsync(" ", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }
        });
        Assert.Equal(Codes.Unavailable, DemoDesk.Error(await system.Card()));
        Assert.InRange(system.Asked, 1, 3);
        await TestServer.Eventually(() => Task.FromResult(system.Running == 0));
    }

    [Fact]
    public async Task The_companys_own_system_can_check_that_it_was_us()
    {
        string? stamp = null, signature = null, path = null;
        await using var system = await Strange.Start(async http =>
        {
            (stamp, signature, path) = (http.Request.Headers["X-LiveSupport-Timestamp"], http.Request.Headers["X-LiveSupport-Signature"], $"{http.Request.Path}{http.Request.QueryString}");
            await http.Response.WriteAsJsonAsync(new { title = "Loyalty", fields = new object[] { new { label = "Tier", value = "Gold" }, new { label = "Points", value = 7 } } });
        });
        var card = await system.Card();
        Assert.Equal("7", card.GetProperty("data").GetProperty("fields")[1].GetProperty("value").GetString());
        Assert.Contains("someone%40example.com", path, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(signature, Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData("hush"u8, System.Text.Encoding.UTF8.GetBytes($"{stamp}.{path}"))));
    }

    /// <summary>A company's own system that answers as it likes, connected to a server that may call this machine.</summary>
    private sealed class Strange : IAsyncDisposable
    {
        private WebApplication _app = null!;
        private TestServer _server = null!;
        private int _asked;
        private int _running;

        public int Asked => Volatile.Read(ref _asked);

        /// <summary>Answers that are being sent.</summary>
        public int Running => Volatile.Read(ref _running);

        public static async Task<Strange> Start(Func<HttpContext, Task> answer)
        {
            var strange = new Strange();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
            strange._app = builder.Build();
            strange._app.Run(async http =>
            {
                Interlocked.Increment(ref strange._asked);
                Interlocked.Increment(ref strange._running);
                try
                {
                    await answer(http);
                }
                catch (OperationCanceledException)
                {
                    // Cut off.
                }
                finally
                {
                    Interlocked.Decrement(ref strange._running);
                }
            });
            await strange._app.StartAsync();
            strange._server = await TestServer.Start("--LiveSupport:Integrations:AllowPrivate=true");
            return strange;
        }

        /// <summary>The card of a visitor, once the system has been asked.</summary>
        public async Task<JsonElement> Card()
        {
            var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            using var admin = await _server.SignIn();
            (await admin.Http.PutAsJsonAsync("/api/integrations/card", new { title = "T", secret = "hush", url = $"{address}/card?email={{email}}" })).EnsureSuccessStatusCode();
            var visitor = await _server.NewVisitor();
            await using var hub = await visitor.Hub();
            await hub.Invoke("Identify", new { email = "someone@example.com" });
            JsonElement card = default;
            await TestServer.Eventually(async () =>
            {
                card = (await admin.Http.GetFromJsonAsync<JsonElement>($"/api/visitors/{visitor.Id}")).GetProperty("integrations").GetProperty(Providers.Card);
                return DemoDesk.State(card) != "loading";
            });
            return card;
        }

        public async ValueTask DisposeAsync()
        {
            await _server.DisposeAsync();
            await _app.DisposeAsync();
        }
    }
}
