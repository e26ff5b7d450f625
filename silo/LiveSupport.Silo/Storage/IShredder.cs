namespace LiveSupport.Silo.Storage;

/// <summary>Sees to what databases leave in their files of what was deleted from their tables.</summary>
public interface IShredder
{
    /// <summary>Overwrites what was deleted before this call, as far as that is the store's to do. May take seconds, in
    /// which others read and write.</summary>
    /// <exception cref="StoreUnavailableException">Not now.</exception>
    Task Shred();
}
