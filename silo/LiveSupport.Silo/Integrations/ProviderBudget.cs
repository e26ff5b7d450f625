using LiveSupport.Contracts;

namespace LiveSupport.Silo.Integrations;

/// <summary>
/// What a provider lets the whole company ask, as it last said and as we spent since: a bucket that fills again
/// (Shopify's points), or so many calls until a moment (Calendly, Zendesk). Pure.
/// </summary>
/// <param name="Left">At <paramref name="At"/>; below zero when callers wait already.</param>
/// <param name="ResetsAt">All of it is there again; null: nobody said when.</param>
internal sealed record ProviderBudget(double Left, double Limit, DateTimeOffset At, double RestoresPerSecond = 0, DateTimeOffset? ResetsAt = null)
{
    /// <summary>How long until that much may be spent.</summary>
    public TimeSpan Wait(double cost, DateTimeOffset now) =>
        LeftAt(now) is var left && left >= cost ? TimeSpan.Zero
        : RestoresPerSecond > 0 ? TimeSpan.FromSeconds((cost - left) / RestoresPerSecond)
        : ResetsAt is { } reset ? reset - now
        : TimeSpan.Zero;

    public ProviderBudget Spend(double cost, DateTimeOffset now) =>
        this with { Left = LeftAt(now) - cost, At = now, ResetsAt = ResetsAt > now ? ResetsAt : null };

    public Quota View(DateTimeOffset now) => new((long)Math.Max(0, LeftAt(now)), (long)Limit, ResetsAt > now ? ResetsAt : null);

    private double LeftAt(DateTimeOffset now) =>
        ResetsAt <= now ? Limit : Math.Min(Limit, Left + (RestoresPerSecond * (now - At).TotalSeconds));
}
