using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Attachments;

/// <summary>The files that no message has taken, the oldest first. Pure.</summary>
[GenerateSerializer, Immutable, Alias("ls.unsent-files-state"), Stored(1)]
public sealed record UnsentFiles
{
    /// <summary>Each counts as that many bytes at least, so that their number is bounded as well.</summary>
    public const long LeastBytes = 1_048_576;

    [Id(0)] public ImmutableArray<UnsentFile> Files { get; init; } = [];

    /// <returns>Null: it may come. Else when enough of the oldest are gone.</returns>
    public TimeSpan? Wait(string address, long bytes, long mostOfAddress, long most, DateTimeOffset now)
    {
        var ofAddress = Wait(Files.Where(file => file.Address == address), bytes, mostOfAddress, now);
        var ofAll = Wait(Files, bytes, most, now);
        return ofAddress is null || ofAll > ofAddress ? ofAll : ofAddress;
    }

    public UnsentFiles With(UnsentFile file) => new() { Files = Files.Add(file) };

    public UnsentFiles Without(IReadOnlyCollection<string> ids) => new() { Files = Files.RemoveAll(file => ids.Contains(file.Id)) };

    /// <summary>The file with what it really has.</summary>
    public UnsentFiles Sized(string id, long bytes) => new() { Files = [.. Files.Select(file => file.Id == id ? file with { Bytes = bytes } : file)] };

    public ImmutableArray<string> Over(DateTimeOffset now, int most) =>
        [.. Files.TakeWhile(file => file.At + AttachmentRules.KeptUnclaimed < now).Take(most).Select(file => file.Id)];

    private static TimeSpan? Wait(IEnumerable<UnsentFile> files, long bytes, long most, DateTimeOffset now)
    {
        var tooMuch = files.Sum(file => file.Counts) + Math.Max(bytes, LeastBytes) - most;
        if (tooMuch <= 0)
            return null;
        var wait = AttachmentRules.KeptUnclaimed;
        foreach (var file in files)
        {
            wait = file.At + AttachmentRules.KeptUnclaimed - now;
            if ((tooMuch -= file.Counts) <= 0)
                break;
        }
        return wait;
    }
}

/// <param name="Address">Stands for the address that it came from.</param>
/// <param name="At">When it began to come.</param>
[GenerateSerializer, Immutable, Alias("ls.unsent-file")]
public sealed record UnsentFile(
    [property: Id(0)] string Id,
    [property: Id(1)] string Address,
    [property: Id(2)] long Bytes,
    [property: Id(3)] DateTimeOffset At)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public long Counts => Math.Max(Bytes, UnsentFiles.LeastBytes);
}
