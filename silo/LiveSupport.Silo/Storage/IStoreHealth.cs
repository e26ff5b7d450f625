namespace LiveSupport.Silo.Storage;

/// <summary>Whether the store can take a write now; what readiness asks.</summary>
public interface IStoreHealth
{
    /// <summary>Writes and flushes one small record. Null when that worked, otherwise one sentence that says why not.
    /// Answers within about two seconds and never throws.</summary>
    Task<string?> Problem();
}
