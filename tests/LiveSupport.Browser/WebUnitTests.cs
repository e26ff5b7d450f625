using System.Diagnostics;
using LiveSupport.Browser.Support;
using Xunit;

namespace LiveSupport.Browser;

/// <summary>The web part's own checks, so that <c>dotnet test</c> alone proves everything.</summary>
public sealed class WebUnitTests
{
    [Theory]
    [InlineData("typecheck")]
    [InlineData("test")]
    public async Task Npm_script_succeeds(string script)
    {
        var (file, prefix) = OperatingSystem.IsWindows() ? ("cmd", new[] { "/c", "npm" }) : ("npm", []);
        using var npm = Process.Start(new ProcessStartInfo(file, [.. prefix, "run", script, "--silent"])
        {
            WorkingDirectory = Repository.Folder("web"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1" },
        })!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, $"npm run {script} failed:\n{await output}\n{await errors}");
    }
}
