using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Tests.Support;
using Npgsql;

namespace LiveSupport.Tests.Storage;

/// <summary>One database of the tests' server for one class of tests.</summary>
public sealed class PostgresClassDatabase : IDisposable
{
    private PostgresDatabase? _database;

    internal PostgresDatabase Of(PostgresServer server) => _database ??= PostgresDatabase.Open(server.NewDatabase(), TimeProvider.System);

    public void Dispose() => _database?.Dispose();
}

[Collection(PostgresTests.Name)]
public sealed class PostgresGrainStorageTests(PostgresServer server, PostgresClassDatabase database)
    : GrainStorageContract, IClassFixture<PostgresClassDatabase>
{
    protected override IGrainStorage Storage => new PostgresGrainStorage(database.Of(server));
}

[Collection(PostgresTests.Name)]
public sealed class PostgresConversationStoreTests(PostgresServer server, PostgresClassDatabase database)
    : ConversationStoreContract, IClassFixture<PostgresClassDatabase>
{
    protected override IConversationStore Store => new PostgresConversationStore(database.Of(server));
}

[Collection(PostgresTests.Name)]
public sealed class PostgresRowsAlongTests(PostgresServer server, PostgresClassDatabase database)
    : RowsAlongContract, IClassFixture<PostgresClassDatabase>
{
    protected override IGrainStorage Records => new PostgresGrainStorage(database.Of(server));

    protected override IConversationStore Rows => new PostgresConversationStore(database.Of(server));
}

/// <summary>The statement that writes is planned once, maybe while there is no row yet.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresFirstWritesTests(PostgresServer server)
{
    private const int Writes = 20;

    [Fact]
    public async Task In_a_new_database_a_row_is_found_by_its_key()
    {
        var connection = server.NewDatabase();
        using (var database = PostgresDatabase.Open(connection, TimeProvider.System))
        {
            for (var rev = 1; rev <= Writes; rev++)
            {
                var row = new RowAlong("w", new RowWrite(ConversationStoreContract.Row("c1", rev), []), SamePerson: rev > 1);
                await database.Writer.Write(PostgresWrite.Of(
                    new RecordChange("conversation", "w/c1", "head", rev == 1 ? null : rev - 1, rev, [0]), row));
            }
        }
        await using var statistics = NpgsqlDataSource.Create(connection);
        await using var scans = statistics.CreateCommand(
            $"SELECT indexrelname FROM pg_stat_user_indexes WHERE relname = 'conversation' AND idx_scan >= {Writes - 1}");

        Assert.Equal("conversation_pkey", await scans.ExecuteScalarAsync());
    }
}
