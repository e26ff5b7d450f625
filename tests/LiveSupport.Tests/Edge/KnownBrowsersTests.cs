using System.Net;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace LiveSupport.Tests.Edge;

/// <summary>Two edges in front of one silo: a browser that asks both gets no more tries than from one.</summary>
public sealed class KnownBrowsersTests
{
    private const string Email = "MIRA@LINNEA.EXAMPLE";

    private readonly EphemeralDataProtectionProvider _keys = new();

    [Fact]
    public async Task An_address_has_five_tries_at_an_e_mail_and_all_addresses_ten_at_both_edges_together()
    {
        await using var silo = await SiloHost.Start();
        KnownBrowsers[] edges = [Edge(silo), Edge(silo)];
        for (var n = 0; n < 5; n++)
            Assert.Null(await Wait(edges[n % 2], From("10.0.0.1")));
        foreach (var edge in edges)
            Assert.InRange((await Wait(edge, From("10.0.0.1")))!.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));

        for (var n = 0; n < 5; n++)
            Assert.Null(await Wait(edges[1], From("10.0.0.2")));
        foreach (var edge in edges)
            Assert.InRange((await Wait(edge, From("10.0.0.3")))!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));
        silo.Clock.Advance(TimeSpan.FromSeconds(91));
        Assert.Null(await Wait(edges[0], From("10.0.0.3")));
        Assert.NotNull(await Wait(edges[1], From("10.0.0.4")));
    }

    [Fact]
    public async Task A_known_browser_has_its_own_five_at_both_edges_together_and_right_passwords_cost_none()
    {
        await using var silo = await SiloHost.Start();
        KnownBrowsers[] edges = [Edge(silo), Edge(silo)];
        var (known, other) = (KnownFrom(edges[0], "10.0.0.1"), KnownFrom(edges[1], "10.0.0.1"));
        for (var n = 0; n < 30; n++)
            await Wait(edges[n % 2], From($"10.0.1.{n}"));
        Assert.NotNull(await Wait(edges[0], From("10.0.0.1")));

        for (var n = 0; n < 9; n++)
        {
            Assert.Null(await Wait(edges[n % 2], known));
            await edges[n % 2].GiveBack(known, Email);
        }
        for (var n = 0; n < 5; n++)
            Assert.Null(await Wait(edges[n % 2], known));
        foreach (var edge in edges)
            Assert.InRange((await Wait(edge, known))!.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.Null(await Wait(edges[0], other));
    }

    [Fact]
    public async Task An_e_mail_that_somebody_makes_up_uses_up_nobody_else_s_tries()
    {
        await using var silo = await SiloHost.Start();
        var edge = Edge(silo);
        for (var n = 0; n < 10; n++)
            Assert.Null(await Wait(edge, From($"10.0.1.{n}"), $"from 10.0.0.1 {Email}"));
        for (var n = 0; n < 5; n++)
            Assert.Null(await Wait(edge, From("10.0.0.1")));
    }

    private KnownBrowsers Edge(SiloHost silo) => new(silo.Grains, new EdgeBudgets(new EdgeLimits(), silo.Clock), _keys, silo.Clock);

    /// <summary>Takes a try; null when there was one, else how long there is none.</summary>
    private static async Task<TimeSpan?> Wait(KnownBrowsers edge, HttpContext browser, string email = Email)
    {
        try
        {
            await edge.TakeTry(browser, email);
            return null;
        }
        catch (RefusedException refused) when (refused.Refusal.Code == Codes.RateLimited)
        {
            return refused.RetryAfter;
        }
    }

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };

    /// <summary>A browser in which the owner has signed in before.</summary>
    private static DefaultHttpContext KnownFrom(KnownBrowsers edge, string address)
    {
        var before = From(address);
        edge.Remember(before, Email);
        var browser = From(address);
        browser.Request.Headers.Cookie = before.Response.Headers.SetCookie.ToString().Split(';')[0];
        return browser;
    }
}
