using System.Globalization;
using LiveSupport.Api.Security;

namespace LiveSupport.Api.Configuration;

/// <summary>Every setting of the program. <c>--settings</c> prints this table, and each start is checked against it.</summary>
internal static class Settings
{
    private const string Prefix = "LiveSupport__";
    private static readonly EdgeLimits Limits = new();

    /// <summary>Also <c>--urls</c>.</summary>
    public static Setting Urls { get; } =
        new("ASPNETCORE_URLS", "http://localhost:5080", "http://*:8080", "Where to listen.", Wrong.UnlessUrls) { MayBeEmpty = true };

    public static IReadOnlyList<Setting> All { get; } =
    [
        Urls,
        new("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "false", "true",
            "Believe the proxy in front what it says of the visitor's address and of https. Only where nobody but the proxy reaches this process.",
            Wrong.UnlessTrueOrFalse),
        new(Prefix + "Data", "./data", "/data", "The folder with the SQLite database and the keys; made if missing.", Wrong.UnlessPath),
        new(Prefix + "Secrets", "", "/run/secrets",
            "A folder with one file for each secret setting; the file's name is the setting's name.", Wrong.UnlessFolder) { MayBeEmpty = true },
        new(Prefix + "Role", "all", "edge", "What this process is: `all`, or in a cluster `silo` (grains) or `edge` (hubs, REST, pages).",
            Wrong.Unless("all", "silo", "edge")),
        new(Prefix + "Postgres", "", "Host=db;Database=livesupport;Username=livesupport;Password=…",
            "Npgsql's connection string. Set: everything durable is in PostgreSQL. Not set: in SQLite.", Wrong.UnlessPostgres) { Secret = true, MayBeEmpty = true },

        new(Prefix + "Cluster__Membership", "`postgres` with a PostgreSQL, else `localhost`", "postgres",
            "Where silos and edges find each other: `localhost` (one process), `postgres` or `azure`.",
            Wrong.Unless("localhost", "postgres", "azure")),
        new(Prefix + "Cluster__Id", "livesupport", "livesupport-blue", "Processes with the same id over the same database are one cluster.", Wrong.Nothing),
        new(Prefix + "Cluster__ServiceId", "livesupport", "livesupport", "Names what is stored; never changes.", Wrong.Nothing),
        new(Prefix + "Cluster__Address", "the machine's first address", "10.0.0.12", "The IP address at which other processes reach this silo.", Wrong.UnlessIpAddress),
        new(Prefix + "Cluster__SiloPort", "11111", "11111", "Where silos talk to each other. Private network only.", Wrong.UnlessWhole(1, 65535)),
        new(Prefix + "Cluster__GatewayPort", "30000", "30000", "Where edges talk to silos. Private network only.", Wrong.UnlessWhole(1, 65535)),
        new(Prefix + "GrainState", "database", "azure",
            "Where grains' records are: `database` (with the rows, in one transaction) or `azure` (blobs; needs a build with `-p:AzureStorage=true`).",
            Wrong.Unless("database", "azure")),
        new(Prefix + "Azure__Storage", "", "DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…",
            "Connection string of the storage account for what is set to `azure`.", Wrong.UnlessAzureStorage) { Secret = true, MayBeEmpty = true },

        new(Prefix + "Admin__Email", "", "mira@example.com", "The first administrator, instead of the set-up link.", Wrong.UnlessEmail) { MayBeEmpty = true },
        new(Prefix + "Admin__Password", "", "…", "Its password. Read at the very first start only.", Wrong.Nothing) { Secret = true, MayBeEmpty = true },
        new(Prefix + "Admin__Name", "made from the e-mail", "Mira Kos", "Its name; visitors see it.", Wrong.UnlessName),

        new(Prefix + "Operations__Url", "", "http://127.0.0.1:5090",
            "Where operators look: `/metrics` for whoever reaches it, so private network only; on Orleans `/orleans`, its dashboard, for signed-in administrators.", Wrong.UnlessUrl) { MayBeEmpty = true },
        new(Prefix + "Edge__CountryHeader", "", "CF-IPCountry",
            "The header in which a proxy of yours says a visitor's country as two letters. Only where every request comes through that proxy: else anybody can claim any.",
            Wrong.UnlessHeader) { MayBeEmpty = true },
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "", "http://collector:4317", "Where to send metrics, traces and logs.", Wrong.UnlessHttpUrl) { MayBeEmpty = true },
        new(Prefix + "Demo", "false", "true",
            "Connects fakes of Shopify, Calendly and Zendesk, to see full panels without an account; also `--demo`.", Wrong.UnlessTrueOrFalse),
        new(Prefix + "Integrations__Fakes", "", "http://127.0.0.1:5080/fakes",
            "Asks fakes at this address instead of the providers. Needs `Integrations__AllowPrivate`.", Wrong.UnlessHttpUrl) { MayBeEmpty = true },
        new(Prefix + "Integrations__AllowPrivate", "false", "true",
            "Lets webhooks and integrations call addresses of the private network.", Wrong.UnlessTrueOrFalse),

