namespace LiveSupport.Embedded;

/// <summary>The machinery of grains failed, not the grain's own code. Named as on the cluster, so that one catch serves both.</summary>
public class OrleansException : Exception
{
    public OrleansException()
    {
    }

    public OrleansException(string message)
        : base(message)
    {
    }

    public OrleansException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A call was refused before the grain saw it: calling again later is safe.</summary>
public class OrleansMessageRejectionException(string message, Exception? innerException = null)
    : OrleansException(message, innerException);

/// <summary>The runtime is not running: not started yet, or stopping.</summary>
public sealed class SiloUnavailableException(string message) : OrleansMessageRejectionException(message);

/// <summary>
/// Somebody else wrote the state in between. Escaping a grain's call it ends the activation: the next one reads the
/// state anew.
/// </summary>
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException = null)
        : base(errorMsg, storageException)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>What the store holds.</summary>
    public string? StoredEtag { get; }

    /// <summary>What the writer thought it holds.</summary>
    public string? CurrentEtag { get; }
}

/// <summary>A grain names a storage or another provider that is not registered.</summary>
public class BadProviderConfigException(string message) : OrleansException(message);
