using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Attachments;

[GrainType("unsent-files")]
public sealed class UnsentFilesGrain(
    [PersistentState("unsent-files", StorageNames.Grains)] IPersistentState<UnsentFiles> stored, TimeProvider clock) : Grain, IUnsentFilesGrain
{
    /// <summary>Files of 100 pieces each, deleted in one turn.</summary>
    private const int AtOnce = 10;

    public async Task<TimeSpan?> Comes(string attachmentId, string address, long bytes, long mostOfAddress, long most)
    {
        var now = clock.GetUtcNow();
        if (stored.State.Wait(address, bytes, mostOfAddress, most, now) is { } wait)
            return wait;
        await Write(stored.State.With(new UnsentFile(attachmentId, address, bytes, now)));
        return null;
    }

    public Task Came(string attachmentId, long bytes) =>
        Write(bytes > 0 ? stored.State.Sized(attachmentId, bytes) : stored.State.Without([attachmentId]));

    public Task Sent(ImmutableArray<string> attachmentIds) =>
        stored.State.Without(attachmentIds) is { } left && left.Files.Length < stored.State.Files.Length ? Write(left) : Task.CompletedTask;

    public async Task<int> Sweep()
    {
        var over = stored.State.Over(clock.GetUtcNow(), AtOnce);
        foreach (var id in over)
            await GrainFactory.GetGrain<IAttachmentGrain>(Ids.Key(this.GetPrimaryKeyString(), id)).EraseUnsent();
        await Sent(over);
        return over.Length;
    }

    private Task Write(UnsentFiles next) => stored.Write(next, DeactivateOnIdle);
}
