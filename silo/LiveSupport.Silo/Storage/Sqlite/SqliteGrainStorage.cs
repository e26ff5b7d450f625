using System.Globalization;
using System.Text.Json;

namespace LiveSupport.Silo.Storage.Sqlite;

/// <summary>Grains' state as JSON in one table, each write guarded by the record's ETag.</summary>
internal sealed class SqliteGrainStorage(SqliteDatabase database) : IGrainStorage, IKeepsRows
{
    private const string Find = "SELECT rowid, etag, payload FROM grain WHERE type = ?1 AND key = ?2 AND name = ?3";
    private const string Version = "SELECT rowid, etag FROM grain WHERE type = ?1 AND key = ?2 AND name = ?3";
    private const string Insert = "INSERT INTO grain (type, key, name, etag, payload) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";

    // By its place, which the ETag tells: to look it up by its three names is half the work of a write.
    private const string Update = "UPDATE grain SET etag = ?4 + 1, payload = ?5 WHERE rowid = ?1 AND key = ?2 AND name = ?3 AND etag = ?4";
    private const string Delete = "DELETE FROM grain WHERE rowid = ?1 AND key = ?2 AND name = ?3 AND etag = ?4";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = new RecordName(stateName, grainId);
        var (etag, state) = await database.Readers.Read(connection =>
        {
            using var find = name.Bind(connection.Use(Find));
            return find.Step() ? (new Etag(find.Number(0), find.Number(1)), Parse<T>(find.Bytes(2), name)) : default((Etag?, T?));
        });
        grainState.State = etag is null ? Activator.CreateInstance<T>() : state!;
        grainState.ETag = etag?.ToString();
        grainState.RecordExists = etag is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = new RecordName(stateName, grainId);
        var expected = Etag.Parse(grainState.ETag);
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

        grainState.ETag = write.Etag.ToString();
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = new RecordName(stateName, grainId);
        var expected = Etag.Parse(grainState.ETag);
        var write = await database.Writer.Write(connection => Clear(connection, name, expected));
        Check(write, name, grainState.ETag);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static Written Write(Connection connection, in RecordName name, Etag? expected, StoredBytes payload, RowAlong? along, StoredBytes? row)
    {
        var written = expected is { } known ? Replace(connection, name, known, payload.Span) : Add(connection, name, payload.Span);
        if (written.Done && along is not null)
            RowWriter.Write(connection, along.WorkspaceId, along.Write, row!.Span);
        return written;
    }

    private static Written Add(Connection connection, in RecordName name, ReadOnlySpan<byte> payload)
    {
        // A record that is cleared and made again begins elsewhere, so that an old ETag never fits it.
        var first = Random.Shared.NextInt64(1, 1L << 40);
        using var insert = name.Bind(connection.Use(Insert));
        return insert.Bind(4, first).Bind(5, payload).Run() == 1
            ? new Written(true, new Etag(connection.LastRowId, first))
            : new Written(false, Stored(connection, name));
    }

    private static Written Replace(Connection connection, in RecordName name, in Etag expected, ReadOnlySpan<byte> payload)
    {
        using var update = name.Bind(connection.Use(Update), expected);
        return update.Bind(5, payload).Run() == 1
            ? new Written(true, expected with { Number = expected.Number + 1 })
            : new Written(false, Stored(connection, name));
    }

    private static Written Clear(Connection connection, in RecordName name, Etag? expected)
    {
        if (expected is { } known)
        {
            using var delete = name.Bind(connection.Use(Delete), known);
            if (delete.Run() == 1)
                return new Written(true, null);
        }

        var stored = Stored(connection, name);
        return new Written(stored is null && expected is null, stored);
    }

    private static Etag? Stored(Connection connection, in RecordName name)
    {
        using var version = name.Bind(connection.Use(Version));
        return version.Step() ? new Etag(version.Number(0), version.Number(1)) : null;
    }

    private static void Check(in Written write, in RecordName name, string? expected)
    {
        if (!write.Done)
            throw new InconsistentStateException($"{name} was written by somebody else in between.", write.Etag?.ToString() ?? "none", expected ?? "none");
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

    private readonly record struct Written(bool Done, Etag? Etag);

    /// <param name="Row">Where the record stands.</param>
    /// <param name="Number">Which write of it this was.</param>
    private readonly record struct Etag(long Row, long Number)
    {
        /// <summary>Null for none. What is no ETag is nobody's: it fits no record.</summary>
        public static Etag? Parse(string? etag)
        {
            if (etag is null)
                return null;
            var dot = etag.IndexOf('.', StringComparison.Ordinal);
            return dot > 0 && IsNumber(etag.AsSpan(0, dot), out var row) && IsNumber(etag.AsSpan(dot + 1), out var number)
                ? new Etag(row, number)
                : new Etag(-1, -1);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Row}.{Number}");

        private static bool IsNumber(ReadOnlySpan<char> text, out long number) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private readonly struct RecordName(string stateName, GrainId grain)
    {
        private readonly string _type = grain.Type.ToString()!;
        private readonly string _key = grain.Key.ToString()!;
        private readonly string _name = stateName;

        public Statement Bind(Statement statement) => statement.Bind(1, _type).Bind(2, _key).Bind(3, _name);

        public Statement Bind(Statement statement, in Etag etag) => statement.Bind(1, etag.Row).Bind(2, _key).Bind(3, _name).Bind(4, etag.Number);

        public override string ToString() => $"The state '{_name}' of {_type}/{_key}";
    }
}
