namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>
/// SQLite overwrites a deleted row within its page at once (<see cref="Connection"/>), but not a page that is given back
/// whole, and its log keeps what stood in a page before. So free pages are taken, as zeros, and given back; then the log
/// is emptied. Overwriting every page as it becomes free would cost a twentieth of all that messages write.
/// </summary>
internal sealed class SqliteShredder(SqliteDatabase database, TimeProvider clock) : IShredder
{
    /// <summary>Pages in one step: about a millisecond in which messages wait.</summary>
    private const int AtOnce = 256;

    private const int Tries = 20;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    public async Task Shred()
    {
        var free = await database.Readers.Read(connection =>
        {
            using var count = connection.Use("SELECT freelist_count FROM pragma_freelist_count");
            return count.Step() ? count.Number(0) : 0;
        });
        for (; free > 0; free -= AtOnce)
            await database.Writer.Write(Take);
        while (await database.Writer.Write(GiveBack) > 0)
        {
        }

        await EmptyLog();
    }

    /// <summary>A page of such a value holds four bytes that are not its own.</summary>
    private static int Take(Connection connection)
    {
        using var take = connection.Use("""
            INSERT INTO shred (zeros)
            SELECT zeroblob(min(freelist_count, ?1) * (page_size - 4)) FROM pragma_freelist_count, pragma_page_size WHERE freelist_count > 0
            """);
        return take.Bind(1, AtOnce).Run();
    }

    private static int GiveBack(Connection connection)
    {
        using var give = connection.Use("DELETE FROM shred WHERE n = (SELECT min(n) FROM shred)");
        return give.Run();
    }

    /// <summary>Someone who reads just now may need it: then it is tried again, and later overwritten by what is written next.</summary>
    private async Task EmptyLog()
    {
        for (var tried = 0; tried < Tries; tried++)
        {
            var isEmpty = await database.Readers.Read(connection =>
            {
                // Most of it without holding up anybody.
                using (var most = connection.Use("PRAGMA wal_checkpoint(PASSIVE)"))
                    most.Step();
                using var rest = connection.Use("PRAGMA wal_checkpoint(TRUNCATE)");
                return rest.Step() && rest.Number(0) == 0;
            });
            if (isEmpty)
                return;
            await Task.Delay(Between, clock);
        }
    }
}
