using System.Collections.Immutable;

namespace LiveSupport.Contracts;

/// <summary>Tries at the passwords and codes of one workspace's accounts, counted for all edges together. Key: the workspace's id.</summary>
[Alias("ls.tries")]
public interface ITriesGrain : IGrainWithStringKey
{
    /// <summary>Takes one of each of these, or of none.</summary>
    /// <returns>Null: taken. Else how long until there is one of each.</returns>
    [Alias("take")] Task<TimeSpan?> Take(ImmutableArray<TryBudget> budgets);

    /// <summary>The try was right, and does not count.</summary>
    [Alias("give-back")] Task GiveBack(ImmutableArray<TryBudget> budgets);
}

/// <summary>So many tries at once, and then so many a second.</summary>
/// <param name="Of">What is tried by whom. Tries of the same are counted together.</param>
[GenerateSerializer, Immutable, Alias("ls.try-budget")]
public sealed record TryBudget(
    [property: Id(0)] string Of,
    [property: Id(1)] double Burst,
    [property: Id(2)] double PerSecond);
