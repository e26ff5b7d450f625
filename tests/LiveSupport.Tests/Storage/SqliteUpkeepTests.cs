using System.Buffers.Binary;
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
    private readonly string _log;

    public SqliteUpkeepTests()
    {
        _database = SqliteDatabase.Open(_folder.Path, TimeProvider.System);
        _log = _folder.File(SqliteDatabase.FileName + "-wal");
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_log_is_brought_into_the_file_before_SQLite_would_do_it_within_a_commit_and_begins_anew()
    {
        // A record takes a page, and the index a few more. Ours come to it after 2,000, SQLite itself after 4,000.
        await Task.WhenAll(Enumerable.Range(0, 1_900).Select(i => Write($"first/{i}")));
        await TestServer.Eventually(() => Task.FromResult(new FileInfo(_folder.File(SqliteDatabase.FileName)).Length > 1_500L * PageSize));

        var next = 0;
        await TestServer.Eventually(async () =>
        {
            await Write($"then/{next++}");
            return TimesBegun() > 0;
        });
        Assert.InRange(new FileInfo(_log).Length, 1, 4_000L * PageSize);
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

    /// <summary>How often the log began anew, as its head says.</summary>
    private int TimesBegun()
    {
        using var log = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var head = new byte[16];
        log.ReadExactly(head);
        return BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(12));
    }

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
