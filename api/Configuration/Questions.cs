namespace LiveSupport.Api.Configuration;

/// <summary>What the program answers without starting the system.</summary>
internal static class Questions
{
    private const string Usage = """
        LiveSupport: a live-support system. Without options it starts.

          --urls URL         where to listen
          --backup FILE      writes a consistent copy of the SQLite database, which may be in use, and ends
          --export FILE      writes everything in a form that every store takes, and ends
          --import FILE      fills an empty store from such a file, and ends
          --health URL       asks a running system, e.g. http://127.0.0.1:8080/health/ready; exit code 0 when it is well, 1 when not
          --demo             connects fakes of Shopify, Calendly and Zendesk, to see full panels without an account
          --settings         prints all settings as a table
          --help             prints this

        Each setting is an environment variable, or a member of appsettings.json, with : for __.
        """;

    private static readonly string[] WithFile = ["--backup", "--export", "--import"];
    private static readonly string[] Alone = ["--demo", "--help", "-h", "--settings"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>The arguments as they were meant: <c>export FILE</c> is <c>--export FILE</c>.</summary>
    public static string[] Spelled(string[] args) =>
        args is [var first, ..] && WithFile.Contains($"--{first}") ? [$"--{first}", .. args[1..]] : args;

    /// <summary>What is wrong with the arguments; null when nothing is. A start of the whole system is never what a slip of the pen meant.</summary>
    public static string? Misunderstood(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].Contains('=', StringComparison.Ordinal) || Alone.Contains(args[i]))
                continue;
            if (args[i] is not ['-' or '/', ..])
                return $"'{args[i]}' is no option of LiveSupport; --help shows them all.";
            if (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal))
                return WithFile.Contains(args[i]) ? $"{args[i]} needs a file. Example: {args[i]} /backups/livesupport" : $"{args[i]} needs a value; --help shows all options.";
            i++;
        }
        return null;
    }

    /// <summary>The exit code of a question's answer; null when the arguments ask none.</summary>
    public static async Task<int?> Answer(string[] args, TextWriter output)
    {
        switch (args)
        {
            case ["--help" or "-h", ..]:
                await output.WriteLineAsync(Usage);
                foreach (var setting in Settings.All)
                    await output.WriteLineAsync($"\n  {setting.Name}{(setting.Default == "" ? "" : $" ({setting.Default})")}\n      {setting.Meaning}");
                return 0;
            case ["--settings", ..]:
                await output.WriteLineAsync(Table());
                return 0;
            case ["--health", var url]:
                return await IsWell(url, output) ? 0 : 1;
            default:
                return null;
        }
    }

    /// <summary>All settings as a table in Markdown.</summary>
    public static string Table() => string.Join('\n',
    [
        "| name | default | meaning |",
        "|---|---|---|",
        .. Settings.All.Select(setting => $"| `{setting.Name}` | {setting.Default} | {setting.Meaning} |"),
    ]);

    /// <summary>For containers whose image has no other program that could ask.</summary>
    private static async Task<bool> IsWell(string url, TextWriter output)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(url);
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode;
        }
        catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException or InvalidOperationException or UriFormatException)
        {
            await output.WriteLineAsync(problem.Message);
            return false;
        }
    }
}
