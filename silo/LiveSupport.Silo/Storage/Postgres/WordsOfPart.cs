namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>The words to look up in one part of time, whose name is to be put in for each #: whatever fits the query fits each of these.</summary>
/// <param name="LookedUp">The rarest is first: when a part lacks it, the index is done. A word's beginning ends with :*.</param>
/// <param name="WholeFirst">The beginnings among them cost much: where few rows have all whole words, they are not looked up.</param>
/// <param name="AreSeldomTogether">The newest rows will hardly have enough hits.</param>
internal sealed record WordsOfPart(string[] LookedUp, bool WholeFirst, bool AreSeldomTogether)
{
    /// <summary>Their places, from 1 on.</summary>
    public IEnumerable<int> All => Enumerable.Range(1, LookedUp.Length);

    public IEnumerable<int> Whole => All.Where(i => !LookedUp[i - 1].EndsWith(":*", StringComparison.Ordinal));
}
