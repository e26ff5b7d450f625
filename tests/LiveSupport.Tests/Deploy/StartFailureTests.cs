using System.Net;
using System.Net.Sockets;
using LiveSupport.Api.Configuration;
using LiveSupport.Tests.Storage;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Deploy;

/// <summary>What a start fails of is said in a sentence, and only there: no log repeats it with its stack.</summary>
public sealed class StartFailureTests
{
    [Fact]
    public async Task A_port_that_is_taken_is_said_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://{other.LocalEndpoint}";
        Assert.Contains($"{url}: address already in use. Another program listens there; choose another address with --urls.", await Said(url), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_said() =>
        Assert.StartsWith("This process may not listen where it is told to: ", await Said("http://192.0.2.1:5080"), StringComparison.Ordinal);

    [Fact]
    public async Task What_the_server_does_not_take_is_said_in_its_words() =>
        Assert.StartsWith("Dynamic port binding is not supported", await Said("http://localhost:0"), StringComparison.Ordinal);

    [Fact]
    public async Task A_file_of_settings_that_is_no_JSON_is_said_with_its_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("appsettings.json"), "{ \"LiveSupport\": {\n\"Role\" \"all\" } }");
        string[] args = ["--contentRoot", folder.Path];
        var (said, code) = StartFailure.Of(Assert.ThrowsAny<Exception>(() => Program.Build(args)))!.Value;
        Assert.Equal(2, code);
        Assert.Contains(folder.File("appsettings.json"), said, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 1", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_the_program_shows_itself_whole()
    {
        Assert.Null(StartFailure.Of(new InvalidOperationException("Sequence contains no elements")));
        Assert.Null(StartFailure.Of(new IOException("Broken pipe")));
    }

    private static async Task<string> Said(string url)
    {
        using var folder = new TemporaryFolder();
        string[] args = ["--LiveSupport:Data", folder.Path, "--urls", url];
        Assert.Equal(1, await Program.Main(args));

        using var log = new Complaints();
        await using var app = Program.Build(args, services => services.AddSingleton<ILoggerProvider>(log));
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());
        Assert.DoesNotContain(log.Heard, line => line.StartsWith("Hosting failed", StringComparison.Ordinal) || line.StartsWith("BackgroundService failed", StringComparison.Ordinal));
        return StartFailure.Of(failure)!.Value.Said;
    }
}
