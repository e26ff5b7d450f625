using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Agents;

/// <summary>
/// One for the workspace, not one for each account: an e-mail that nobody has is counted like any other, so that no
/// count tells which exist, and yet makes no grain. In memory only: nobody outside can end a silo, and whoever guesses
/// while one ends wins a few tries; stored, each try of each stranger would be a write. Kept alive, for a grain that is
/// collected when idle would forget sooner than the budgets are whole.
/// </summary>
[GrainType("tries"), KeepAlive]
public sealed class TriesGrain(TimeProvider clock) : Grain, ITriesGrain
{
    private UsedTries _used = UsedTries.None;

    public Task<TimeSpan?> Take(ImmutableArray<TryBudget> budgets)
    {
        (_used, var wait) = _used.Take(budgets, clock.GetUtcNow());
        return Task.FromResult(wait);
    }

    public Task GiveBack(ImmutableArray<TryBudget> budgets)
    {
        _used = _used.GiveBack(budgets, clock.GetUtcNow());
        return Task.CompletedTask;
    }
}
