using System.Diagnostics;

namespace LiveSupport.Browser.Support;

/// <summary>
/// Finds the machine's Chrome, Chromium or Edge; as root on Debian it installs <c>chromium</c> when there is none.
/// The tests are never skipped: without a browser they fail and say what to install.
/// </summary>
internal static class Chromium
{
    private static readonly string[] Names =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable", "chrome", "msedge"];

    private static readonly string[] Places =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        @"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
    ];

    private static readonly Lazy<string> Found = new(() => Find() ?? Install());

    /// <exception cref="InvalidOperationException">There is none, and none could be installed.</exception>
    public static string Path => Found.Value;

    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        var candidates =
            from name in Names
            from folder in folders
            from file in OperatingSystem.IsWindows() ? new[] { name + ".exe" } : [name]
            select System.IO.Path.Combine(folder, file);
        return candidates.Concat(Places).FirstOrDefault(File.Exists);
    }

    private static string Install()
    {
        const string Advice = "The browser tests need Chrome, Chromium or Edge; install one (Debian: apt-get install chromium).";
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/bin/apt-get"))
            throw new InvalidOperationException(Advice);
        if (!AptGet("install") && !(AptGet("update") && AptGet("install")))
            throw new InvalidOperationException(Advice + " Installing it failed.");
        return Find() ?? throw new InvalidOperationException(Advice);
    }

    private static bool AptGet(string verb)
    {
        string[] arguments = verb == "install" ? ["install", "-y", "--no-install-recommends", "chromium"] : [verb];
        using var apt = Process.Start(new ProcessStartInfo("apt-get", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" },
        })!;
        apt.OutputDataReceived += (_, _) => { };
        apt.ErrorDataReceived += (_, _) => { };
        apt.BeginOutputReadLine();
        apt.BeginErrorReadLine();
        apt.WaitForExit();
        return apt.ExitCode == 0;
    }
}
