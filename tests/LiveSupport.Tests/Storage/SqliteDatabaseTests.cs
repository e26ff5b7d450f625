using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Storage;

/// <summary>What is SQLite's own: opening, the lock, the shared flush, a full disk, the backup.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Opening_twice_takes_each_migration_once()
    {
        Open().Dispose();
        Open().Dispose();

        using var file = Connection.ForReading(_folder.File(SqliteDatabase.FileName));
        using var versions = file.Use("SELECT count(*), max(version) FROM migration");
        Assert.True(versions.Step());
        Assert.Equal((Migrations.Newest, Migrations.Newest), (versions.Number(0), versions.Number(1)));
    }

    [Fact]
    public void A_file_from_a_newer_version_is_refused_with_a_sentence_and_left_alone()
    {
        Open().Dispose();
        using (var newer = Connection.ForWriting(_folder.File(SqliteDatabase.FileName)))
            newer.Execute($"INSERT INTO migration VALUES ({Migrations.Newest + 1}, 'later')");

        var refused = Assert.Throws<StoreCannotOpenException>(() => Open());

        Assert.Contains($"version {Migrations.Newest + 1}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_an_older_version_keeps_its_texts_and_takes_none_of_them_twice()
    {
        using (var older = Connection.ForWriting(_folder.File(SqliteDatabase.FileName)))
        {
            Migrations.Apply(older, TimeProvider.System, upTo: 3);
            older.Execute("""
                INSERT INTO conversation (n, workspace, id, rev, status, unassigned, visitor, last_at, row)
                    VALUES (7, 'w', 'c1', 1, 0, 1, 'v', 0, '{"id":"c1","rev":1,"visitor":{"id":"v"},"preview":"","reads":{}}');
                INSERT INTO text (n, conversation, seq, at, text) VALUES (3, 7, 1, 0, 'blue parcel'), (9, 7, 2, 0, 'green parcel');
                INSERT INTO text_search (text_search) VALUES ('rebuild');
                UPDATE text_indexed SET upto = 9;
                """);
        }

        using var database = Open();
        var store = new SqliteConversationStore(database);
        await store.Upsert("w", [Write("c1", "") with
        {
            Row = Write("c1", "").Row with { Rev = 5 },
            Texts = [.. new[] { "blue parcel", "green parcel", "red parcel" }.Select((text, i) => new IndexedEntry(i + 1, text, DateTimeOffset.UnixEpoch))],
        }]);

        var found = await store.Search("w", "parcel", 10);
        Assert.Equal([3, 2, 1], found.Messages.Select(message => message.Seq));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_with_a_sentence()
    {
        File.WriteAllText(_folder.File(SqliteDatabase.FileName), new string('x', 8192));

        Assert.Contains("damaged", Assert.Throws<StoreCannotOpenException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_this_process_may_not_write_is_refused_with_a_sentence()
    {
        // A folder in its place: root, who runs tests in containers, may write any file.
        Directory.CreateDirectory(_folder.File(SqliteDatabase.FileName));

        Assert.Contains("must be readable and writable", Assert.Throws<StoreCannotOpenException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_database_its_log_and_a_backup_are_the_owners_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var database = Open();
        SqliteBackup.Write(_folder.Path, _folder.File("copy.db"));

        foreach (var file in new[] { SqliteDatabase.FileName, SqliteDatabase.FileName + "-wal", "copy.db" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File(file)));
    }

    [Fact]
    public void Only_one_opens_the_data_folder()
    {
        using (Open())
            Assert.Contains("Another process", Assert.Throws<StoreCannotOpenException>(() => Open()).Message, StringComparison.Ordinal);

        Open().Dispose();
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_opening_again()
    {
        using (var database = Open())
            await new SqliteConversationStore(database).Upsert("w", [Write("c1", "hello")]);

        using var again = Open();
        Assert.NotNull(await ((IConversationStore)new SqliteConversationStore(again)).Find("w", "c1"));
    }

    [Fact]
    public async Task What_nobody_had_searched_for_yet_is_found_after_opening_again()
    {
        using (var database = Open())
        {
            var store = new SqliteConversationStore(database);
            for (var i = 0; i < 200; i++)
                await store.Upsert("w", [Write($"c{i}", "parcel")]);
        }

        using var again = Open();
        Assert.Equal(200, (await new SqliteConversationStore(again).Search("w", "parcel", 500)).Messages.Count);
    }

    [Fact]
    public async Task A_full_disk_does_not_keep_anybody_from_searching()
    {
        using var database = Open();
        var store = new SqliteConversationStore(database);
        await store.Upsert("w", [Write("c1", "found")]);
        Assert.Single((await store.Search("w", "found", 10)).Messages);
        await store.Upsert("w", [Write("c2", string.Join(' ', Enumerable.Range(0, 20_000).Select(i => $"word{i}")))]);
        await LimitPages(database, 1);

        Assert.Single((await store.Search("w", "found", 10)).Messages);
        await LimitPages(database, 100_000);
        Assert.Single((await store.Search("w", "word19999", 10)).Messages);
    }

    [Fact]
    public async Task Writes_that_gather_during_a_flush_share_the_next_one()
    {
        using var database = Open();
        using var held = new ManualResetEventSlim();
        var before = database.Writer.Commits;
        var first = await Hold(database, held);
        var others = Enumerable.Range(0, 100).Select(i => database.Writer.Write(_ => i)).ToList();
        held.Set();

        await first;
        Assert.Equal(Enumerable.Range(0, 100), await Task.WhenAll(others));
        Assert.Equal(2, database.Writer.Commits - before);
    }

    [Fact]
    public async Task A_write_that_fails_is_taken_back_alone()
    {
        using var database = Open();
        using var held = new ManualResetEventSlim();
        var first = await Hold(database, held);
        IConversationStore store = new SqliteConversationStore(database);
        var before = store.Upsert("w", [Write("c1", "one")]);
        var failing = database.Writer.Write<int>(connection =>
        {
            connection.Execute("DELETE FROM conversation");
            throw new InvalidOperationException("no");
        });
        var after = store.Upsert("w", [Write("c2", "two")]);
        held.Set();

        await Task.WhenAll(first, before, after);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.Equal(2, (await store.Load("w")).Unsolved.Count);
        Assert.Equal(2, (await store.Search("w", "one", 9)).Messages.Count + (await store.Search("w", "two", 9)).Messages.Count);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_keeps_what_is_there_and_recovers_by_itself()
    {
        using var database = Open();
        IConversationStore store = new SqliteConversationStore(database);
        await store.Upsert("w", [Write("c0", "before")]);
        await LimitPages(database, 1);

        // The limit is never below what the file has, so the first writes may still fit.
        var acknowledged = new List<string> { "c0" };
        StoreUnavailableException? refused = null;
        for (var i = 1; i < 1_000 && refused is null; i++)
        {
            try
            {
                await store.Upsert("w", [Write($"c{i}", new string('x', 2_000))]);
                acknowledged.Add($"c{i}");
            }
            catch (StoreUnavailableException full)
            {
                refused = full;
            }
        }

        Assert.Contains("full", refused?.Message, StringComparison.Ordinal);
        Assert.Equal(acknowledged.Order(), (await store.Load("w")).Unsolved.Select(row => row.Id).Order());

        await LimitPages(database, 1_000_000);
        await store.Upsert("w", [Write("after", "again")]);
        Assert.NotNull(await store.Find("w", "after"));
        Assert.Null(await database.Problem());
    }

    [Fact]
    public async Task A_database_held_by_somebody_else_is_unavailable_until_it_is_let_go()
    {
        using var database = Open();
        IConversationStore store = new SqliteConversationStore(database);
        using (var other = Connection.ForWriting(_folder.File(SqliteDatabase.FileName)))
        {
            other.Execute("BEGIN IMMEDIATE");
            var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Upsert("w", [Write("c1", "one")]));
            Assert.NotNull(await database.Problem());
            // What a log shows of it: each call is refused as long as it lasts.
            Assert.DoesNotContain('\n', refused.ToString());
            other.Execute("ROLLBACK");
        }

        await store.Upsert("w", [Write("c2", "two")]);
        Assert.Equal(["c2"], (await store.Load("w")).Unsolved.Select(row => row.Id));
        Assert.Null(await database.Problem());
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_is_a_problem()
    {
        using var database = SqliteDatabase.Open(_folder.Path, new ImpatientClock());
        using var held = new ManualResetEventSlim();
        var hanging = await Hold(database, held);

        Assert.Contains("not answered", await database.Problem(), StringComparison.Ordinal);
        held.Set();
        await hanging;
    }

    /// <summary>A write that is on its way, and stays there until it is let go.</summary>
    private static async Task<Task> Hold(SqliteDatabase database, ManualResetEventSlim held)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Whoever finds nobody at work writes on its own thread: that is not the test's.
        var write = Task.Run(() => database.Writer.Write(_ =>
        {
            started.SetResult();
            held.Wait();
            return 0;
        }));
        await started.Task;
        return write;
    }

    [Fact]
    public async Task A_closed_store_says_that_it_is_unavailable()
    {
        var database = Open();
        database.Dispose();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => new SqliteConversationStore(database).Upsert("w", [Write("c1", "one")]));
        Assert.NotNull(await database.Problem());
    }

    [Fact]
    public async Task A_backup_made_while_others_write_holds_everything_acknowledged_before_it()
    {
        using var backups = new TemporaryFolder();
        using (var database = Open())
        {
            IConversationStore store = new SqliteConversationStore(database);
            for (var i = 0; i < 50; i++)
                await store.Upsert("w", [Write($"before{i}", "parcel")]);
            using var stop = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                    await store.Upsert("w", [Write($"while{i}", "meanwhile")]);
            });
            SqliteBackup.Write(_folder.Path, backups.File(SqliteDatabase.FileName));
            await stop.CancelAsync();
            await writing;
        }

        using var restored = SqliteDatabase.Open(backups.Path, TimeProvider.System);
        var copy = new SqliteConversationStore(restored);
        Assert.Equal(50, (await copy.Load("w")).Unsolved.Count(row => row.Id.StartsWith("before", StringComparison.Ordinal)));
        Assert.Equal(50, (await copy.Search("w", "parcel", 100)).Messages.Count);
        await copy.Upsert("w", [Write("later", "parcel")]);
        Assert.Equal(51, (await copy.Search("w", "parcel", 100)).Messages.Count);
    }

    [Fact]
    public void A_backup_needs_a_database_and_never_overwrites()
    {
        using var target = new TemporaryFolder();
        Assert.Throws<StoreCannotOpenException>(() => SqliteBackup.Write(_folder.Path, target.File("copy.db")));

        Open().Dispose();
        SqliteBackup.Write(_folder.Path, target.File("copy.db"));
        Assert.Throws<StoreCannotOpenException>(() => SqliteBackup.Write(_folder.Path, target.File("copy.db")));
        Assert.Throws<StoreCannotOpenException>(() => SqliteBackup.Write(_folder.Path, target.File("missing/copy.db")));
        Assert.Equal(["copy.db"], Directory.GetFiles(target.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_damaged_record_is_one_grains_trouble()
    {
        using var database = Open();
        var storage = new SqliteGrainStorage(database);
        GrainId damaged = GrainId.Create("t", "damaged"), sound = GrainId.Create("t", "sound");
        await storage.WriteStateAsync("s", damaged, new GrainState<List<int>>([1]));
        await storage.WriteStateAsync("s", sound, new GrainState<List<int>>([2]));
        await database.Writer.Write(connection =>
        {
            connection.Execute("UPDATE grain SET payload = x'5b31' WHERE key = 'damaged'");
            return 0;
        });

        await Assert.ThrowsAsync<InvalidDataException>(() => storage.ReadStateAsync("s", damaged, new GrainState<List<int>>()));
        var read = new GrainState<List<int>>();
        await storage.ReadStateAsync("s", sound, read);
        Assert.Equal([2], read.State!);
    }

    [Fact]
    public void The_services_share_one_database()
    {
        using var services = new ServiceCollection().AddSqliteStores(_folder.Path).BuildServiceProvider();

        Assert.IsType<SqliteConversationStore>(services.GetRequiredService<IConversationStore>());
        Assert.IsType<SqliteGrainStorage>(services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Grains));
        Assert.NotNull(services.GetRequiredService<IStoreHealth>());
    }

    private static RowWrite Write(string id, string text) => new(
        new QueueRow
        {
            Id = id,
            Rev = 1,
            Seq = 1,
            Visitor = new Contact("v"),
            Mode = Mode.Bot,
            Status = Status.Active,
            IsCase = false,
            Preview = text,
            StartedAt = DateTimeOffset.UnixEpoch,
            LastAt = DateTimeOffset.UnixEpoch,
            VisitorEntries = 1,
            Reads = ImmutableDictionary<string, int>.Empty,
        },
        [new IndexedEntry(1, text, DateTimeOffset.UnixEpoch)]);

    private static Task<int> LimitPages(SqliteDatabase database, int pages) => database.Writer.Write(connection =>
    {
        connection.Execute($"PRAGMA max_page_count = {pages}");
        return 0;
    });

    // Its time stands still, so that a slow machine is not taken for a disk that does not answer.
    private SqliteDatabase Open() => SqliteDatabase.Open(_folder.Path, new StoppedClock());

    private sealed class ImpatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
