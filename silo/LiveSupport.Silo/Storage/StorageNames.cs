namespace LiveSupport.Silo.Storage;

/// <summary>Names under which storage is registered, on both engines.</summary>
public static class StorageNames
{
    /// <summary>The <see cref="IGrainStorage"/> of all grains.</summary>
    public const string Grains = "livesupport";
}
