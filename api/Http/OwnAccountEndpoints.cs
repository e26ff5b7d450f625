using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace LiveSupport.Api.Http;

internal sealed record OwnName(string Name);
internal sealed record PasswordChange(string Current, string Next);
internal sealed record TotpCode(string Code);
internal sealed record TotpOff(string Password, string Code);

/// <summary>Whether signing in takes a code, and how many recovery codes are left.</summary>
internal sealed record TotpState(bool Enabled, int RecoveryCodes);

/// <summary>What an authenticator app needs. Worth nothing until a first code has confirmed it.</summary>
internal sealed record TotpSecret(string Secret, string Uri);

/// <summary>Shown once: only their hashes are kept.</summary>
internal sealed record RecoveryCodes(IEnumerable<string> Codes);

/// <summary>What agents change of their own account. A change of how they sign in ends their other sessions.</summary>
internal static class OwnAccountEndpoints
{
    private const string Issuer = "LiveSupport";
    private const int RecoveryCodeCount = 10;

    public static void MapOwnAccount(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/me", async (OwnName request, HttpContext http, Accounts accounts) =>
        {
            var user = await accounts.User(http);
            user.Name = Input.Name(request.Name) ?? throw Input.Bad("'name' is empty.");
            await accounts.Save(user);
            await accounts.SignInAgain(http, user);
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Agent).WithSummary("Changes the agent's own name.");

        routes.MapPost("/api/me/password", async (PasswordChange request, HttpContext http, Accounts accounts, UserManager<AgentUser> users) =>
        {
            var user = await accounts.User(http);
            await accounts.Guess(user, () => users.CheckPasswordAsync(user, Accounts.Password(request.Current)), "The current password is wrong.");
            Accounts.Done(await users.ChangePasswordAsync(user, request.Current, Accounts.Password(request.Next)));
            await accounts.SignInAgain(http, user);
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Agent).WithSummary("Changes the password; the agent's other sessions end.");

        routes.MapGet("/api/me/totp", async (HttpContext http, Accounts accounts, UserManager<AgentUser> users) =>
        {
            var user = await accounts.User(http);
            return new TotpState(user.TwoFactorEnabled, await users.CountRecoveryCodesAsync(user));
        }).RequireAuthorization(Policies.Agent).WithSummary("Whether signing in takes a code from an authenticator app.");

        routes.MapPost("/api/me/totp", async (HttpContext http, Accounts accounts, UserManager<AgentUser> users, AuthenticatorKeys keys) =>
        {
            var user = await accounts.User(http);
            if (user.TwoFactorEnabled)
                throw new RefusedException(Codes.Conflict, "It is switched on already. Switch it off first.");
            var key = users.GenerateNewAuthenticatorKey();
            user.AuthenticatorKey = keys.Seal(key);
            await accounts.Save(user);
            return new TotpSecret(
                key,
                $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(user.Email)}?secret={key}&issuer={Issuer}&digits=6&period=30");
        }).RequireAuthorization(Policies.Agent).WithSummary("A new secret for an authenticator app, to be confirmed by a code.");

        routes.MapPost("/api/me/totp/confirm", async (TotpCode request, HttpContext http, Accounts accounts, UserManager<AgentUser> users) =>
        {
            var user = await accounts.User(http);
            if (user.TwoFactorEnabled || user.AuthenticatorKey is null)
                throw new RefusedException(Codes.Conflict, "There is nothing to confirm. Begin again.");
            await accounts.Guess(user, () => accounts.IsCode(user, request.Code), "This code is not right. Take the one that the app shows now.");
            var codes = (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodeCount))!;
            Accounts.Done(await users.SetTwoFactorEnabledAsync(user, enabled: true));
            await accounts.SignInAgain(http, user);
            return new RecoveryCodes(codes);
        }).RequireAuthorization(Policies.Agent).WithSummary("Switches the codes on; answers with the recovery codes, once.");

        routes.MapDelete("/api/me/totp", async ([FromBody] TotpOff request, HttpContext http, Accounts accounts, UserManager<AgentUser> users) =>
        {
            var user = await accounts.User(http);
            if (!user.TwoFactorEnabled)
                throw new RefusedException(Codes.Conflict, "It is switched off already.");
            await accounts.Guess(
                user,
                async () => await users.CheckPasswordAsync(user, Accounts.Password(request.Password)) && await accounts.IsCode(user, request.Code),
                "The password or the code is wrong.");
            await accounts.ForgetTotp(user);
            await accounts.SignInAgain(http, user);
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Agent).WithSummary("Switches the codes off; asks for the password and a code.");
    }
}
