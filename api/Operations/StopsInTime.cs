namespace LiveSupport.Api.Operations;

/// <summary>
/// A process that was told to stop is gone soon, whatever it waits for. Orleans, for one, tries for two minutes to tell a
/// database that cannot be reached that it leaves; by then whoever told it to stop has killed it, or has waited.
/// Nothing is lost: what was acknowledged is on disk.
/// </summary>
internal static class StopsInTime
{
    /// <summary>Less than what the runbooks give a process (60 s), the draining before it included.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <param name="lifetime">Whose end is watched.</param>
    /// <param name="clock">Counts the seconds.</param>
    /// <param name="log">Hears why the process ends.</param>
    /// <param name="leave">Ends the process with that code.</param>
    public static void Watch(IHostApplicationLifetime lifetime, TimeProvider clock, ILogger log, Action<int> leave) =>
        lifetime.ApplicationStopping.Register(() => _ = Leave(clock, log, leave));

    private static async Task Leave(TimeProvider clock, ILogger log, Action<int> leave)
    {
        await Task.Delay(Limit, clock);
        log.LogWarning("Not stopped within {Seconds} s, as when the database cannot be reached. Leaving at once: what was acknowledged is stored.", Limit.TotalSeconds);
        leave(1);
    }
}
