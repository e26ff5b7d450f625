namespace LiveSupport.Silo.Programs;

/// <summary>So many calls at once, and from then on so many a minute. Pure.</summary>
/// <param name="PerMinute">The size, and what comes back in a minute.</param>
/// <param name="Left">What is left of it at <paramref name="At"/>.</param>
public sealed record CallBudget(int PerMinute, double Left, DateTimeOffset At)
{
    public static CallBudget Whole(int perMinute, DateTimeOffset now) => new(perMinute, perMinute, now);

    public int Remaining => (int)Left;
    public int ResetSeconds => (int)Math.Ceiling((PerMinute - Left) / PerSecond);
    public int RetrySeconds => Left >= 1 ? 0 : Math.Max(1, (int)Math.Ceiling((1 - Left) / PerSecond));

    private double PerSecond => PerMinute / 60.0;

    /// <summary>The budget after one more call, and whether the call may be made.</summary>
    public (CallBudget After, bool Granted) Take(DateTimeOffset now)
    {
        // A clock that goes back gives nothing and takes nothing.
        var left = Math.Min(PerMinute, Left + (Math.Max(0, (now - At).TotalSeconds) * PerSecond));
        return left >= 1 ? (this with { Left = left - 1, At = now }, true) : (this with { Left = left, At = now }, false);
    }
}
