using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Identity;

namespace LiveSupport.Api.Http;

internal sealed record NewPassword(string Password);

/// <summary>What an administrator does for a colleague who cannot get in, or must not any more.</summary>
internal static class ColleagueEndpoints
{
    public static void MapColleagues(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/agents/{id}/password", async (
            string id, NewPassword request, HttpContext http, Accounts accounts, UserManager<AgentUser> users, AgentSessions sessions) =>
        {
            var user = await Colleague(id, http, accounts);
            var password = Accounts.Password(request.Password);
            foreach (var rule in users.PasswordValidators)
                Accounts.Done(await rule.ValidateAsync(users, user, password));
            user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
            Accounts.Done(await users.UpdateSecurityStampAsync(user));
            sessions.Revoke(user.WorkspaceId, user.Id);
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Admin).WithSummary("Gives a colleague a new password and ends their sessions.");

        routes.MapPost("/api/agents/{id}/totp/reset", async (string id, HttpContext http, Accounts accounts, AgentSessions sessions) =>
        {
            var user = await Colleague(id, http, accounts);
            await accounts.ForgetTotp(user);
            sessions.Revoke(user.WorkspaceId, user.Id);
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Admin).WithSummary("Lets a colleague sign in without a code, whose authenticator is lost.");

        routes.MapPost("/api/agents/{id}/deactivate", async (
            string id, HttpContext http, Accounts accounts, UserManager<AgentUser> users, AgentSessions sessions, IGrainFactory grains) =>
        {
            var user = await accounts.User(http.User.Agent().WorkspaceId, id);
            user.Deactivated = true;
            Accounts.Done(await users.UpdateSecurityStampAsync(user));
            sessions.Revoke(user.WorkspaceId, user.Id);
            await grains.Agent(user.WorkspaceId, user.Id).SetAvailability(Availability.Offline).OrThrow();
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Admin).WithSummary("Keeps an agent out; never the last administrator.");

        routes.MapPost("/api/agents/{id}/reactivate", async (string id, HttpContext http, Accounts accounts) =>
        {
            var user = await accounts.User(http.User.Agent().WorkspaceId, id);
            user.Deactivated = false;
            await accounts.Save(user);
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Admin).WithSummary("Lets an agent in again.");
    }

    /// <summary>Somebody else: an administrator's own password and codes are changed where the old ones are asked for.</summary>
    private static async Task<AgentUser> Colleague(string id, HttpContext http, Accounts accounts) =>
        id != http.User.Agent().Agent.Id
            ? await accounts.User(http.User.Agent().WorkspaceId, id)
            : throw new RefusedException(Codes.Conflict, "Change your own under Settings, Your account.");
}
