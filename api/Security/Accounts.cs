using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace LiveSupport.Api.Security;

/// <summary>The steps that changes of an account share.</summary>
internal sealed class Accounts(
    UserManager<AgentUser> users, SignInManager<AgentUser> signIn, AgentSessions sessions, EdgeBudgets budgets, IGrainFactory grains)
{
    private const int LongestPassword = 1_000;
    private const int LongestCode = 12;

    /// <exception cref="RefusedException">There is no such agent in this workspace.</exception>
    public async Task<AgentUser> User(string workspaceId, string id) =>
        await users.FindByIdAsync(Ids.Key(workspaceId, Input.Known(id))) ?? throw Refusals.NotFound();

    /// <summary>The signed-in agent.</summary>
    public Task<AgentUser> User(HttpContext http) => User(http.User.Agent().WorkspaceId, http.User.Agent().Agent.Id);

    /// <summary>Checked where one is set as where one is asked for: one that is set and refused at the door would lock out.</summary>
    public static string Password(string password) => Input.Text(password, "password", LongestPassword);

    /// <summary>
    /// Wrong ones are as few as at the door, for whoever sits at an open session knows none; but counted apart from
    /// those, which anybody can make.
    /// </summary>
    public async Task Guess(AgentUser user, Func<Task<bool>> isRight, string otherwise)
    {
        var tries = grains.Tries(user.WorkspaceId);
        var budget = budgets.WrongPasswords($"in {user.Key}");
        if (await tries.Take([budget]) is { } wait)
            throw Refusals.TooMany("Too many wrong tries.", wait);
        if (!await isRight())
            throw new RefusedException(Codes.Forbidden, otherwise);
        await tries.GiveBack([budget]);
    }

    public async Task<bool> IsCode(AgentUser user, string code) =>
        code.Replace(" ", "", StringComparison.Ordinal) is { Length: <= LongestCode } typed
        && await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, typed);

    public async Task Save(AgentUser user) => Done(await users.UpdateAsync(user));

    /// <summary>No codes any more, and a new stamp.</summary>
    public async Task ForgetTotp(AgentUser user)
    {
        (user.TwoFactorEnabled, user.AuthenticatorKey, user.RecoveryCodes) = (false, null, []);
        Done(await users.UpdateSecurityStampAsync(user));
    }

    /// <summary>This session goes on with what is new; whatever else the stamp has revoked is closed.</summary>
    public async Task SignInAgain(HttpContext http, AgentUser user)
    {
        var session = http.User.Agent().Session;
        var before = http.User.Agent().Stamp;
        await http.SignInAsync(
            IdentityConstants.ApplicationScheme,
            (await signIn.CreateUserPrincipalAsync(user)).InSession(session),
            new AuthenticationProperties { IsPersistent = true });
        if (user.SecurityStamp != before)
            sessions.Revoke(user.WorkspaceId, user.Id, butSession: session);
    }

    public static void Done(IdentityResult result)
    {
        if (!result.Succeeded)
            throw AccountEndpoints.Refused(result, new RefusedException(Codes.Conflict, result.Errors.First().Description));
    }
}
