using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>Grains' state as JSON in one table, each write guarded by the record's ETag.</summary>
internal sealed class PostgresGrainStorage(PostgresDatabase database) : IGrainStorage, IKeepsRows
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (type, key, name) = Name(stateName, grainId);
        var (etag, payload) = await database.Read(async connection =>
        {
            using var find = new NpgsqlCommand("SELECT etag, payload FROM grain WHERE type = $1 AND key = $2 AND name = $3", connection);
            foreach (var part in new[] { type, key, name })
                find.Parameters.Add(new NpgsqlParameter { Value = part, NpgsqlDbType = NpgsqlDbType.Text });
            await find.PrepareAsync();
            await using var rows = await find.ExecuteReaderAsync();
            return await rows.ReadAsync() ? (rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)) : default((long, byte[]?));
        });
        grainState.State = payload is null ? Activator.CreateInstance<T>() : Parse<T>(payload, stateName, grainId);
        grainState.ETag = payload is null ? null : Text(etag);
        grainState.RecordExists = payload is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var expected = Number(grainState.ETag);
        // A record that is cleared and made again begins elsewhere, so that an old ETag never fits it.
        var next = expected + 1 ?? Random.Shared.NextInt64(1, 1L << 40);
        var payload = JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options);
        var brings = grainState.State as IBringsRow;
        await Write(stateName, grainId, grainState.ETag, next, payload, brings?.Row);
        if (brings is not null)
            brings.Row = null;
        grainState.ETag = Text(next);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Write(stateName, grainId, grainState.ETag, next: 0, payload: null, along: null);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private async Task Write(string stateName, GrainId grainId, string? etag, long next, byte[]? payload, RowAlong? along)
    {
        var (type, key, name) = Name(stateName, grainId);
        if (!await database.Writer.Write(PostgresWrite.Of(new RecordChange(type, key, name, Number(etag), next, payload), along)))
        {
            throw new InconsistentStateException(
                $"The state '{stateName}' of {grainId} was written by somebody else in between.", "another", etag ?? "none");
        }
    }

    private static T Parse<T>(byte[] payload, string stateName, GrainId grainId)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(payload, StateJson.Options)!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"The state '{stateName}' of {grainId} cannot be read: {error.Message}", error);
        }
    }

    private static (string Type, string Key, string Name) Name(string stateName, GrainId grain) =>
        (SafeText.Of(grain.Type.ToString()!), SafeText.Of(grain.Key.ToString()!), stateName);

    private static string Text(long etag) => etag.ToString(CultureInfo.InvariantCulture);

    // An ETag that is no number is nobody's: it fits no record.
    private static long? Number(string? etag) =>
        etag is null ? null : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
