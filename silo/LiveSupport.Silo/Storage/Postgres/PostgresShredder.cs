namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>PostgreSQL's own vacuum frees and overwrites what is dead, and archives of its log have their own end.</summary>
internal sealed class PostgresShredder : IShredder
{
    public Task Shred() => Task.CompletedTask;
}
