using Orleans.Runtime.Messaging;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>
/// Repeats an edge's call whose silo is gone, until the grain lives on another one. That may run a command twice, which
/// is safe: messages carry a client id and get their first answer again, the other commands say what shall be,
/// an account's write names the version that it replaces, and a try at a password only counts twice.
/// </summary>
internal sealed class TryAgain(TimeProvider clock) : IOutgoingGrainCallFilter
{
    /// <summary>From the first try; longer than a silo takes to be declared dead, shorter than a person waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var started = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (Exception lost) when (IsLost(lost) && clock.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), clock);
            }
        }
    }

    /// <summary>The silo did not answer; whether it acted, nobody knows.</summary>
    private static bool IsLost(Exception error) =>
        error is TimeoutException or OrleansMessageRejectionException or GatewayTooBusyException or ConnectionFailedException;
}
