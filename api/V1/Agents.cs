using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.V1;

internal static class Agents
{
    public static void MapAgents(this RouteGroupBuilder v1) =>
        v1.MapGet("/agents", async (HttpContext http, IGrainFactory grains) =>
        {
            http.Only();
            var agents = await grains.Workspace(ApiKeyAuthentication.Of(http).WorkspaceId).Agents();
            return new Listing<AgentItem>([.. agents.Select(agent => new AgentItem(agent.Id, agent.Name, agent.Email, agent.Role, agent.Availability))]);
        }).Needs(Scopes.AgentsRead).WithTags("Agents").WithSummary("Lists the team");
}
