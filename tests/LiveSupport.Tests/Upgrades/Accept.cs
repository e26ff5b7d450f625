using System.Runtime.CompilerServices;

namespace LiveSupport.Tests.Upgrades;

/// <summary>Files that say what other versions rely on: what is new is written when it is asked for, what was said never is.</summary>
internal static class Accept
{
    public const string How = "run this test with LIVESUPPORT_ACCEPT=1 and commit the file";

    public static bool IsAsked { get; } = Environment.GetEnvironmentVariable("LIVESUPPORT_ACCEPT") == "1";

    public static string Root { get; } = FindRoot();

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
