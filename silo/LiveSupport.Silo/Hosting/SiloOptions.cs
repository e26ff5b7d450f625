using Microsoft.Extensions.Configuration;

namespace LiveSupport.Silo.Hosting;

/// <summary>What this process is and where its data lies; from the configuration's section <c>LiveSupport</c>.</summary>
public sealed record SiloOptions
{
    /// <summary>Grains and edge together: the whole system in one process, or several such processes in a cluster.</summary>
    public const string All = "all";

    /// <summary>Only grains.</summary>
    public const string Silo = "silo";

    /// <summary>Only hubs, REST and pages, in front of silos in other processes.</summary>
    public const string Edge = "edge";

    /// <summary>A value of <see cref="GrainState"/>.</summary>
    public const string InAzure = "azure";

    /// <summary>Where the process keeps its data; made if missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>What this process is in the cluster: <see cref="All"/>, <see cref="Silo"/> or <see cref="Edge"/>.</summary>
    public string Role { get; init; } = All;

    /// <summary>Npgsql's connection string. Set: rows, grain state, membership and keys are in PostgreSQL. Null: SQLite.</summary>
    public string? Postgres { get; init; }

    /// <summary>Where grains' records are; null: in the database, with the rows. <see cref="InAzure"/>: blobs, apart from them.</summary>
    public string? GrainState { get; init; }

    /// <summary>The connection string of an Azure storage account, for what is configured to be there.</summary>
    public string? AzureStorage { get; init; }

    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>There is a listener for administrators, who may look at the engine's own dashboard there.</summary>
    public bool GrainDashboard { get; init; }

    public static SiloOptions Of(IConfiguration configuration)
    {
        var section = configuration.GetSection("LiveSupport");
        return new SiloOptions
        {
            DataFolder = Path.GetFullPath(section["Data"] ?? "data"),
            Role = section["Role"] ?? All,
            Postgres = section["Postgres"] is { Length: > 0 } connection ? connection : null,
            GrainState = section["GrainState"],
            AzureStorage = section["Azure:Storage"] is { Length: > 0 } account ? account : null,
            GrainDashboard = section["Operations:Url"] is { Length: > 0 },
            Cluster = section.GetSection("Cluster").Get<ClusterSettings>() ?? new ClusterSettings(),
        };
    }
}

/// <summary>How the processes of a cluster find each other (<c>LiveSupport:Cluster</c>).</summary>
public sealed record ClusterSettings
{
    /// <summary>Silos and edges with the same id are one cluster; another id over the same database is another one.</summary>
    public string Id { get; init; } = "livesupport";

    /// <summary>Names what is stored; stays the same for ever, also when <see cref="Id"/> changes.</summary>
    public string ServiceId { get; init; } = "livesupport";

    /// <summary><c>localhost</c>, <c>postgres</c> or <c>azure</c>. Null: PostgreSQL where there is one.</summary>
    public string? Membership { get; init; }

    /// <summary>The address under which other processes reach this silo. Null: the machine's first one.</summary>
    public string? Address { get; init; }

    /// <summary>Where silos talk to each other.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>Where edges talk to silos.</summary>
    public int GatewayPort { get; init; } = 30000;
}

/// <summary>This build, or this configuration, cannot play that role; the message says what can.</summary>
public sealed class SiloRoleException(string message) : Exception(message);
