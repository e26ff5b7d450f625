using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.V1;

internal static class Attachments
{
    public static void MapFiles(this RouteGroupBuilder v1) =>
        v1.MapGet("/attachments/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            http.Only();
            var file = grains.Attachment(ApiKeyAuthentication.Of(http).WorkspaceId, Input.Known(id));
            // What no message names yet is its sender's, who may still think better of it.
            if (await file.Info() is not { Use: not null } info)
                throw Refusals.NotFound();
            await AttachmentEndpoints.Send(http, file, info);
        }).Needs(Scopes.ConversationsRead).WithTags("Entries").WithSummary("Gets a file of an entry")
            .WithDescription("The bytes, in the type that the entry's `attachments` name; `id` stands there too.")
            .Produces<Stream>(contentType: "application/octet-stream");
}
