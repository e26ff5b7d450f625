using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

/// <summary>Erasing a person, by an administrator; programs have the same under <c>/api/v1</c>.</summary>
internal static class ErasureEndpoints
{
    public static void MapErasures(this IEndpointRouteBuilder routes) =>
        routes.MapDelete("/api/visitors/{id}", (string id, HttpContext http, IGrainFactory grains) =>
        {
            var me = http.User.Agent();
            return grains.Erase(me.WorkspaceId, Input.Known(id), me.Agent);
        }).RequireAuthorization(Policies.Admin).WithSummary("Erases a visitor for good; answers with the receipt.");

    /// <exception cref="RefusedException">There is no such visitor.</exception>
    public static Task<Erasure> Erase(this IGrainFactory grains, string workspaceId, string visitorId, AgentRef by) =>
        grains.GetGrain<IErasuresGrain>(workspaceId).Erase(visitorId, by).OrThrow();
}
