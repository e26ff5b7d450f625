using System.Data.Common;
using System.Globalization;
using System.Net;
using LiveSupport.Api.Security;
using Npgsql;

namespace LiveSupport.Api.Configuration;

/// <summary>One setting: what an operator may write, and what is wrong with what was written.</summary>
/// <param name="Name">As an environment variable.</param>
/// <param name="Default">What holds when it is not set; empty: nothing.</param>
/// <param name="Example">A value that is right.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Wrong">What is wrong with a value, as the end of "X …"; null when it is right.</param>
internal sealed record Setting(string Name, string Default, string Example, string Meaning, Func<string, string?> Wrong)
{
    /// <summary>Its value is shown to nobody, also not to the person who mistyped it.</summary>
    public bool Secret { get; init; }

    /// <summary>Set to nothing means not set.</summary>
    public bool MayBeEmpty { get; init; }

    public string Key => Name.Replace("__", ":", StringComparison.Ordinal);

    /// <summary>What is wrong, in one sentence with an example; null when nothing is.</summary>
    public string? Problem(string? value)
    {
        if (value is null || (value.Length == 0 && MayBeEmpty))
            return null;
        var wrong = string.IsNullOrWhiteSpace(value) ? "is empty; leave it out, or give it a value" : Wrong(value);
        var shown = Secret || value.Length == 0 ? "" : $" is '{value}', but it";
        return wrong is null ? null : $"{Name}{shown} {wrong}. Example: {Name}={Example}";
    }
}

/// <summary>What is wrong with a value of each kind.</summary>
internal static class Wrong
{
    public static string? Nothing(string value) => null;

    public static Func<string, string?> Unless(params string[] words) => value =>
        words.Contains(value, StringComparer.Ordinal) ? null : $"must be one of {string.Join(", ", words)}";

    public static string? UnlessTrueOrFalse(string value) => bool.TryParse(value, out _) ? null : "must be true or false";

    public static Func<string, string?> UnlessWhole(int from, int to = int.MaxValue) => value =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to ? null
        : to == int.MaxValue ? $"must be a whole number, {from} or more"
        : $"must be a whole number between {from} and {to}";

    public static Func<string, string?> UnlessNumber(double above) => value =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number > above
            ? null
            : FormattableString.Invariant($"must be a number above {above}, with a point for fractions");

    public static string? UnlessHeader(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? null : "must be the name of a header";

    public static string? UnlessPath(string value) =>
        value.Contains('\0', StringComparison.Ordinal) || File.Exists(value) ? "must be the path of a folder" : null;

    public static string? UnlessFolder(string value) => Directory.Exists(value) ? null : "must be a folder that is there";

    /// <summary>"1" is an address too, as people wrote them once; "0.0.0.0" is none at which anybody is reached.</summary>
    public static string? UnlessIpAddress(string value) =>
        IPAddress.TryParse(value, out var address) && (value.Contains('.', StringComparison.Ordinal) || value.Contains(':', StringComparison.Ordinal))
        && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? null
            : "must be the IP address at which others reach this process, not a name";

    public static string? UnlessEmail(string value) => Refused(() => Input.Email(value)) ? "must be an e-mail address" : null;

    public static string? UnlessName(string value) =>
        Refused(() => _ = Input.Name(value) ?? throw Input.Bad("")) ? $"must be a name of at most {Contracts.Limits.Name} letters" : null;

    public static string? UnlessUrls(string value) =>
        value.Split(';', StringSplitOptions.RemoveEmptyEntries).Any(url => UnlessUrl(url) is not null)
            ? "must be an address to listen on, or several with ; between"
            : null;

    public static string? UnlessUrl(string value)
    {
        try
        {
            var address = BindingAddress.Parse(value);
            // What is no port number counts as a part of the host's name, and then every address is listened on, at port 80.
            var named = address.IsUnixPipe || address.IsNamedPipe
                || (address.PathBase.Length == 0 && address.Port <= ushort.MaxValue && Uri.CheckHostName(address.Host) != UriHostNameType.Unknown)
                || address.Host is "*" or "+";
            if (address.Scheme is "http" or "https" && named && !value.Contains(';', StringComparison.Ordinal))
                return null;
        }
        catch (FormatException)
        {
        }
        return "must be an address to listen on";
    }

    public static string? UnlessHttpUrl(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? null : "must be an http or https address";

    /// <summary>Never says what the value is: it holds a password, and a password with a ; in it looks like a keyword.</summary>
    public static string? UnlessPostgres(string value)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(value);
            return string.IsNullOrWhiteSpace(parts.Host) ? "names no Host"
                : parts.Port > ushort.MaxValue ? "names a Port that there is not"
                : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            return "is no connection string that Npgsql understands (a password with ; or = in it must stand in quotes)";
        }
    }

    public static string? UnlessAzureStorage(string value)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = value };
            return ((string[])["AccountName", "TableEndpoint", "UseDevelopmentStorage"]).Any(parts.ContainsKey)
                ? null
                : "names no AccountName";
        }
        catch (ArgumentException)
        {
            return "is no connection string of a storage account";
        }
    }

    private static bool Refused(Action check)
    {
        try
        {
            check();
            return false;
        }
        catch (RefusedException)
        {
            return true;
        }
    }
}
