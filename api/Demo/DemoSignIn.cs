using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Demo;

/// <summary>A customer of the demo shop, and the shop's word for it.</summary>
internal sealed record DemoCustomer(string Name, string UserToken);

/// <summary>The demo shop's own server side: it signs its customer in, as any site does that vouches for its users.</summary>
internal static class DemoSignIn
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public static void MapDemoSignIn(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/demo/sign-in", async (HttpContext http, IGrainFactory grains, TimeProvider clock) =>
        {
            // Without --demo nobody is vouched for; the shop then shows no link.
            if (http.RequestServices.GetService<FakeProviders>() is null
                || (await grains.Workspace(Workspaces.Default).Settings())?.IdentitySecret is not { } secret)
                return Results.NoContent();
            var customer = DemoCustomers.All[0];
            return Results.Ok(new DemoCustomer(customer.Name, Token(customer, secret, clock.GetUtcNow() + Life)));
        }).AllowAnonymous().Produces<DemoCustomer>().WithSummary("With --demo: the demo shop's customer, signed in.");

    /// <summary>Gives the demo's workspace a secret to sign with, where an administrator has set none.</summary>
    public static async Task EnsureSecret(IGrainFactory grains)
    {
        var workspace = grains.Workspace(Workspaces.Default);
        if (await workspace.Settings() is { IdentitySecret: null } settings)
            await workspace.SetSettings(settings with { IdentitySecret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) });
    }

    private static string Token(DemoCustomers.Person customer, string secret, DateTimeOffset expires)
    {
        var claims = JsonSerializer.SerializeToUtf8Bytes(new { sub = customer.Email, name = customer.Name, email = customer.Email, exp = expires.ToUnixTimeSeconds() });
        var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed)))}";
    }
}
