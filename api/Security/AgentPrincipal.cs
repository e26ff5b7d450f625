using System.Security.Claims;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace LiveSupport.Api.Security;

/// <summary>Who is signed in: what the session cookie says of an agent.</summary>
/// <param name="Session">This sign-in; a sign-out ends it and its sockets.</param>
/// <param name="Stamp">The security stamp at the sign-in; another one in the account revokes the session.</param>
internal sealed record SignedIn(string WorkspaceId, AgentRef Agent, AgentRole Role, string Session, string Stamp)
{
    public Reader Reader { get; } = new(AuthorType.Agent, Agent.Id);

    public Author Author { get; } = new(AuthorType.Agent, Agent.Id, Agent.Name);
}

internal static class AgentPrincipal
{
    public const string SessionClaim = "ls:session";
    private const string NameClaim = "ls:name";
    private const string StampClaim = "AspNet.Identity.SecurityStamp";

    public static SignedIn Agent(this ClaimsPrincipal principal)
    {
        var (workspaceId, id) = Ids.Split(principal.FindFirstValue(ClaimTypes.NameIdentifier)!);
        return new SignedIn(
            workspaceId,
            new AgentRef(id, principal.FindFirstValue(NameClaim) ?? ""),
            Enum.Parse<AgentRole>(principal.FindFirstValue(ClaimTypes.Role)!),
            principal.FindFirstValue(SessionClaim)!,
            principal.FindFirstValue(StampClaim) ?? "");
    }

    /// <summary>The same session as before, with what is new about the agent.</summary>
    public static ClaimsPrincipal InSession(this ClaimsPrincipal fresh, string session)
    {
        var identity = (ClaimsIdentity)fresh.Identity!;
        identity.RemoveClaim(identity.FindFirst(SessionClaim));
        identity.AddClaim(new Claim(SessionClaim, session));
        return fresh;
    }

    /// <summary>Makes the principal that goes into the cookie.</summary>
    public sealed class Factory(UserManager<AgentUser> users, IOptions<IdentityOptions> options)
        : UserClaimsPrincipalFactory<AgentUser>(users, options)
    {
        protected override async Task<ClaimsIdentity> GenerateClaimsAsync(AgentUser user)
        {
            var identity = await base.GenerateClaimsAsync(user);
            identity.AddClaim(new Claim(NameClaim, user.Name));
            identity.AddClaim(new Claim(ClaimTypes.Role, user.Role.ToString()));
            identity.AddClaim(new Claim(SessionClaim, Guid.NewGuid().ToString("N")));
            return identity;
        }
    }
}
