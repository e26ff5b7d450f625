using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.V1;

/// <summary>The API for programs: <c>/api/v1</c>, by API key only. The rules are the grains', the same as for people.</summary>
internal static class PublicApi
{
    public const string Root = "/api/v1";

    public static void MapPublicApi(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup(Root);
        v1.MapConversations();
        v1.MapEntries();
        v1.MapFiles();
        v1.MapVisitors();
        v1.MapAgents();
        v1.MapArticles();
        var webhooks = v1.MapGroup("/webhooks").Needs(Scopes.WebhooksManage).WithTags("Webhooks");
        webhooks.MapWebhooks(
            http =>
            {
                var caller = ApiKeyAuthentication.Of(http);
                return (caller.WorkspaceId, caller.Itself);
            },
            (pattern, handler) => webhooks.MapPost(pattern, handler).Idempotent());
    }

    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.RequireAuthorization(Policies.Scope(scope));
        return endpoint.WithMetadata(new NeededScope(scope));
    }

    /// <summary>The agent in whose name something is done.</summary>
    /// <exception cref="RefusedException">There is no such agent.</exception>
    public static async Task<AgentRef> Acting(this IGrainFactory grains, Caller caller, string? agentId) =>
        agentId is null ? caller.Itself : await grains.KnownAgent(caller, agentId);

    public static async Task<AgentRef> KnownAgent(this IGrainFactory grains, Caller caller, string agentId) =>
        (await grains.Agent(caller.WorkspaceId, Input.Known(agentId)).Profile() ?? throw Refusals.NotFound()).Ref;

    /// <summary>Refuses parameters that the call does not know: a typo must not pass for "no filter".</summary>
    public static void Only(this HttpContext http, params ReadOnlySpan<string> known)
    {
        foreach (var name in http.Request.Query.Keys)
            if (!known.Contains(name))
                throw Input.Bad($"There is no parameter '{(name.Length <= 40 ? name : name[..40])}' here.");
    }
}

/// <summary>What the description says of an endpoint.</summary>
internal sealed record NeededScope(string Scope);
