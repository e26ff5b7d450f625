using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>The few kinds of pictures that a browser may show in place, known by how their bytes begin. Pure.</summary>
public static class Pictures
{
    /// <summary>What every other file of unknown kind is.</summary>
    public const string Unknown = "application/octet-stream";

    private const string Png = "image/png";
    private const string Jpeg = "image/jpeg";
    private const string Gif = "image/gif";
    private const string WebP = "image/webp";

    private static readonly ImmutableHashSet<string> Types = [Png, Jpeg, Gif, WebP];

    /// <summary>The kind of picture, or null: no picture that we show.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> beginning) =>
        beginning.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]) ? Png
        : beginning.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? Jpeg
        : beginning.StartsWith("GIF87a"u8) || beginning.StartsWith("GIF89a"u8) ? Gif
        : beginning.Length >= 12 && beginning.StartsWith("RIFF"u8) && beginning[8..12].SequenceEqual("WEBP"u8) ? WebP
        : null;

    /// <summary>True for a file whose stored type says that its bytes were looked at.</summary>
    public static bool IsShown(string contentType) => Types.Contains(contentType);

    /// <summary>The type to store: a picture's own whatever was said, and no picture's for what is none.</summary>
    public static string Proven(string declared, ReadOnlySpan<byte> beginning) =>
        TypeOf(beginning) ?? (Types.Contains(declared) ? Unknown : declared);
}
