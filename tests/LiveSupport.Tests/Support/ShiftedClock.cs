using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Support;

/// <summary>The machine's time, moved by hand. Timers run as ever.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

    public void Advance(TimeSpan by) => _ahead += by;
}

internal static class ShiftedClockServices
{
    /// <summary>
    /// Everything goes by this clock, except who is a member of Orleans' cluster: a silo that sees a day pass in a
    /// moment takes itself for dead and ends the process. The name is Orleans' <c>TimeProviderNames.Membership</c>.
    /// </summary>
    public static IServiceCollection AddClock(this IServiceCollection services, ShiftedClock clock) => services
        .AddSingleton<TimeProvider>(clock)
        .AddKeyedSingleton("Orleans.Membership", TimeProvider.System);
}
