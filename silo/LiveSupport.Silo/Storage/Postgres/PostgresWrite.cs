using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage.Postgres;

/// <summary>One caller's write: a record, rows with their texts, or a record with the rows that go with it. All of it or nothing.</summary>
internal sealed class PostgresWrite
{
    private const int BytesOfOne = 16 * 1024;

    // Whoever waits goes on elsewhere: the writer has its next batch to do.
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PostgresWrite(RecordChange? record, IReadOnlyList<RowChange> rows)
    {
        Record = record;
        Rows = rows;
        Keys = [.. rows.Select(row => row.Key)];
        if (record is not null)
            Keys = [.. Keys, record.Key];
    }

    public RecordChange? Record { get; }

    public IReadOnlyList<RowChange> Rows { get; }

    /// <summary>What it changes. No two writes with a key in common are on their way at once.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>How much of a batch it takes: records and rows, a big record for several.</summary>
    public int Size => Keys.Count + (Record?.Payload?.Length ?? 0) / BytesOfOne;

    /// <summary>True when it is durable; false when the record's ETag did not fit and nothing was written.</summary>
    public Task<bool> Done => _done.Task;

    public static PostgresWrite Of(RecordChange record, RowAlong? along = null) =>
        new(record, along is null ? [] : [new RowChange(along.WorkspaceId, along.Write, samePerson: along.SamePerson)]);

    /// <summary>Of several rows of one conversation the newest counts, and the texts of all.</summary>
    public static PostgresWrite Of(string workspaceId, IReadOnlyList<RowWrite> writes) =>
        new(null, writes.Count == 1 ? [new RowChange(workspaceId, writes[0])] :
        [
            .. writes.GroupBy(write => write.Row.Id).Select(one => new RowChange(
                workspaceId, new RowWrite(one.MaxBy(write => write.Row.Rev)!.Row, [.. one.SelectMany(write => write.Texts)]))),
        ]);

    public void Complete(bool written) => _done.TrySetResult(written);

    public void Fail(Exception error) => _done.TrySetException(error);
}

/// <param name="Expected">The ETag that the record must have; null: there must be none.</param>
/// <param name="Next">Its ETag afterwards.</param>
/// <param name="Payload">Null removes the record.</param>
internal sealed record RecordChange(string Type, string Grain, string Name, long? Expected, long Next, byte[]? Payload)
{
    public string Key { get; } = $"{Type}\n{Grain}\n{Name}";
}

/// <summary>A row as its columns. Made on the caller's thread, because the writer's are few.</summary>
/// <param name="workspaceId">Whose.</param>
/// <param name="write">The row and its texts.</param>
/// <param name="json">The row as it is to be stored; null: made here.</param>
/// <param name="samePerson">It replaces a row of the same person.</param>
internal sealed class RowChange(string workspaceId, RowWrite write, byte[]? json = null, bool samePerson = false)
{
    public string Workspace { get; } = SafeText.Of(workspaceId);

    public string Id { get; } = SafeText.Of(write.Row.Id);

    public QueueRow Row => write.Row;

    public byte[] Json { get; } = json ?? StoredBytes.Array(write.Row);

    /// <summary>Null: as it is.</summary>
    public string? People { get; } = samePerson ? null : SearchText.Vector(
        (write.Row.Visitor.Name, 'A'), (write.Row.Visitor.Email, 'A'), (write.Row.Visitor.Id, 'A'), (write.Row.Id, 'D'));

    public IReadOnlyList<TextChange> Texts { get; } = [.. write.Texts.Select(text => new TextChange(text))];

    public string Key => $"{Workspace}\n{Id}";
}

internal sealed class TextChange(IndexedEntry entry)
{
    public long Seq => entry.Seq;

    public long At { get; } = entry.At.UtcTicks;

    public string Text { get; } = SafeText.Of(entry.Text);

    public string Words { get; } = SearchText.Vector(entry.Text);
}
