using System.Net.Sockets;
using Npgsql;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>What an error of PostgreSQL, or on the way to it, means for us.</summary>
internal static class PostgresError
{
    /// <summary>The database could not be asked, or refused: as opposed to a mistake in this program.</summary>
    public static bool IsOfStore(Exception error) =>
        error is NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException;

    /// <summary>Nothing was written, and the same batch may go through now: it met another process's batch.</summary>
    public static bool MeansTryAgain(Exception error) => error is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
    };

    /// <summary>Nothing was written because of one write in the batch, so that the others may still succeed.</summary>
    public static bool ConcernsOneWrite(Exception error) =>
        error is PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] } || !IsOfStore(error);

    /// <summary>Waiting may help: the server does not answer, is starting, stopping or full.</summary>
    public static bool MayPass(Exception error) => error is NpgsqlException { IsTransient: true } || IsOfStore(error) && error is not NpgsqlException;

    public static StoreUnavailableException AsUnavailable(Exception error) => new(Sentence(error), error);

    public static string Sentence(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "The disk of PostgreSQL is full.",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "PostgreSQL is read-only: this is not the primary.",
        PostgresException refused => $"PostgreSQL refused: {refused.MessageText} ({refused.SqlState}).",
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => "PostgreSQL does not answer in time.",
        ObjectDisposedException => "The store is closed.",
        _ => $"PostgreSQL cannot be reached: {(error.InnerException ?? error).Message}",
    };
}
