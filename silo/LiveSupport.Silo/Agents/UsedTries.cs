using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Agents;

/// <summary>What is used up of budgets of tries, each of which becomes whole again in time. Pure.</summary>
internal sealed record UsedTries
{
    /// <summary>
    /// Budgets that are remembered, for strangers make up what they try. When there are more, the half that is whole
    /// soonest goes: to have ten tries at one account forgotten, somebody must make tens of thousands at others.
    /// </summary>
    public const int Most = 20_000;

    public static readonly UsedTries None = new();

    private ImmutableDictionary<string, Used> Known { get; init; } = ImmutableDictionary<string, Used>.Empty;

    /// <summary>One of each, or of none.</summary>
    /// <returns>How long until there is one of each; null when they are taken.</returns>
    public (UsedTries After, TimeSpan? Wait) Take(ImmutableArray<TryBudget> budgets, DateTimeOffset now) =>
        budgets.Max(budget => Wait(budget, now)) is { } wait ? (this, wait) : (Add(1, budgets, now), null);

    public UsedTries GiveBack(ImmutableArray<TryBudget> budgets, DateTimeOffset now) => Add(-1, budgets, now);

    /// <summary>A day when there never will be one.</summary>
    private TimeSpan? Wait(TryBudget budget, DateTimeOffset now) =>
        UsedOf(budget, now) + 1 - budget.Burst is > 0 and var tooMany
            ? TimeSpan.FromSeconds(Math.Min(tooMany / budget.PerSecond, TimeSpan.SecondsPerDay))
            : null;

    private UsedTries Add(double tries, ImmutableArray<TryBudget> budgets, DateTimeOffset now)
    {
        var known = Known.ToBuilder();
        foreach (var budget in budgets)
        {
            if (UsedOf(budget, now) + tries is > 0 and var used)
                known[budget.Of] = new Used(used, budget.PerSecond, now);
            else
                known.Remove(budget.Of);
        }
        return new UsedTries
        {
            Known = known.Count <= Most
                ? known.ToImmutable()
                : known.OrderByDescending(one => one.Value.WholeIn(now)).Take(Most / 2).ToImmutableDictionary(),
        };
    }

    // A clock that goes back gives nothing and takes nothing.
    private double UsedOf(TryBudget budget, DateTimeOffset now) =>
        Known.TryGetValue(budget.Of, out var used) ? Math.Max(0, used.Tries - (Math.Max(0, (now - used.At).TotalSeconds) * budget.PerSecond)) : 0;

    private sealed record Used(double Tries, double PerSecond, DateTimeOffset At)
    {
        public double WholeIn(DateTimeOffset now) => (Tries / PerSecond) - (now - At).TotalSeconds;
    }
}
