using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Sqlite;

namespace LiveSupport.Tests.Storage;

public sealed class SqliteGrainStorageTests : GrainStorageContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteGrainStorageTests() => _database = SqliteDatabase.Open(_folder.Path, TimeProvider.System);

    protected override IGrainStorage Storage => new SqliteGrainStorage(_database);

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }
}

public sealed class SqliteConversationStoreTests : ConversationStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteConversationStoreTests() => _database = SqliteDatabase.Open(_folder.Path, TimeProvider.System);

    protected override IConversationStore Store => new SqliteConversationStore(_database);

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }
}

public sealed class SqliteRowsAlongTests : RowsAlongContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteRowsAlongTests() => _database = SqliteDatabase.Open(_folder.Path, TimeProvider.System);

    protected override IGrainStorage Records => new SqliteGrainStorage(_database);

    protected override IConversationStore Rows => new SqliteConversationStore(_database);

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }
}
