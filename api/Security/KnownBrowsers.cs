using System.Security.Cryptography;
using LiveSupport.Api.Http;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.DataProtection;

namespace LiveSupport.Api.Security;

/// <summary>
/// Who may still try a password. A count of wrong ones that stands for the account alone would let any stranger keep its
/// owner out. So a browser in which the owner has signed in before has a count of its own, that nobody else can use up
/// (OWASP's device cookie); all other browsers are counted by their address, and those of all addresses together.
/// Identity's lockout knows no such difference and is not used.
/// </summary>
internal sealed class KnownBrowsers(EdgeBudgets budgets, IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Cookie = "livesupport-browser";
    private const string TooMany = "Too many wrong passwords.";
    private const int LongestCookie = 4_096;

    /// <summary>Colleagues who share a desk; the one who came first makes room.</summary>
    private const int Emails = 8;
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    private readonly IDataProtector _protector = protection.CreateProtector("agent.browser.v1");

    /// <summary>Takes one try for the e-mail, whether an agent has it or not.</summary>
    /// <returns>What to give back when the password was right.</returns>
    /// <exception cref="RefusedException"><see cref="Codes.RateLimited"/>: no try is left, and for how long.</exception>
    public IReadOnlyList<TokenBucket> TakeTry(HttpContext http, string email)
    {
        var address = Client.Address(http);
        TokenBucket[] buckets = Read(http) is [var browser, .. var emails] && emails.Contains(email)
            ? [budgets.WrongPasswords.For($"browser {browser} {email}")]
            : [
                budgets.WrongPasswords.For($"{address} {email}"),
                budgets.WrongPasswordsOfAddress.For(address),
                budgets.WrongPasswordsOfEmail.For(email),
            ];
        for (var i = 0; i < buckets.Length; i++)
        {
            if (buckets[i].TryTake())
                continue;
            foreach (var taken in buckets.AsSpan(0, i))
                taken.GiveBack();
            throw Refusals.TooMany(TooMany, buckets[i].Wait());
        }
        return buckets;
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
