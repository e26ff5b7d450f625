using LiveSupport.Contracts;

namespace LiveSupport.Silo.Attachments;

/// <summary>A part of a file's bytes as it is stored: base64 in JSON, like every other record.</summary>
[Stored(1)]
public sealed class AttachmentPiece
{
    public byte[] Bytes { get; set; } = [];
}
