using System.Globalization;

namespace LiveSupport.Api.Configuration;

/// <summary>The configuration cannot be meant like that; the message lists everything that is wrong with it.</summary>
internal sealed class WrongSettingsException(IReadOnlyList<string> problems) : Exception(
    $"This configuration has {(problems.Count == 1 ? "a mistake" : $"{problems.Count} mistakes")}:{string.Concat(problems.Select(problem => $"\n- {problem}"))}")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Holds a configuration against the table of <see cref="Settings"/>.</summary>
internal static class SettingsCheck
{
    private const string Section = "LiveSupport";

    /// <summary>Adds the files of the folder <c>LiveSupport:Secrets</c>, if one is named: they win over the environment.</summary>
    public static void AddSecretFiles(this ConfigurationManager configuration)
    {
        if (configuration["LiveSupport:Secrets"] is { Length: > 0 } folder && Directory.Exists(folder))
            configuration.AddKeyPerFile(Path.GetFullPath(folder), optional: false, reloadOnChange: false);
    }

    /// <exception cref="WrongSettingsException">A value is wrong, or settings do not fit together.</exception>
    public static void Check(this IConfiguration configuration)
    {
        List<string> problems = [.. Settings.All.Select(setting => setting.Problem(configuration[setting.Key])).OfType<string>()];
        // The host reads ASPNETCORE_URLS into this name as well, and the command line may write over it.
        if (configuration["urls"] is { } urls && urls != configuration[Settings.Urls.Key])
            problems.AddRange(new[] { (Settings.Urls with { Name = "--urls" }).Problem(urls) }.OfType<string>());
        // Whether values fit together is only worth saying once each of them is right.
        if (problems.Count == 0)
            problems.AddRange(Together(configuration));
        if (problems.Count > 0)
            throw new WrongSettingsException(problems);
    }

    /// <summary>Names that look like ours and that nobody reads, each with the name that was probably meant.</summary>
    public static IEnumerable<string> Unknown(this IConfiguration configuration)
    {
        var known = Settings.All.Select(setting => setting.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in configuration.GetSection(Section).AsEnumerable())
            if (value is not null && !known.Contains(key))
                yield return $"{Name(key)} is no setting of LiveSupport and changes nothing. Did you mean {Nearest(key)}?";
        // One _ instead of two. Other names that begin like ours are none of our business: Kubernetes makes some.
        foreach (var (key, value) in configuration.AsEnumerable())
            if (value is not null && key.Contains('_', StringComparison.Ordinal)
                && known.TryGetValue(key.Replace("__", ":", StringComparison.Ordinal).Replace('_', ':'), out var meant))
                yield return $"{Name(key)} is no setting of LiveSupport and changes nothing. Did you mean {Name(meant)}?";
    }

    private static IEnumerable<string> Together(IConfiguration configuration)
    {
        string? Value(string key) => configuration[$"{Section}:{key}"] is { Length: > 0 } value ? value : null;
        var membership = Value("Cluster:Membership") ?? (Value("Postgres") is null ? "localhost" : "postgres");

        if (Value("Role") is { } role and not "all" && membership == "localhost")
            yield return $"LiveSupport__Role is '{role}', so silos and edges must find each other, but no table is named for that. Example: {Example("Postgres")}";
        if (Value("Role") is "silo" or "edge" && Value("Demo") is { } demo && bool.Parse(demo))
            yield return "LiveSupport__Demo is true, but fakes are played by one process that is all. Example: LiveSupport__Role=all";
        if (membership == "postgres" && Value("Postgres") is null)
            yield return $"LiveSupport__Cluster__Membership is 'postgres', but LiveSupport__Postgres is not set. Example: {Example("Postgres")}";
        if (membership == "azure" && Value("Azure:Storage") is null)
            yield return $"LiveSupport__Cluster__Membership is 'azure', but LiveSupport__Azure__Storage is not set. Example: {Example("Azure__Storage")}";
        if (Value("GrainState") == "azure" && Value("Azure:Storage") is null)
            yield return $"LiveSupport__GrainState is 'azure', but LiveSupport__Azure__Storage is not set. Example: {Example("Azure__Storage")}";
        var (silo, gateway) = (Value("Cluster:SiloPort") ?? Known("Cluster__SiloPort").Default, Value("Cluster:GatewayPort") ?? Known("Cluster__GatewayPort").Default);
        if (int.Parse(silo, CultureInfo.InvariantCulture) == int.Parse(gateway, CultureInfo.InvariantCulture))
            yield return $"LiveSupport__Cluster__SiloPort and LiveSupport__Cluster__GatewayPort are both {silo}; they must differ. Example: {Example("Cluster__SiloPort")}";
        if (Value("Operations:Url") is { } operations && (configuration["urls"] ?? configuration[Settings.Urls.Key] ?? "").Split(';').Contains(operations, StringComparer.OrdinalIgnoreCase))
            yield return $"LiveSupport__Operations__Url is '{operations}', where everybody else is served; it must be an address of its own. Example: {Example("Operations__Url")}";
        if (Value("Integrations:Fakes") is not null && Value("Integrations:AllowPrivate") is var allowed && !(allowed is not null && bool.Parse(allowed)))
            yield return $"LiveSupport__Integrations__Fakes is set, but LiveSupport__Integrations__AllowPrivate is not, so nobody may call them. Example: {Example("Integrations__AllowPrivate")}";
        if (Value("Admin:Email") is null != Value("Admin:Password") is null)
            yield return $"LiveSupport__Admin__Email and LiveSupport__Admin__Password belong together, and only one of them is set. Example: {Example("Admin__Email")} and {Example("Admin__Password")}";
    }

    private static Setting Known(string name) => Settings.All.Single(setting => setting.Name == $"{Section}__{name}");

    private static string Example(string name) => $"{Section}__{name}={Known(name).Example}";

    private static string Nearest(string key) => Name(Settings.All.MinBy(setting => Distance(setting.Key, key))!.Key);

    private static string Name(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>How many letters must change to make one of the other (Levenshtein).</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
