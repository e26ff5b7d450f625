namespace LiveSupport.Silo.Storage;

internal static class SafeWrite
{
    /// <summary>
    /// Stores the next state. When that fails nobody knows whether it was stored, so the old one is shown until
    /// <paramref name="deactivate"/> has made room for an activation that reads what is true.
    /// </summary>
    public static async Task Write<T>(this IPersistentState<T> stored, T next, Action deactivate)
    {
        var before = stored.State;
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            stored.State = before;
            deactivate();
            throw;
        }
    }
}