        Burst(nameof(Limits.MessageBurst), Limits.MessageBurst, "Messages at once of a visitor"),
        Rate(nameof(Limits.MessagesPerSecond), Limits.MessagesPerSecond),
        Burst(nameof(Limits.AgentMessageBurst), Limits.AgentMessageBurst, "Messages at once of an agent's connection"),
        Rate(nameof(Limits.AgentMessagesPerSecond), Limits.AgentMessagesPerSecond),
        Burst(nameof(Limits.CallBurst), Limits.CallBurst, "Calls of any kind at once of a connection"),
        Rate(nameof(Limits.CallsPerSecond), Limits.CallsPerSecond),
        Count(nameof(Limits.RefusalsBeforeClose), Limits.RefusalsBeforeClose, "Refused calls after which a flooding connection is closed; each call that is let through makes up for one."),
        Burst(nameof(Limits.SessionBurst), Limits.SessionBurst, "Visitor sessions at once from one address"),
        Rate(nameof(Limits.SessionsPerSecond), Limits.SessionsPerSecond),
        Burst(nameof(Limits.LoginBurst), Limits.LoginBurst, "Sign-ins at once from one address"),
        Rate(nameof(Limits.LoginsPerSecond), Limits.LoginsPerSecond),
        Burst(nameof(Limits.WrongPasswordBurst), Limits.WrongPasswordBurst, "Wrong passwords at once for one e-mail, from one address or from a browser in which its owner has signed in before, counted for all edges together"),
        Rate(nameof(Limits.WrongPasswordsPerSecond), Limits.WrongPasswordsPerSecond),
        Burst(nameof(Limits.EmailWrongPasswordBurst), Limits.EmailWrongPasswordBurst, "Wrong passwords at once for one e-mail, from all browsers in which its owner has never signed in, counted for all edges together"),
        Rate(nameof(Limits.EmailWrongPasswordsPerSecond), Limits.EmailWrongPasswordsPerSecond),
        Burst(nameof(Limits.AddressWrongPasswordBurst), Limits.AddressWrongPasswordBurst, "Wrong passwords at once from one address, from browsers in which no owner of the e-mail has ever signed in, at each edge"),
        Rate(nameof(Limits.AddressWrongPasswordsPerSecond), Limits.AddressWrongPasswordsPerSecond),
        Burst(nameof(Limits.WrongKeyBurst), Limits.WrongKeyBurst, "Unknown API keys at once from one address"),
        Rate(nameof(Limits.WrongKeysPerSecond), Limits.WrongKeysPerSecond),
        Burst(nameof(Limits.UploadBurst), Limits.UploadBurst, "Files at once of a visitor"),
        Rate(nameof(Limits.UploadsPerSecond), Limits.UploadsPerSecond),
        Burst(nameof(Limits.AddressUploadBurst), Limits.AddressUploadBurst, "Files at once of all visitors of one address"),
        Rate(nameof(Limits.AddressUploadsPerSecond), Limits.AddressUploadsPerSecond),
        Burst(nameof(Limits.AgentUploadBurst), Limits.AgentUploadBurst, "Files at once of an agent"),
        Rate(nameof(Limits.AgentUploadsPerSecond), Limits.AgentUploadsPerSecond),
        Count(nameof(Limits.VisitorStorageMb), Limits.VisitorStorageMb, "Megabytes of files of one visitor in all its conversations."),
        Burst(nameof(Limits.AddressUploadMbBurst), Limits.AddressUploadMbBurst, "Megabytes of files at once of all visitors of one address, sent or not"),
        Rate(nameof(Limits.AddressUploadMbPerSecond), Limits.AddressUploadMbPerSecond),
        Count(nameof(Limits.AddressUnsentMb), Limits.AddressUnsentMb, "Megabytes of visitors' files from one address that no message has taken; each counts as one at least. They are deleted after a day."),
        Count(nameof(Limits.UnsentMb), Limits.UnsentMb, "Megabytes of all visitors' files that no message has taken; each counts as one at least."),
        Count(nameof(Limits.EntriesAtOnce), Limits.EntriesAtOnce, "Visitors' sessions and sockets in the making at the same time; of agents' sockets as many again."),
        Count(nameof(Limits.EntriesWaiting), Limits.EntriesWaiting, "Newcomers that may wait for that, of each kind."),
        Count(nameof(Limits.ConnectionsPerAddress), Limits.ConnectionsPerAddress, "Visitors' open sockets from one address."),
        Count(nameof(Limits.ConnectionsPerVisitor), Limits.ConnectionsPerVisitor, "Open sockets of one visitor."),
    ];

    private static Setting Burst(string limit, double most, string meaning) =>
        Limit(limit, most, $"{meaning}; then as many as the next line allows.", value =>
            Wrong.UnlessNumber(0)(value) ?? (double.Parse(value, CultureInfo.InvariantCulture) < 1 ? "must be 1 or more" : null));

    private static Setting Rate(string limit, double perSecond) => Limit(limit, perSecond, "… and then so many a second.", Wrong.UnlessNumber(0));

    private static Setting Count(string limit, int most, string meaning) => Limit(limit, most, meaning, Wrong.UnlessWhole(1));

    private static Setting Limit(string limit, double value, string meaning, Func<string, string?> wrong)
    {
        var standard = value.ToString("0.####", CultureInfo.InvariantCulture);
        return new($"{Prefix}Limits__{limit}", standard, standard, meaning, wrong);
    }
}
