using System.Collections.Concurrent;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>A few connections that read, beside the writer and without waiting for it.</summary>
internal sealed class SqliteReaders(string file) : IDisposable
{
    private readonly SemaphoreSlim _free = new(Math.Clamp(Environment.ProcessorCount, 2, 8));
    private readonly ConcurrentBag<Connection> _idle = [];

    /// <exception cref="StoreUnavailableException">The database cannot be read now.</exception>
    public async Task<T> Read<T>(Func<Connection, T> read)
    {
        await _free.WaitAsync().ConfigureAwait(false);
        try
        {
            // On the pool, not on the caller's turn: a search may take a while.
            return await Task.Run(() => On(read)).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>As <see cref="Read"/>, all questions of one read answered as of the same moment.</summary>
    public Task<T> ReadOneMoment<T>(Func<Connection, T> read) => Read(connection =>
    {
        using (var begin = connection.Use("BEGIN"))
            begin.Run();
        var answer = read(connection);
        using (var end = connection.Use("COMMIT"))
            end.Run();
        return answer;
    });

    private T On<T>(Func<Connection, T> read)
    {
        var sound = false;
        Connection? connection = null;
        try
        {
            if (!_idle.TryTake(out connection))
                connection = Connection.ForReading(file);
            var answer = read(connection);
            sound = true;
            return answer;
        }
        catch (SqliteError error)
        {
            throw error.AsUnavailable();
        }
        finally
        {
            if (sound)
                _idle.Add(connection!);
            else
                connection?.Dispose();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
            connection.Dispose();
    }
}
