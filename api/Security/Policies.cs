using LiveSupport.Api.Http;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace LiveSupport.Api.Security;

/// <summary>Who may do what. Denied unless an endpoint says otherwise.</summary>
internal static class Policies
{
    public const string Agent = "agent";
    /// <summary>Who looks after the team, and administrators.</summary>
    public const string Supervisor = "supervisor";
    public const string Admin = "admin";
    public const string Visitor = "visitor";
    public const string CookieName = "livesupport-session";

    /// <summary>For programs whose key has that scope.</summary>
    public static string Scope(string scope) => $"scope {scope}";

    /// <summary>A session survives a revocation no longer than this (and its sockets no longer than a minute).</summary>
    private static readonly TimeSpan RevalidateEvery = TimeSpan.FromSeconds(20);

    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddSingleton<AuthenticatorKeys>();
        services.AddIdentityCore<AgentUser>(identity =>
            {
                identity.User.AllowedUserNameCharacters = "";
                // Length is what makes a password strong; the rest makes people write it down.
                identity.Password.RequiredLength = 8;
                identity.Password.RequiredUniqueChars = 1;
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
            })
            .AddUserStore<AgentStore>()
            .AddSignInManager()
            .AddClaimsPrincipalFactory<AgentPrincipal.Factory>()
            .AddTokenProvider<AuthenticatorTokenProvider<AgentUser>>(TokenOptions.DefaultAuthenticatorProvider);

        services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, cookie =>
            {
                cookie.Cookie.Name = CookieName;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = EndedSessions.CookieLife;
                cookie.SlidingExpiration = true;
                cookie.Events.OnValidatePrincipal = Validate;
                cookie.Events.OnRedirectToLogin = context => Problems.Write(context.HttpContext, StatusCodes.Status401Unauthorized);
                cookie.Events.OnRedirectToAccessDenied = context => Problems.Write(context.HttpContext, StatusCodes.Status403Forbidden);
            })
            .AddScheme<AuthenticationSchemeOptions, VisitorAuthentication>(VisitorAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);

        var authorization = services.AddAuthorizationBuilder()
            .AddPolicy(Agent, policy => policy.AddAuthenticationSchemes(IdentityConstants.ApplicationScheme).RequireAuthenticatedUser())
            .AddPolicy(Supervisor, policy => policy.AddAuthenticationSchemes(IdentityConstants.ApplicationScheme)
                .RequireRole(nameof(AgentRole.Supervisor), nameof(AgentRole.Admin)))
            .AddPolicy(Admin, policy => policy.AddAuthenticationSchemes(IdentityConstants.ApplicationScheme).RequireRole(nameof(AgentRole.Admin)))
            .AddPolicy(Visitor, policy => policy.AddAuthenticationSchemes(VisitorAuthentication.SchemeName).RequireAuthenticatedUser())
            .AddFallbackPolicy(Agent, policy => policy.AddAuthenticationSchemes(IdentityConstants.ApplicationScheme).RequireAuthenticatedUser());

        foreach (var scope in Scopes.All)
            authorization.AddPolicy(Scope(scope), policy => policy
                .AddAuthenticationSchemes(ApiKeyAuthentication.SchemeName).RequireAuthenticatedUser().RequireClaim(ApiKeyAuthentication.ScopeClaim, scope));

        services.AddScoped<Accounts>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<UsedCodes>();
        services.AddSingleton<KnownBrowsers>();
        services.AddSingleton<VisitorTokens>();
        services.AddSingleton<SetupLink>();
    }

    private static async Task Validate(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        if (context.Principal?.FindFirst(AgentPrincipal.SessionClaim) is not { } session
            || await services.GetRequiredService<EndedSessions>().Contains(context.Principal.Agent()))
        {
            context.RejectPrincipal();
            return;
        }
        if (services.GetRequiredService<TimeProvider>().GetUtcNow() - context.Properties.IssuedUtc < RevalidateEvery)
            return;
        var signIn = services.GetRequiredService<SignInManager<AgentUser>>();
        if (await signIn.ValidateSecurityStampAsync(context.Principal) is not { } user)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
            return;
        }
        context.ReplacePrincipal((await signIn.CreateUserPrincipalAsync(user)).InSession(session.Value));
        context.ShouldRenew = true;
    }
}
