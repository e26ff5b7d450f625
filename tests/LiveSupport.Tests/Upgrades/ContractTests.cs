using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Tests.Upgrades;

/// <summary>
/// What processes of different versions say to each other while a cluster is upgraded, and what stored keys are made
/// of, is frozen in silo/LiveSupport.Contracts/contract.txt.
/// </summary>
public sealed class ContractTests
{
    private static readonly string File = Path.Combine(Accept.Root, "silo", "LiveSupport.Contracts", "contract.txt");

    [Fact]
    public void What_crosses_between_versions_is_what_the_contract_says()
    {
        var today = Contract.Lines(typeof(Ids).Assembly, typeof(StorageNames).Assembly);
        var agreed = System.IO.File.Exists(File) ? System.IO.File.ReadAllLines(File).Where(line => line is not "" && line[0] != '#').ToArray() : [];

        Assert.True(!agreed.Except(today).Any(), $"""
            These lines of {Path.GetFileName(File)} hold no more. A cluster is upgraded silo by silo, so the version before this one still relies
            on them: never remove, rename or renumber; add beside, and stop using. If no version that runs anywhere knows a line, delete it by hand.
            {string.Join('\n', agreed.Except(today))}
            """);
        if (Accept.IsAsked)
            System.IO.File.WriteAllText(File, Contract.Text(today));
        else
        {
            Assert.True(!today.Except(agreed).Any(), $"""
                These lines are new. If that is what you want (a number or name that was ever used must not come again), {Accept.How}:
                {string.Join('\n', today.Except(agreed))}
                """);
        }
    }

    [Fact]
    public void No_number_or_name_is_used_twice()
    {
        var today = Contract.Lines(typeof(Ids).Assembly, typeof(StorageNames).Assembly);

        Assert.Equal(today.Length, today.Select(Contract.Subject).Distinct().Count());
    }
}
