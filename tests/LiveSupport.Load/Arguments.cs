using System.Globalization;

namespace LiveSupport.Load;

/// <summary>What stands after the command's name: <c>--option value</c> pairs.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="UsageException">Not pairs of a name and a value.</exception>
    public Arguments(ReadOnlySpan<string> args)
    {
        if (args.Length % 2 != 0)
            throw new UsageException("Options are pairs: --option value.");
        for (var i = 0; i < args.Length; i += 2)
            _values[args[i].StartsWith("--", StringComparison.Ordinal)
                ? args[i][2..]
                : throw new UsageException($"'{args[i]}' is no option; options begin with --.")] = args[i + 1];
    }

    public int Number(string option, int otherwise) =>
        !_values.Remove(option, out var text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new UsageException($"--{option} wants a whole number, not '{text}'.");

    public TimeSpan Seconds(string option, int otherwise) => TimeSpan.FromSeconds(Number(option, otherwise));

    public string? Text(string option) => _values.Remove(option, out var text) ? text : null;

    /// <summary>To be called after the last option was read.</summary>
    /// <exception cref="UsageException">An option was given that nobody read.</exception>
    public void End()
    {
        if (_values.Keys.FirstOrDefault() is { } unknown)
            throw new UsageException($"There is no option --{unknown} here.");
    }
}

/// <summary>The command line is wrong; the message says how.</summary>
internal sealed class UsageException(string message) : Exception(message);
