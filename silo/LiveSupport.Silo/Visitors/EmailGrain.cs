using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Visitors;

[GenerateSerializer, Immutable, Alias("ls.email-state"), Stored(1)]
public sealed record EmailState
{
    [Id(0)] public ImmutableArray<string> Visitors { get; init; } = [];
}

[GrainType("email")]
public sealed class EmailGrain([PersistentState("email", StorageNames.Grains)] IPersistentState<EmailState> stored) : Grain, IEmailGrain
{
    /// <summary>Anybody can type anybody's address: only the newest are kept.</summary>
    private const int Most = 100;

    public Task<ImmutableArray<string>> Visitors() => Task.FromResult(stored.State.Visitors);

    public async Task Forget(string visitorId)
    {
        var left = stored.State.Visitors.Remove(visitorId);
        if (left.IsEmpty && stored.RecordExists)
            await stored.ClearStateAsync();
        else if (left.Length < stored.State.Visitors.Length)
            await stored.Write(new EmailState { Visitors = left }, DeactivateOnIdle);
    }

    public async Task Note(string visitorId)
    {
        if (!stored.State.Visitors.Contains(visitorId))
            await stored.Write(new EmailState { Visitors = [visitorId, .. stored.State.Visitors.Take(Most - 1)] }, DeactivateOnIdle);
    }
}
