using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Storage;

/// <summary>What keeps SQLite's file in shape beside the messages, so that none of them waits for it.</summary>
public sealed class SqliteUpkeepTests : IDisposable
{
    private const int PageSize = 4096;

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteUpkeepTests() => _database = SqliteDatabase.Open(_folder.Path, TimeProvider.System);

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_log_is_brought_into_the_file_before_SQLite_would_do_it_within_a_commit_and_begins_anew()
    {
        const int PagesARound = 2_500;
        for (var round = 1; round <= 4; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, PagesARound).Select(i => Write($"{round}/{i}")));
            var expected = round * PagesARound * (long)PageSize * 9 / 10;
            await TestServer.Eventually(() => Task.FromResult(Length(SqliteDatabase.FileName) >= expected));
        }

        Assert.InRange(Length(SqliteDatabase.FileName + "-wal"), 1, 2 * PagesARound * (long)PageSize);
    }

    [Fact]
    public async Task The_parts_of_the_search_index_are_merged_and_everything_is_found()
    {
        const int Texts = 64 * 60;
        var store = new SqliteConversationStore(_database);
        for (var seq = 1; seq <= Texts; seq++)
            await store.Upsert("w", [Text(seq)]);
        Assert.Equal(Texts, (await store.Search("w", "parcel", Texts + 1)).Messages.Count);

        Assert.InRange(await Parts(), 1, 12);
        Assert.Equal(Texts, (await store.Search("w", "parcel", Texts + 1)).Messages.Count);
        Assert.Equal(7, Assert.Single((await store.Search("w", "number7", Texts)).Messages, hit => hit.Seq == 7).Seq);
    }

    private Task Write(string key) => new SqliteGrainStorage(_database).WriteStateAsync(
        "s", GrainId.Create("t", key), new GrainState<string>(new string('x', PageSize)));

    private long Length(string name) => new FileInfo(_folder.File(name)).Length;

    private Task<long> Parts() => _database.Readers.Read(connection =>
    {
        using var count = connection.Use("SELECT count(DISTINCT segid) FROM text_search_idx");
        return count.Step() ? count.Number(0) : 0;
    });

    private static RowWrite Text(int seq) => new(
        new QueueRow
        {
            Id = "c1",
            Rev = seq,
            Seq = seq,
            Visitor = new Contact("v"),
            Mode = Mode.Bot,
            Status = Status.Active,
            IsCase = false,
            Preview = "",
            StartedAt = DateTimeOffset.UnixEpoch,
            LastAt = DateTimeOffset.UnixEpoch,
            VisitorEntries = seq,
            Reads = ImmutableDictionary<string, int>.Empty,
        },
        [new IndexedEntry(seq, $"parcel number{seq}", DateTimeOffset.UnixEpoch)]);
}
