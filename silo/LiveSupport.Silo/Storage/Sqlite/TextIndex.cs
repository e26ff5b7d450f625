using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>
/// The search over the transcripts' texts. A text is stored with its message; it is indexed together with others a
/// little later, or before the next search, because an index that is written for each single text costs as much as the
/// rest of the message. How far the index goes stands beside it, so that a crash in between loses and doubles nothing.
/// </summary>
internal sealed class TextIndex(SqliteWriter writer)
{
    /// <summary>Texts in one step. Above this little is saved, and the messages that come meanwhile wait for its end (about 1 ms).</summary>
    private const int AtOnce = 64;

    /// <summary>Pages in one step of a merge: about a millisecond. Each step of the index adds a page or two, which are merged
    /// some six times until they are part of a large whole.</summary>
    private const int MergedAtOnce = 16;

    private const string Take = "INSERT INTO text_search (rowid, text) SELECT n, text FROM text WHERE n > ?1 AND n <= ?2";

    /// <summary>Texts that are stored but perhaps not indexed. What the last process left is found out by the first step.</summary>
    private int _waiting = 1;
    private int _stepping;
    private int _running;

    /// <summary>So many texts were stored.</summary>
    public void Grew(int texts)
    {
        if (Interlocked.Add(ref _waiting, texts) >= AtOnce && Interlocked.Exchange(ref _running, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(index => _ = index.Run(), this, preferLocal: false);
    }

    /// <summary>Everything that was stored before this call can be found after it, unless the disk takes nothing more.</summary>
    public async Task CatchUp()
    {
        // In this order: a step is under way before it takes what is waiting.
        if (Volatile.Read(ref _waiting) == 0 && Volatile.Read(ref _stepping) == 0)
            return;
        try
        {
            while (await Step())
            {
            }
        }
        catch (StoreUnavailableException)
        {
            // What is indexed can be found all the same.
        }
    }

    /// <summary>Indexes all that there is, within the caller's transaction.</summary>
    public static void Rebuild(Connection connection)
    {
        connection.Execute("""
            INSERT INTO text_search (text_search) VALUES ('rebuild');
            UPDATE text_indexed SET upto = (SELECT coalesce(max(n), 0) FROM text);
            """);
    }

    /// <summary>Removes texts and what the index has of them, a few at a time.</summary>
    public async Task Forget(IReadOnlyList<long> texts)
    {
        foreach (var some in texts.Chunk(AtOnce))
            await writer.Write(connection => Forget(connection, some));
    }

    private static int Forget(Connection connection, long[] texts)
    {
        foreach (var n in texts)
        {
            using (var unindex = connection.Use("""
                INSERT INTO text_search (text_search, rowid, text) SELECT 'delete', n, text FROM text WHERE n = ?1 AND n <= (SELECT upto FROM text_indexed)
                """))
            {
                unindex.Bind(1, n).Run();
            }

            using var delete = connection.Use("DELETE FROM text WHERE n = ?1");
            delete.Bind(1, n).Run();
        }

        // The next text may get the number of one that is gone, and must not pass for indexed.
        using var mark = connection.Use("UPDATE text_indexed SET upto = min(upto, (SELECT coalesce(max(n), 0) FROM text))");
        return mark.Run();
    }

    private async Task Run()
    {
        try
        {
            while (Volatile.Read(ref _waiting) >= AtOnce)
                await Step();
        }
        catch (StoreUnavailableException)
        {
            // The next texts, or the next search, try it again.
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> Step()
    {
        Interlocked.Increment(ref _stepping);
        var waiting = Interlocked.Exchange(ref _waiting, 0);
        try
        {
            var (any, isMore) = await writer.Write(Index);
            if (isMore)
                Interlocked.Add(ref _waiting, Math.Max(waiting - AtOnce, 1));
            if (any)
                await writer.Write(Merge);
            return isMore;
        }
        catch
        {
            Interlocked.Add(ref _waiting, waiting);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _stepping);
        }
    }

    /// <summary>
    /// What is indexed in one step is a part of its own until it is merged with others, and a search looks through all
    /// parts. FTS5 would do that by itself, hundreds of pages at once, and the messages that come meanwhile would wait
    /// (measured: 15 to 30 ms).
    /// </summary>
    private static int Merge(Connection connection)
    {
        using var merge = connection.Use("INSERT INTO text_search (text_search, rank) VALUES ('merge', ?1)");
        return merge.Bind(1, MergedAtOnce).Run();
    }

    /// <returns>Whether there was anything to index, and whether there is more.</returns>
    private static (bool Any, bool IsMore) Index(Connection connection)
    {
        using var look = connection.Use("""
            SELECT upto, (SELECT max(n) FROM (SELECT n FROM text WHERE n > upto ORDER BY n LIMIT ?1)), (SELECT max(n) FROM text) FROM text_indexed
            """);
        look.Bind(1, AtOnce).Step();
        if (look.IsNull(1))
            return (false, false);
        var (from, to, newest) = (look.Number(0), look.Number(1), look.Number(2));
        using (var take = connection.Use(Take))
            take.Bind(1, from).Bind(2, to).Run();
        using (var mark = connection.Use("UPDATE text_indexed SET upto = ?1"))
            mark.Bind(1, to).Run();
        return (true, to < newest);
    }
}
