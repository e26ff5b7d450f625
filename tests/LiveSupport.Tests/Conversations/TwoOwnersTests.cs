using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Silo.Workspaces;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Conversations;

/// <summary>Two silos that both believe they own a conversation cannot both commit.</summary>
public abstract class TwoOwnersTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TwoSilos _silos = null!;

    private protected abstract Task<TwoSilos> StartSilos();

    public async Task InitializeAsync() => _silos = await StartSilos();

    public virtual async Task DisposeAsync() => await _silos.DisposeAsync();

    [Fact]
    public async Task Of_two_messages_at_once_one_is_stored_and_the_other_refused_until_its_owner_has_read_again()
    {
        // Enough for pages to be sealed by both as well.
        const int Rounds = Pages.Length;
        for (var round = 1; round <= Rounds; round++)
        {
            await BothKnow("c1", round);
            _silos.Door.NextTwoTogether();
            var answers = await Task.WhenAll(Post(0, round), Post(1, round));

            Assert.Single(answers, answer => answer.Accepted);
            Assert.Single(answers, answer => answer.Refusal?.Code == Codes.Unavailable);
            for (var silo = 0; silo < 2; silo++)
                Assert.True(answers[silo].Accepted || (await Until(() => Post(silo, round), answer => answer.Accepted)).Accepted);
        }

        for (var silo = 0; silo < 2; silo++)
        {
            await BothKnow("c1", Rounds + 1 + silo);
            var grain = _silos.Conversation(silo, "c1");
            var entries = (await grain.Entries(Talk.AsMira, null, Limits.Page)).Value!.Entries;
            var said = entries.Where(entry => entry.Author.Type == AuthorType.Visitor).ToList();
            var events = (await grain.Sync(Talk.AsMira, 0)).Value!.Events!.Value;

            Assert.Equal(Enumerable.Range(1, entries.Length), entries.Select(entry => (int)entry.Seq));
            Assert.Equal(said.Count, said.Select(entry => entry.Id).Distinct().Count());
            Assert.Equal(2 * Rounds, said.Count(entry => entry.Id.StartsWith("m-", StringComparison.Ordinal)));
            for (var sender = 0; sender < 2; sender++)
            {
                Assert.Equal(
                    Enumerable.Range(1, Rounds).Select(round => MessageId(sender, round)),
                    said.Select(entry => entry.Id).Where(id => id.StartsWith($"m-{sender}-", StringComparison.Ordinal)));
            }
            Assert.Equal(Enumerable.Range(1, events.Length), events.Select(change => (int)change.Rev));
            var row = (await _silos.Rows.Find(DefaultWorkspace.Id, ["c1"])).Single();
            Assert.Equal((events[^1].Rev, (long)entries.Length), (row.Rev, row.Seq));
        }
        Assert.Equal(2 * Rounds, (await _silos.Rows.Search(DefaultWorkspace.Id, "parcel", 100)).Messages.Count);
    }

    [Fact]
    public async Task Of_two_agents_who_claim_at_once_one_has_it_and_the_other_hears_who()
    {
        await BothKnow("c2", 1);
        AgentRef[] agents = [Talk.Mira, Talk.Jonas];
        _silos.Door.NextTwoTogether();

        var answers = await Task.WhenAll(agents.Select((agent, silo) => _silos.Conversation(silo, "c2").Join(agent)));

        var winner = Array.FindIndex(answers, answer => answer.Accepted);
        var loser = 1 - winner;
        Assert.Equal(JoinOutcome.Joined, answers[winner].Value!.Outcome);
        Assert.Equal(Codes.Unavailable, answers[loser].Refusal?.Code);
        var again = await Until(() => _silos.Conversation(loser, "c2").Join(agents[loser]), answer => answer.Accepted);
        Assert.Equal((JoinOutcome.ClaimedByOther, agents[winner]), (again.Value!.Outcome, again.Value.By));
    }

    private Task<Outcome<Posted>> Post(int silo, int round) => PostTo(silo, "c1", MessageId(silo, round), $"Where is my parcel? {silo} {round}");

    private Task<Outcome<Posted>> PostTo(int silo, string id, string messageId, string text) =>
        _silos.Conversation(silo, id).Post(new VisitorMessage { ClientId = messageId, Text = text, Visitor = Talk.Visitor });

    private static string MessageId(int silo, int round) => $"m-{silo}-{round}";

    /// <summary>
    /// Each writes in turn, the one that is behind reading again, until both stand at the same revision: the first has
    /// nothing left to write then, and knows nothing of what the second wrote.
    /// </summary>
    private async Task BothKnow(string id, int time)
    {
        await Until(() => PostTo(0, id, $"both-{time}", "Hi"), answer => answer.Accepted);
        await Until(() => PostTo(1, id, $"both-{time}", "Hi"), answer => answer.Accepted);
    }

    private static async Task<Outcome<T>> Until<T>(Func<Task<Outcome<T>>> command, Func<Outcome<T>, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await command();
            if (wanted(answer))
                return answer;
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>Both over one file's only opener: whatever else SQLite would refuse, the records' versions must do.</summary>
public sealed class TwoOwnersOnSqliteTests : TwoOwnersTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("livesupport-");
    private SqliteDatabase? _database;

    private protected override Task<TwoSilos> StartSilos()
    {
        var database = _database = SqliteDatabase.Open(_folder.FullName, TimeProvider.System);
        return TwoSilos.Start(options => options, services => services.AddSingleton(database), _ => new SqliteGrainStorage(database));
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _database?.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>Each with connections of its own, as in a cluster.</summary>
[Collection(PostgresTests.Name)]
public sealed class TwoOwnersOnPostgresTests(PostgresServer server) : TwoOwnersTests
{
    private protected override Task<TwoSilos> StartSilos()
    {
        var connection = server.NewDatabase();
        return TwoSilos.Start(
            options => options with { Postgres = connection },
            _ => { },
            services => new PostgresGrainStorage(services.GetRequiredService<PostgresDatabase>()));
    }
}
