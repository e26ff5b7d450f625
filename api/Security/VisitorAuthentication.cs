using System.Security.Claims;
using System.Text.Encodings.Web;
using LiveSupport.Api.Http;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace LiveSupport.Api.Security;

/// <summary>Lets a visitor's socket in by its access token, from the query (browsers cannot set headers on a socket) or the header.</summary>
internal sealed class VisitorAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, VisitorTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "visitor";
    private string _refused = Codes.TokenInvalid;

    public static VisitorPass Pass(HttpContext http) => (VisitorPass)http.Items[typeof(VisitorPass)]!;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var bearer = Request.Headers.Authorization.ToString();
        var token = bearer.StartsWith("Bearer ", StringComparison.Ordinal) ? bearer[7..] : Request.Query["access_token"].ToString();
        var (pass, refused) = tokens.ReadAccess(token);
        if (pass is null)
        {
            _refused = refused!;
            return Task.FromResult(AuthenticateResult.Fail(_refused));
        }
        Context.Items[typeof(VisitorPass)] = pass;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, Ids.Key(pass.WorkspaceId, pass.VisitorId))], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.Write(Context, new Refusal(_refused, _refused == Codes.TokenExpired
            ? "The access token has expired. Begin a new session."
            : "The access token is not valid."));
}
