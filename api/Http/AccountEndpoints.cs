using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace LiveSupport.Api.Http;

internal sealed record SetUp(string Code, string Name, string Email, string Password);
internal sealed record Login(string Email, string Password, string? Totp = null);
internal sealed record NewAgent(string Name, string Email, string Password, AgentRole Role);
internal sealed record Created(string Id);

/// <summary>Set-up, sign-in and the team.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/setup", async (
            SetUp request, HttpContext http, SetupLink link, UserManager<AgentUser> users, SignInManager<AgentUser> signIn,
            EdgeBudgets budgets, KnownBrowsers browsers, TimeProvider clock) =>
        {
            Spend(budgets.Logins, http);
            if (!await link.Opens(request.Code))
                throw Refusals.NotFound();
            var admin = NewUser(Workspaces.Default, request.Name, request.Email, AgentRole.Admin, clock, onlyAsFirst: true);
            var created = await users.CreateAsync(admin, Accounts.Password(request.Password));
            if (!created.Succeeded)
                throw Refused(created, ifConflict: Refusals.NotFound());
            link.Close();
            await signIn.SignInAsync(admin, isPersistent: true);
            browsers.Remember(http, admin.NormalizedEmail);
            return TypedResults.NoContent();
        }).AllowAnonymous().WithSummary("Creates the first administrator, once, with the code of the set-up link.");

        routes.MapPost("/api/auth/login", async (
            Login request, HttpContext http, UserManager<AgentUser> users, SignInManager<AgentUser> signIn,
            EdgeBudgets budgets, KnownBrowsers browsers, UsedCodes used) =>
        {
            Spend(budgets.Logins, http);
            await SignIn(request, http, users, signIn, browsers, used);
            return TypedResults.NoContent();
        }).AllowAnonymous().WithSummary("Signs an agent in.");

        routes.MapPost("/api/auth/logout", async (HttpContext http, AgentSessions sessions) =>
        {
            await sessions.End(http.User.Agent());
            await http.SignOutAsync(IdentityConstants.ApplicationScheme);
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Agent).WithSummary("Ends the session and its sockets.");

        routes.MapGet("/api/me", async (HttpContext http, IGrainFactory grains) =>
        {
            var me = http.User.Agent();
            return await grains.Agent(me.WorkspaceId, me.Agent.Id).Profile() ?? throw Refusals.NotFound();
        }).RequireAuthorization(Policies.Agent).WithSummary("The signed-in agent.");

        routes.MapGet("/api/agents", async (HttpContext http, IGrainFactory grains) =>
            await grains.Workspace(http.User.Agent().WorkspaceId).Agents())
            .RequireAuthorization(Policies.Agent).WithSummary("The team.");

        routes.MapPost("/api/agents", async (NewAgent request, HttpContext http, UserManager<AgentUser> users, TimeProvider clock) =>
        {
            var agent = NewUser(http.User.Agent().WorkspaceId, request.Name, request.Email, request.Role, clock);
            var created = await users.CreateAsync(agent, Accounts.Password(request.Password));
            if (!created.Succeeded)
                throw Refused(created, new RefusedException(Codes.Conflict, "An agent with this e-mail exists."));
            return Results.Created((string?)null, new Created(agent.Id));
        }).RequireAuthorization(Policies.Admin).Produces<Created>(StatusCodes.Status201Created).WithSummary("Adds an agent.");
    }

    public static AgentUser NewUser(
        string workspaceId, string name, string email, AgentRole role, TimeProvider clock, bool onlyAsFirst = false) => new()
        {
            WorkspaceId = workspaceId,
            Id = onlyAsFirst ? AgentUser.FirstId : Ids.New(clock),
            Name = Input.Name(name) ?? throw Input.Bad("'name' is empty."),
            Email = Input.Email(email) ?? throw Input.Bad("'email' is missing."),
            Role = role,
            CreatedAt = clock.GetUtcNow(),
            OnlyAsFirst = onlyAsFirst,
        };

    /// <summary>Says the same, and as late, of an e-mail that nobody has, so that nobody learns which exist.</summary>
    private static async Task SignIn(
        Login request, HttpContext http, UserManager<AgentUser> users, SignInManager<AgentUser> signIn, KnownBrowsers browsers, UsedCodes used)
    {
        var wrong = new RefusedException(
            Codes.NotSignedIn, "The e-mail or the password is wrong. After five wrong ones even the right one waits five minutes.");
        Input.Text(request.Email, "email", Limits.Email);
        Accounts.Password(request.Password);
        var email = users.NormalizeEmail(request.Email);
        // Before the password is looked at: many that come at the same time are not more tries.
        await browsers.TakeTry(http, email);
        if (await users.FindByEmailAsync(request.Email) is not { } user)
        {
            users.PasswordHasher.HashPassword(null!, request.Password);
            throw wrong;
        }
        if (!await users.CheckPasswordAsync(user, request.Password) || !await SecondFactorIsRight(request, users, user, used))
            throw wrong;
        await browsers.GiveBack(http, email);
        if (user.Deactivated)
            throw new RefusedException(Codes.Forbidden, "This account is switched off. An administrator can switch it on again.");
        await signIn.SignInAsync(user, isPersistent: true);
        browsers.Remember(http, email);
    }

    private static async Task<bool> SecondFactorIsRight(Login request, UserManager<AgentUser> users, AgentUser user, UsedCodes used) =>
        !user.TwoFactorEnabled
        || (request.Totp is { Length: <= 12 } totp
            && (await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, totp)
                ? await used.Use(user, totp)
                : (await users.RedeemTwoFactorRecoveryCodeAsync(user, totp.ToUpperInvariant())).Succeeded));

    public static RefusedException Refused(IdentityResult result, RefusedException ifConflict)
    {
        var error = result.Errors.First();
        return error.Code is Codes.Conflict or "DuplicateUserName" or "DuplicateEmail" ? ifConflict
            : error.Code == Codes.Unavailable ? new RefusedException(Codes.Unavailable, error.Description)
            : Input.Bad(error.Description);
    }

    private static void Spend(Budgets budget, HttpContext http) => budget.Take(Client.Address(http), "Too many attempts.");
}
