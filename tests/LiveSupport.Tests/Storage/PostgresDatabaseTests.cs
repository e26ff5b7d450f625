using System.Collections.Concurrent;
using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Tests.Support;
using Npgsql;

namespace LiveSupport.Tests.Storage;

/// <summary>What is PostgreSQL's own: opening, migrations, shared batches, other processes, a server that goes away.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresDatabaseTests(PostgresServer server)
{
    private static readonly PostgresMigrations.Step One = new("CREATE TABLE one (n integer)");
    private static readonly PostgresMigrations.Step Two = new("CREATE TABLE two (n integer)");
    private static readonly PostgresMigrations.Step Breaking = new("DROP TABLE one", Oldest: 2);

    [Fact]
    public async Task Processes_that_start_together_take_each_migration_once()
    {
        var connection = server.NewDatabase();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Open(connection).Dispose())));
        Open(connection).Dispose();

        Assert.Equal((long)PostgresMigrations.Newest, Ask(connection, "SELECT count(*) FROM migration"));
    }

    [Fact]
    public void An_old_database_gets_the_steps_that_it_misses()
    {
        var connection = server.NewDatabase();
        Migrate(connection, One);
        Ask(connection, "INSERT INTO one VALUES (7) RETURNING n");

        Migrate(connection, One, Two);

        Assert.Equal(7, Ask(connection, "SELECT n FROM one"));
        Assert.Equal(2L, Ask(connection, "SELECT count(*) FROM migration"));
        Assert.Equal(0L, Ask(connection, "SELECT count(*) FROM two"));
    }

    [Fact]
    public void An_older_program_runs_beside_a_newer_one_that_only_added()
    {
        var connection = server.NewDatabase();
        Migrate(connection, One, Two);

        Migrate(connection, One);

        Assert.Equal(2L, Ask(connection, "SELECT count(*) FROM migration"));
    }

    [Fact]
    public void A_database_that_only_newer_programs_fit_is_refused_with_a_sentence()
    {
        var connection = server.NewDatabase();
        Migrate(connection, One, Breaking);

        Assert.Contains("version 2", Assert.Throws<StoreCannotOpenException>(() => Migrate(connection, One)).Message, StringComparison.Ordinal);

        Open(server.NewDatabase()).Dispose();
        var newer = server.NewDatabase();
        Open(newer).Dispose();
        Ask(newer, $"INSERT INTO migration VALUES ({PostgresMigrations.Newest + 1}, {PostgresMigrations.Newest + 1}) RETURNING version");
        Assert.Contains("start the newer program", Assert.Throws<StoreCannotOpenException>(() => Open(newer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_fails_leaves_nothing_behind()
    {
        var connection = server.NewDatabase();

        Assert.Throws<PostgresException>(() => Migrate(connection, One, new("CREATE TABLE two (n integer); SELECT 1 / 0")));

        Assert.Equal(0L, Ask(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task An_online_step_waits_for_no_other_process_that_wants_to_migrate()
    {
        var connection = server.NewDatabase();
        PostgresMigrations.Step index = new("DROP INDEX CONCURRENTLY IF EXISTS one_n; CREATE INDEX CONCURRENTLY one_n ON one (n)", Online: true);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Migrate(connection, One, index, Two))));

        Assert.Equal(3L, Ask(connection, "SELECT count(*) FROM migration"));
        Assert.Equal(0L, Ask(connection, "SELECT count(*) FROM two"));
        Assert.Equal(true, Ask(connection, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'one_n'::regclass"));
    }

    [Fact]
    public void An_online_step_that_failed_is_taken_again_and_what_came_before_it_stays()
    {
        var connection = server.NewDatabase();
        PostgresMigrations.Step index = new("DROP INDEX CONCURRENTLY IF EXISTS one_n; CREATE UNIQUE INDEX CONCURRENTLY one_n ON one (n)", Online: true);
        Migrate(connection, One);
        Ask(connection, "INSERT INTO one VALUES (7), (7) RETURNING n");
        // It leaves an index behind that is not valid.
        Assert.Throws<PostgresException>(() => Migrate(connection, One, index));
        Ask(connection, "DELETE FROM one WHERE ctid = (SELECT min(ctid) FROM one) RETURNING n");

        Migrate(connection, One, index);

        Assert.Equal(true, Ask(connection, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'one_n'::regclass"));
        Assert.Equal(2L, Ask(connection, "SELECT count(*) FROM migration"));
    }

    [Fact]
    public void What_the_version_before_needs_is_taken_away_a_day_later()
    {
        PostgresMigrations.Step taken = new("DROP TABLE IF EXISTS one", Online: true, Settled: true);
        var used = server.NewDatabase();
        Migrate(used, One);

        Migrate(used, One, Two, taken);
        Assert.Equal(0L, Ask(used, "SELECT count(*) FROM one"));

        Ask(used, "UPDATE migration SET applied_at = applied_at - interval '25 hours' RETURNING version");
        Migrate(used, One, Two, taken);
        Assert.Equal(DBNull.Value, Ask(used, "SELECT to_regclass('one')::text"));

        var fresh = server.NewDatabase();
        Migrate(fresh, One, Two, taken);
        Assert.Equal(DBNull.Value, Ask(fresh, "SELECT to_regclass('one')::text"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Host=127.0.0.1;Port=many")]
    public void What_is_no_connection_string_is_refused_with_a_sentence(string connection) =>
        Assert.Contains("LiveSupport:Postgres", Assert.Throws<StoreCannotOpenException>(() => Open(connection)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_database_that_is_not_there_is_refused_with_a_sentence()
    {
        var missing = new NpgsqlConnectionStringBuilder(server.NewDatabase()) { Database = "missing" }.ConnectionString;

        Assert.Contains("\"missing\" does not exist", Assert.Throws<StoreCannotOpenException>(() => Open(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_acknowledges_before_its_disk_has_it_is_refused()
    {
        var careless = new NpgsqlConnectionStringBuilder(server.NewDatabase()) { Options = "-c synchronous_commit=off" }.ConnectionString;

        Assert.Contains("synchronous_commit", Assert.Throws<StoreCannotOpenException>(() => Open(careless)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_writers_share_a_commit()
    {
        using var database = Open(server.NewDatabase());
        var storage = new PostgresGrainStorage(database);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(async () =>
        {
            var state = new GrainState<List<int>>([writer]);
            for (var i = 0; i < 20; i++)
                await storage.WriteStateAsync("s", GrainId.Create("t", $"{writer}"), state);
        })));

        Assert.InRange(database.Writer.Commits, 20, 64 * 20 / 2);
    }

    [Fact]
    public async Task A_write_that_cannot_be_done_is_refused_alone()
    {
        using var database = Open(server.NewDatabase());
        IConversationStore store = new PostgresConversationStore(database);
        var storage = new PostgresGrainStorage(database);
        // No index takes a key of such a length that does not compress.
        var tooLong = string.Concat(Enumerable.Range(0, 500).Select(_ => Guid.NewGuid().ToString("N")));
        var writes = Enumerable.Range(0, 100).Select(i => store.Upsert("w", [Write($"c{i}", "text")])).ToList();
        var failing = storage.WriteStateAsync("s", GrainId.Create("t", tooLong), new GrainState<List<int>>([1]));
        writes.AddRange(Enumerable.Range(100, 100).Select(i => store.Upsert("w", [Write($"c{i}", "text")])));

        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => failing);
        Assert.Equal(200, (await store.Load("w")).Unsolved.Count);
    }

    [Fact]
    public async Task Processes_that_write_the_same_rows_in_another_order_wait_for_each_other()
    {
        var connection = server.NewDatabase();
        using var here = Open(connection);
        using var there = Open(connection);
        var ids = Enumerable.Range(0, 100).Select(i => $"c{i}").ToList();

        for (var rev = 1; rev <= 20; rev++)
        {
            await Task.WhenAll(
                new PostgresConversationStore(here).Upsert("w", [.. ids.Select(id => Write(id, "text", rev))]),
                new PostgresConversationStore(there).Upsert("w", [.. Enumerable.Reverse(ids).Select(id => Write(id, "text", rev))]));
        }

        Assert.All((await new PostgresConversationStore(here).Load("w")).Unsolved, row => Assert.Equal(20, row.Rev));
    }

    [Fact]
    public async Task Of_two_processes_that_write_one_record_the_second_is_refused()
    {
        var connection = server.NewDatabase();
        using var here = Open(connection);
        using var there = Open(connection);
        var grain = GrainId.Create("t", "one");
        var mine = new GrainState<List<int>>([0]);
        await new PostgresGrainStorage(here).WriteStateAsync("s", grain, mine);
        var acknowledged = 0;

        await Task.WhenAll(new[] { here, there }.Select(database => Task.Run(async () =>
        {
            var storage = new PostgresGrainStorage(database);
            for (var i = 0; i < 100; i++)
            {
                var state = new GrainState<List<int>>();
                await storage.ReadStateAsync("s", grain, state);
                state.State![0]++;
                try
                {
                    await storage.WriteStateAsync("s", grain, state);
                    Interlocked.Increment(ref acknowledged);
                }
                catch (InconsistentStateException)
                {
                }
            }
        })));

        var read = new GrainState<List<int>>();
        await new PostgresGrainStorage(here).ReadStateAsync("s", grain, read);
        Assert.Equal([acknowledged], read.State!);
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_server_dies_amid_writes_and_comes_back()
    {
        using var own = new PostgresServer();
        using var database = Open(own.NewDatabase());
        IConversationStore store = new PostgresConversationStore(database);
        var storage = new PostgresGrainStorage(database);
        var acknowledged = new ConcurrentDictionary<string, int>();
        using var stop = new CancellationTokenSource();
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            var id = $"c{writer}";
            var grain = GrainId.Create("t", id);
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    // As a grain does it: what is stored is read again after each failure.
                    var state = new GrainState<Counter>();
                    await storage.ReadStateAsync("s", grain, state);
                    while (!stop.IsCancellationRequested)
                    {
                        var number = ++state.State!.Number;
                        state.State.Row = new RowAlong("w", Write(id, $"text{number}", number));
                        await storage.WriteStateAsync("s", grain, state);
                        acknowledged[id] = number;
                    }
                }
                catch (StoreUnavailableException)
                {
                    refused.TrySetResult();
                }
                catch (InconsistentStateException)
                {
                    // A write of which nobody knew was stored after all, after it was read.
                }
            }
        })).ToList();

        await TestServer.Eventually(() => Task.FromResult(acknowledged.Count == writers.Count && acknowledged.Values.Any(number => number > 20)));
        own.Stop();
        await refused.Task;
        Assert.NotNull(await database.Problem());
        own.Start();
        await TestServer.Eventually(async () => await database.Problem() is null);
        var before = acknowledged.ToDictionary();
        await TestServer.Eventually(() => Task.FromResult(acknowledged.All(now => now.Value > before[now.Key])));
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        foreach (var (id, number) in acknowledged)
        {
            var read = new GrainState<Counter>();
            await storage.ReadStateAsync("s", GrainId.Create("t", id), read);
            Assert.True(read.State!.Number >= number);
            Assert.Equal(read.State.Number, (await store.Find("w", id))!.Rev);
        }
    }

    [Fact]
    public async Task A_server_that_is_down_at_the_start_is_used_when_it_comes()
    {
        using var own = new PostgresServer();
        var connection = own.NewDatabase();
        own.Stop();
        using var database = Open(connection);
        IConversationStore store = new PostgresConversationStore(database);

        Assert.Contains("cannot be reached", await database.Problem(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Upsert("w", [Write("c1", "one")]));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Find("w", "c1"));
        Assert.Null(await database.Bytes());

        own.Start();
        Assert.Null(await database.Problem());
        Assert.True(await database.Bytes() > 0);
        await store.Upsert("w", [Write("c1", "one")]);
        Assert.NotNull(await store.Find("w", "c1"));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_problem()
    {
        var connection = server.NewDatabase();
        using var database = Open(connection);
        await using var other = new NpgsqlConnection(connection);
        await other.OpenAsync();
        await using var held = await other.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("LOCK TABLE probe", other);
        await hold.ExecuteNonQueryAsync();

        Assert.Contains("not answered", await database.Problem(), StringComparison.Ordinal);

        await held.RollbackAsync();
        Assert.Null(await database.Problem());
    }

    [Fact]
    public async Task A_closed_store_says_that_it_is_unavailable()
    {
        var database = Open(server.NewDatabase());
        database.Dispose();
        IConversationStore store = new PostgresConversationStore(database);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Upsert("w", [Write("c1", "one")]));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Find("w", "c1"));
        Assert.NotNull(await database.Problem());
    }

    [Fact]
    public async Task A_damaged_record_is_one_grains_trouble()
    {
        var connection = server.NewDatabase();
        using var database = Open(connection);
        var storage = new PostgresGrainStorage(database);
        GrainId damaged = GrainId.Create("t", "damaged"), sound = GrainId.Create("t", "sound");
        await storage.WriteStateAsync("s", damaged, new GrainState<List<int>>([1]));
        await storage.WriteStateAsync("s", sound, new GrainState<List<int>>([2]));
        Ask(connection, @"UPDATE grain SET payload = '\x5b31' WHERE key = 'damaged' RETURNING etag");

        await Assert.ThrowsAsync<InvalidDataException>(() => storage.ReadStateAsync("s", damaged, new GrainState<List<int>>()));
        var read = new GrainState<List<int>>();
        await storage.ReadStateAsync("s", sound, read);
        Assert.Equal([2], read.State!);
    }

    internal static RowWrite Write(string id, string text, long rev = 1) => new(
        new QueueRow
        {
            Id = id,
            Rev = rev,
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
        [new IndexedEntry(rev, text, DateTimeOffset.UnixEpoch)]);

    private static PostgresDatabase Open(string connection) => PostgresDatabase.Open(connection, TimeProvider.System);

    private static void Migrate(string to, params PostgresMigrations.Step[] steps)
    {
        using var connection = new NpgsqlConnection(to);
        connection.Open();
        PostgresMigrations.Apply(connection, steps);
    }

    private static object? Ask(string of, string sql)
    {
        using var connection = new NpgsqlConnection(of);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private sealed class Counter : IBringsRow
    {
        public int Number { get; set; }

        [System.Text.Json.Serialization.JsonIgnore]
        public RowAlong? Row { get; set; }
    }
}
