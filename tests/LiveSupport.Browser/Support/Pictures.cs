using Microsoft.Playwright;

namespace LiveSupport.Browser.Support;

/// <summary>Files to attach.</summary>
internal static class Pictures
{
    public static FilePayload Photo { get; } = new()
    {
        Name = "torn seam.png",
        MimeType = "image/png",
        Buffer = Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
    };

    public static FilePayload Label { get; } = new() { Name = "return label.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.7"u8.ToArray() };
}
