using System.Collections.Immutable;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>A message with files: each file is claimed first, so that none is deleted under a message that has it.</summary>
internal static class AttachmentClaims
{
    /// <exception cref="RefusedException">A file is not there, or another's.</exception>
    public static async Task MustBeOf(this IGrainFactory grains, string workspaceId, Reader uploader, IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
            if ((await grains.Attachment(workspaceId, id).Info())?.Uploader != uploader)
                throw Refusals.NotFound();
    }

    /// <summary>Claims, posts, and gives the files back when the message was refused for good.</summary>
    /// <param name="ids">Checked by <see cref="Input.AttachmentIds"/>; none: it just posts.</param>
    /// <exception cref="RefusedException">A file is not there, not the writer's, or in another message.</exception>
    public static Task<Outcome<Posted>> WithFiles(
        this IGrainFactory grains, string workspaceId, Reader by, IReadOnlyList<string> ids, AttachmentUse use,
        Func<ImmutableArray<Attachment>?, Task<Outcome<Posted>>> post) =>
        ids.Count == 0 ? post(null) : ClaimAndPost(grains, workspaceId, by, ids, use, post);

    private static async Task<Outcome<Posted>> ClaimAndPost(
        IGrainFactory grains, string workspaceId, Reader by, IReadOnlyList<string> ids, AttachmentUse use,
        Func<ImmutableArray<Attachment>?, Task<Outcome<Posted>>> post)
    {
        var files = new List<Attachment>(ids.Count);
        var isNew = new List<IAttachmentGrain>();
        foreach (var file in ids.Select(id => grains.Attachment(workspaceId, id)))
        {
            var claim = await file.Claim(by, use);
            if (claim.Refusal is not null)
            {
                await Release(isNew, use);
                claim.OrThrow();
            }
            files.Add(claim.Value!.File);
            if (claim.Value.IsNew)
                isNew.Add(file);
        }
        var posted = await post([.. files]);
        // Unavailable leaves open whether it was stored.
        if (posted.Refusal is { } refusal && refusal.Code != Codes.Unavailable)
            await Release(isNew, use);
        else if (posted.Accepted && by.Role == AuthorType.Visitor)
            await grains.UnsentFiles(workspaceId).Sent([.. ids]);
        return posted;
    }

    private static async Task Release(IEnumerable<IAttachmentGrain> files, AttachmentUse use)
    {
        foreach (var file in files)
            await file.Release(use);
    }
}
