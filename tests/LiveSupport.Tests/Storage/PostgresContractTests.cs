using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Postgres;
using LiveSupport.Tests.Support;

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
