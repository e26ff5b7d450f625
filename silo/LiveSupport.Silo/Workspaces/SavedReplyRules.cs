using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Workspaces;

/// <summary>What a workspace's saved replies may be, and which ones it begins with. Pure.</summary>
public static class SavedReplyRules
{
    /// <summary>Replies in one workspace: the composer holds them all.</summary>
    public const int Most = 500;

    /// <summary>Characters of one reply.</summary>
    public const int LongestText = 5_000;

    /// <summary>Characters of a shortcut.</summary>
    public const int LongestShortcut = 40;

    public static readonly ImmutableArray<SavedReply> First =
    [
        new("goodbye", "bye", "Thank you for writing to us, {{visitor}}. Have a nice day!"),
        new("anything-else", "else", "Is there anything else I can do for you?"),
        new("greeting", "hello", "Hi {{visitor}}, this is {{agent}}. How can I help you?"),
        new("moment", "moment", "Give me a moment, please, I am looking into it."),
        new("order-number", "order", "Could you send me your order number, please? It is in the e-mail that confirms the order."),
    ];

    /// <summary>The replies with this one among them, by their shortcut.</summary>
    public static Outcome<ImmutableArray<SavedReply>> With(ImmutableArray<SavedReply> replies, SavedReply reply)
    {
        if (Check(reply) is { } refusal)
            return refusal;
        var others = replies.RemoveAll(other => other.Id == reply.Id);
        if (others.Length >= Most)
            return new Refusal(Codes.TooLong, $"A workspace has at most {Most} saved replies.");
        if (others.Any(other => other.Shortcut == reply.Shortcut))
            return new Refusal(Codes.Conflict, $"There is a reply /{reply.Shortcut} already.");
        return others.Add(reply).Sort((one, other) => string.CompareOrdinal(one.Shortcut, other.Shortcut));
    }

    private static Refusal? Check(SavedReply reply) =>
        !Ids.IsWellFormed(reply.Id) ? Bad("A reply's id has 1 to 64 letters, digits, - or _.")
        : reply.Shortcut.Length is 0 or > LongestShortcut || !reply.Shortcut.All(MayStandInShortcut)
            ? Bad($"A shortcut has 1 to {LongestShortcut} small letters, digits, - or _.")
        : string.IsNullOrWhiteSpace(reply.Text) ? Bad("The reply is empty.")
        : reply.Text.Length > LongestText ? new Refusal(Codes.TooLong, $"A reply is longer than {LongestText}.")
        : null;

    // Letters of any alphabet; those without a small form, as in Arabic or Chinese, too.
    private static bool MayStandInShortcut(char c) => c is '-' or '_' || (char.IsLetterOrDigit(c) && char.ToLowerInvariant(c) == c);

    private static Refusal Bad(string sentence) => new(Codes.BadRequest, sentence);
}
