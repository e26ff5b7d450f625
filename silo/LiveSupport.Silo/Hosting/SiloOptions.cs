namespace LiveSupport.Silo.Hosting;

public sealed record SiloOptions
{
    /// <summary>The only role of a single process: grains and edge together.</summary>
    public const string All = "all";

    /// <summary>Where the process keeps its data; made if missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>What this process is in the cluster.</summary>
    public string Role { get; init; } = All;
}

/// <summary>This build cannot play that role; the message says which build can.</summary>
public sealed class SiloRoleException(string message) : Exception(message);
