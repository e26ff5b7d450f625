using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

/// <summary>A saved reply as it is written.</summary>
internal sealed record SavedReplyText(string Shortcut, string Text);

/// <summary>The texts that agents put into a message by <c>/</c>.</summary>
internal static class SavedReplyEndpoints
{
    public static void MapSavedReplies(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/saved-replies", async (HttpContext http, IGrainFactory grains) =>
            await Replies(http, grains).List())
            .RequireAuthorization(Policies.Agent).WithSummary("The saved replies, by their shortcut.");

        routes.MapPut("/api/saved-replies/{id}", async (string id, SavedReplyText request, HttpContext http, IGrainFactory grains) =>
        {
            var shortcut = Input.Text(request.Shortcut, "shortcut", Limits.Name).Trim().TrimStart('/').ToLowerInvariant();
            await Replies(http, grains).Put(new SavedReply(id, shortcut, Input.Text(request.Text, "text", Limits.AgentText))).OrThrow();
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Supervisor).WithSummary("Adds or replaces a saved reply.");

        routes.MapDelete("/api/saved-replies/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            await Replies(http, grains).Remove(Input.Known(id)).OrThrow();
            return TypedResults.NoContent();
        }).RequireAuthorization(Policies.Supervisor).WithSummary("Removes a saved reply.");
    }

    private static ISavedRepliesGrain Replies(HttpContext http, IGrainFactory grains) => grains.SavedReplies(http.User.Agent().WorkspaceId);
}
