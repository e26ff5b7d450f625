using System.Collections.Immutable;
using System.Security.Cryptography;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Api.Security;

/// <summary>
/// Who may still try a password. A count of wrong ones that stands for the account alone would let any stranger keep its
/// owner out. So a browser in which the owner has signed in before has a count of its own, that nobody else can use up
/// (OWASP's device cookie); all other browsers are counted by their address, and those of all addresses together. What
/// an address tries at whatever e-mails each edge counts itself; the rest guards an account and is counted for all edges.
/// Identity's lockout knows no such difference and is not used.
/// </summary>
internal sealed class KnownBrowsers(IGrainFactory grains, EdgeBudgets budgets, IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Cookie = "livesupport-browser";
    private const string TooMany = "Too many wrong passwords.";
    private const int LongestCookie = 4_096;

    /// <summary>Colleagues who share a desk; the one who came first makes room.</summary>
    private const int Emails = 8;
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    private readonly IDataProtector _protector = protection.CreateProtector("agent.browser.v1");

    /// <summary>At the sign-in no workspace is known yet; today there is one.</summary>
    private ITriesGrain Tries => grains.Tries(Workspaces.Default);

    /// <summary>Takes one try for the e-mail, whether an agent has it or not.</summary>
    /// <exception cref="RefusedException"><see cref="Codes.RateLimited"/>: no try is left, and for how long.</exception>
    public async Task TakeTry(HttpContext http, string email)
    {
        var (ofAccount, ofAddress) = Budgets(http, email);
        // First, so that nobody has more counted for all edges than its address may try.
        if (ofAddress?.TryTake() == false)
            throw Refusals.TooMany(TooMany, ofAddress.Wait());
        if (await Tries.Take(ofAccount) is not { } wait)
            return;
        ofAddress?.GiveBack();
        throw Refusals.TooMany(TooMany, wait);
    }

    /// <summary>The password was right: the try does not count.</summary>
    public Task GiveBack(HttpContext http, string email)
    {
        var (ofAccount, ofAddress) = Budgets(http, email);
        ofAddress?.GiveBack();
        return Tries.GiveBack(ofAccount);
    }

    /// <summary>What a try takes one of; an e-mail that somebody made up may have spaces, so it comes last.</summary>
    private (ImmutableArray<TryBudget> OfAccount, TokenBucket? OfAddress) Budgets(HttpContext http, string email)
    {
        if (Read(http) is [var browser, .. var emails] && emails.Contains(email))
            return ([budgets.WrongPasswords($"browser {browser} {email}")], null);
        var address = Client.Address(http);
        return (
            [budgets.WrongPasswords($"from {address} {email}"), budgets.WrongPasswordsOfEmail(email)],
            budgets.WrongPasswordsOfAddress.For(address));
    }

    /// <summary>The owner of the e-mail has signed in here.</summary>
    public void Remember(HttpContext http, string email)
    {
        var (browser, emails) = Read(http) is [var known, .. var others] ? (known, others) : (Guid.NewGuid().ToString("N"), []);
        http.Response.Cookies.Append(
            Cookie,
            _protector.Protect(string.Join(' ', [browser, .. emails.Where(other => other != email).TakeLast(Emails - 1), email])),
            new CookieOptions
            {
                Path = "/api/auth",
                HttpOnly = true,
                IsEssential = true,
                SameSite = SameSiteMode.Strict,
                Secure = http.Request.IsHttps,
                Expires = clock.GetUtcNow() + Life,
            });
    }

    /// <summary>The browser's own name, and the e-mails whose owners have signed in there. No e-mail has a space in it.</summary>
    private string[] Read(HttpContext http)
    {
        try
        {
            return http.Request.Cookies[Cookie] is { Length: > 0 and <= LongestCookie } cookie ? _protector.Unprotect(cookie).Split(' ') : [];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }
}
