using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace LiveSupport.Contracts;

/// <summary>
/// How things are named. A grain's key carries its workspace, so an id of another workspace addresses a grain
/// that does not exist: it cannot be told from an unknown one. Keys are built here and nowhere else.
/// </summary>
public static class Ids
{
    /// <summary>The longest id that a client may make up (its message ids).</summary>
    public const int MaxClientIdLength = 64;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>A new id: UUIDv7 as 32 hex digits, so that ids sort roughly by time. Order is never read from it.</summary>
    public static string New(TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");

    /// <summary>The key of a grain that belongs to a workspace: a conversation, a visitor, an agent.</summary>
    public static string Key(string workspaceId, string id) => $"{workspaceId}/{id}";

    /// <summary>The key of an e-mail address, however its letters are written. The address itself is not in it.</summary>
    public static string EmailKey(string workspaceId, string email) =>
        Key(workspaceId, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email.Trim().ToLowerInvariant()))));

    /// <summary>The two halves of a key made by <see cref="Key"/>.</summary>
    public static (string WorkspaceId, string Id) Split(string key)
    {
        var slash = key.IndexOf('/');
        return slash > 0 ? (key[..slash], key[(slash + 1)..]) : throw new FormatException($"'{key}' is no workspace key.");
    }

    /// <summary>True for what may stand as an id from outside: 1 to 64 of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public static bool IsWellFormed(string? id) =>
        id is { Length: > 0 and <= MaxClientIdLength } && !id.AsSpan().ContainsAnyExcept(IdCharacters);
}
