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
    private readonly string _index;

    public SqliteUpkeepTests()
    {
        _database = SqliteDatabase.Open(_folder.Path, TimeProvider.System);
        _log = _folder.File(SqliteDatabase.FileName + "-wal");
        _index = _folder.File(SqliteDatabase.FileName + "-shm");
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_log_is_brought_into_the_file_before_SQLite_would_do_it_within_a_commit_and_begins_anew()
    {
        // Ours come to it after 2,000 pages, SQLite itself after 4,000.
        var next = 0;
        await Write($"{next++}");
        var begun = TimesBegun();
        while (TimesBegun() == begun && PagesLogged() < 2_600)
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Write($"{next++}")));
        // However busy the machine is: the writer does not get ahead.
        await TestServer.Eventually(() => Task.FromResult(TimesBegun() > begun || PagesBrought() > 1_900));
        while (TimesBegun() == begun && PagesLogged() < 4_000)
            await Write($"{next++}");

        Assert.InRange(new FileInfo(_log).Length, 1, 4_000L * PageSize);
        Assert.Equal(begun + 1, TimesBegun());
    }

    [Fact]
    public async Task A_reader_in_the_way_puts_it_off_only_until_a_little_later()
    {
        var next = 0;
        await Write($"{next++}");
        var begun = TimesBegun();
        using (var reader = Connection.ForReading(_folder.File(SqliteDatabase.FileName)))
        {
            reader.Execute("BEGIN; SELECT count(*) FROM sqlite_master;");
            var seen = PagesLogged();
            while (PagesLogged() < 2_600)
                await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Write($"{next++}")));
            await TestServer.Eventually(() => Task.FromResult(PagesBrought() == seen));
        }

        while (TimesBegun() == begun && PagesLogged() < 4_000)
            await Write($"{next++}");

        Assert.InRange(new FileInfo(_log).Length, 1, 4_000L * PageSize);
        Assert.Equal(begun + 1, TimesBegun());
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
    private int TimesBegun() => BinaryPrimitives.ReadInt32BigEndian(Head(_log, 16).AsSpan(12));

    /// <summary>Pages in the log, as its index says (SQLite's "WAL-mode File Format": mxFrame).</summary>
    private int PagesLogged() => BitConverter.ToInt32(Head(_index, 20), 16);

    /// <summary>How many of them are in the file itself (nBackfill).</summary>
    private int PagesBrought() => BitConverter.ToInt32(Head(_index, 100), 96);

    private static byte[] Head(string path, int length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var head = new byte[length];
        file.ReadExactly(head);
        return head;
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
