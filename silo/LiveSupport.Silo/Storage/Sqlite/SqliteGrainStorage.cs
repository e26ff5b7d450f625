using System.Globalization;
using System.Text.Json;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>Grains' state as JSON in one table, each write guarded by the record's ETag.</summary>
internal sealed class SqliteGrainStorage(SqliteDatabase database) : IGrainStorage, IKeepsRows
{
    private const string Find = "SELECT etag, payload FROM grain WHERE type = ?1 AND key = ?2 AND name = ?3";
    private const string Version = "SELECT etag FROM grain WHERE type = ?1 AND key = ?2 AND name = ?3";
    private const string Insert = "INSERT INTO grain (type, key, name, etag, payload) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    private const string Update = "UPDATE grain SET etag = ?4 + 1, payload = ?5 WHERE type = ?1 AND key = ?2 AND name = ?3 AND etag = ?4";
    private const string Delete = "DELETE FROM grain WHERE type = ?1 AND key = ?2 AND name = ?3 AND etag = ?4";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = new RecordName(stateName, grainId);
        var (found, etag, state) = await database.Readers.Read(connection =>
        {
            using var find = name.Bind(connection.Use(Find));
            return find.Step() ? (true, find.Number(0), Parse<T>(find.Bytes(1), name)) : default;
        });
        grainState.State = found ? state : Activator.CreateInstance<T>();
        grainState.ETag = found ? Text(etag) : null;
        grainState.RecordExists = found;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = new RecordName(stateName, grainId);
        var expected = Number(grainState.ETag);
        // Made here: the writer has only one thread.
        using var payload = StoredBytes.Of(grainState.State);
        var brings = grainState.State as IBringsRow;
        var along = brings?.Row;
        using var row = along is null ? null : StoredBytes.Of(along.Write.Row);
        var write = await database.Writer.Write(connection => Write(connection, name, expected, payload, along, row));
        Check(write, name, grainState.ETag);
        if (along is not null)
        {
            database.Texts.Grew(along.Write.Texts.Length);
            brings!.Row = null;
        }

        grainState.ETag = Text(write.Etag);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = new RecordName(stateName, grainId);
        var expected = Number(grainState.ETag);
        var write = await database.Writer.Write(connection => Clear(connection, name, expected));
        Check(write, name, grainState.ETag);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static Written Write(Connection connection, in RecordName name, long? expected, StoredBytes payload, RowAlong? along, StoredBytes? row)
    {
        var written = Write(connection, name, expected, payload.Span);
        if (written.Done && along is not null)
            RowWriter.Write(connection, along.WorkspaceId, along.Write, row!.Span);
        return written;
    }

    private static Written Write(Connection connection, in RecordName name, long? expected, ReadOnlySpan<byte> payload)
    {
        // A record that is cleared and made again begins elsewhere, so that an old ETag never fits it.
        var first = expected ?? Random.Shared.NextInt64(1, 1L << 40);
        using var statement = name.Bind(connection.Use(expected is null ? Insert : Update));
        return statement.Bind(4, first).Bind(5, payload).Run() == 1
            ? new Written(true, expected is null ? first : first + 1)
            : new Written(false, Stored(connection, name));
    }

    private static Written Clear(Connection connection, in RecordName name, long? expected)
    {
        if (expected is not null)
        {
            using var delete = name.Bind(connection.Use(Delete));
            if (delete.Bind(4, expected.Value).Run() == 1)
                return new Written(true, null);
        }

        var stored = Stored(connection, name);
        return new Written(stored is null && expected is null, stored);
    }

    private static long? Stored(Connection connection, in RecordName name)
    {
        using var version = name.Bind(connection.Use(Version));
        return version.Step() ? version.Number(0) : null;
    }

    private static void Check(in Written write, in RecordName name, string? expected)
    {
        if (!write.Done)
            throw new InconsistentStateException($"{name} was written by somebody else in between.", Text(write.Etag) ?? "none", expected ?? "none");
    }

    private static T Parse<T>(ReadOnlySpan<byte> payload, in RecordName name)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(payload, StateJson.Options)!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{name} cannot be read: {error.Message}", error);
        }
    }

    private static string? Text(long? etag) => etag?.ToString(CultureInfo.InvariantCulture);

    // An ETag that is no number is nobody's: it fits no record.
    private static long? Number(string? etag) =>
        etag is null ? null : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private readonly record struct Written(bool Done, long? Etag);

    private readonly struct RecordName(string stateName, GrainId grain)
    {
        private readonly string _type = grain.Type.ToString()!;
        private readonly string _key = grain.Key.ToString()!;
        private readonly string _name = stateName;

        public Statement Bind(Statement statement) => statement.Bind(1, _type).Bind(2, _key).Bind(3, _name);

        public override string ToString() => $"The state '{_name}' of {_type}/{_key}";
    }
}
