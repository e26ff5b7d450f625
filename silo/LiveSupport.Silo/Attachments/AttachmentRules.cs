using LiveSupport.Contracts;

namespace LiveSupport.Silo.Attachments;

/// <summary>Which message may take a file, and how long it waits for one. Pure.</summary>
public static class AttachmentRules
{
    /// <summary>A message that waits in a browser for its connection still finds its file.</summary>
    public static readonly TimeSpan KeptUnclaimed = TimeSpan.FromHours(24);

    /// <summary>An upload that takes longer was cut off.</summary>
    public static readonly TimeSpan UploadsWithin = TimeSpan.FromHours(1);

    /// <summary>Null: it may.</summary>
    public static Refusal? MayClaim(AttachmentInfo? file, Reader by, AttachmentUse use) =>
        file is null || file.Uploader != by ? new Refusal(Codes.NotFound, "There is no such file.")
        : file.Use is { } earlier && !IsSame(earlier, use, by) ? new Refusal(Codes.Conflict, "This file is in another message already. Upload it once more.")
        : null;

    /// <summary>A visitor's message may move on to its next conversation, when the first one was over.</summary>
    private static bool IsSame(AttachmentUse earlier, AttachmentUse use, Reader by) =>
        earlier.MessageId == use.MessageId
        && earlier.IsNote == use.IsNote
        && (earlier.ConversationId == use.ConversationId || by.Role == AuthorType.Visitor);
}
