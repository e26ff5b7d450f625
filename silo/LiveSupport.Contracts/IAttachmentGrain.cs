using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>
/// One file: its bytes in pieces, who brought it, and the one message it belongs to. Key: <see cref="Ids.Key"/>(workspace,
/// attachment). Written piece by piece; there is no file until it is complete. One that no message takes is deleted.
/// </summary>
[Alias("ls.attachment-file")]
public interface IAttachmentGrain : IGrainWithStringKey
{
    /// <summary>An upload begins; once for each id.</summary>
    [Alias("begin")] Task<Outcome<Done>> Begin(AttachmentDraft draft);

    /// <summary>The next piece, at most <see cref="Limits.AttachmentPiece"/> bytes; durable once answered.</summary>
    [Alias("append")] Task<Outcome<Done>> Append(ImmutableArray<byte> piece);

    /// <summary>All pieces are there. <see cref="Codes.BadRequest"/> when there was none.</summary>
    [Alias("complete")] Task<Outcome<Attachment>> Complete();

    /// <summary>The upload is given up. A file that is complete stays.</summary>
    [Alias("discard")] Task Discard();

    /// <summary>
    /// A message takes the file. Only its uploader's, and only one message: the same one may ask again, another is
    /// refused with <see cref="Codes.Conflict"/>.
    /// </summary>
    [Alias("claim")] Task<Outcome<AttachmentClaim>> Claim(Reader by, AttachmentUse use);

    /// <summary>The message was refused for good: gives the file back, unless somebody claimed it again meanwhile.</summary>
    [Alias("release")] Task Release(AttachmentUse use);

    /// <summary>The file is deleted, whatever message has it. Again: does nothing.</summary>
    [Alias("erase")] Task Erase();

    /// <summary>The same, unless a message has it. What a crash left of an upload goes, too.</summary>
    [Alias("erase-unsent")] Task EraseUnsent();

    /// <summary>Null when there is no such file, or not yet.</summary>
    [Alias("info"), ReadOnly] Task<AttachmentInfo?> Info();

    /// <param name="number">From 0; the last is <see cref="AttachmentInfo.Pieces"/> − 1.</param>
    [Alias("piece"), ReadOnly] Task<ImmutableArray<byte>> Piece(int number);
}

/// <param name="ContentType">What the uploader says it is; a picture must prove it (<see cref="Pictures"/>).</param>
[GenerateSerializer, Immutable, Alias("ls.attachment-draft")]
public sealed record AttachmentDraft(
    [property: Id(0)] Reader Uploader,
    [property: Id(1)] string Name,
    [property: Id(2)] string ContentType);

/// <summary>The message that a file is part of.</summary>
[GenerateSerializer, Immutable, Alias("ls.attachment-use")]
public sealed record AttachmentUse(
    [property: Id(0)] string ConversationId,
    [property: Id(1)] string MessageId,
    [property: Id(2)] bool IsNote);

/// <param name="IsNew">This call made the claim; an earlier one of the same message did not.</param>
[GenerateSerializer, Immutable, Alias("ls.attachment-claim")]
public sealed record AttachmentClaim([property: Id(0)] Attachment File, [property: Id(1)] bool IsNew);

[GenerateSerializer, Immutable, Alias("ls.attachment-info")]
public sealed record AttachmentInfo
{
    [Id(0)] public required Attachment File { get; init; }
    [Id(1)] public required Reader Uploader { get; init; }
    [Id(2)] public required int Pieces { get; init; }
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>Null: no message has taken it yet.</summary>
    [Id(4)] public AttachmentUse? Use { get; init; }
}
