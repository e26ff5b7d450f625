namespace LiveSupport.Contracts;

/// <summary>The numbers of the public protocol, in one place.</summary>
public static class Limits
{
    /// <summary>Characters (UTF-16 units) in a visitor's message.</summary>
    public const int VisitorText = 10_000;

    /// <summary>Characters (UTF-16 units) in an agent's reply or note.</summary>
    public const int AgentText = 20_000;

    /// <summary>Characters in a name, and in a page's title.</summary>
    public const int Name = 200;

    /// <summary>Characters in a page's address.</summary>
    public const int Url = 2_000;

    /// <summary>Characters in an e-mail address (RFC 5321).</summary>
    public const int Email = 254;

    /// <summary>Rows or entries in one page.</summary>
    public const int Page = 100;

    /// <summary>Characters of a preview in the queue.</summary>
    public const int Preview = 160;

    /// <summary>Conversations that a visitor may begin within 24 hours.</summary>
    public const int ConversationsADay = 20;

    /// <summary>Bytes of an attachment: 25 MB.</summary>
    public const long Attachment = 25 * 1024 * 1024;

    /// <summary>Bytes of a piece in which an attachment travels and is stored.</summary>
    public const int AttachmentPiece = 256 * 1024;

    /// <summary>Attachments of one message.</summary>
    public const int Attachments = 10;
}
