using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Visitors;

/// <summary>The erasures that were begun and are not finished.</summary>
[GenerateSerializer, Immutable, Alias("ls.erasures-state"), Stored(1)]
public sealed record ErasuresState
{
    [Id(0)] public ImmutableArray<BegunErasure> Begun { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("ls.begun-erasure")]
public sealed record BegunErasure([property: Id(0)] string VisitorId, [property: Id(1)] AgentRef By);

[GrainType("erasures")]
public sealed class ErasuresGrain(
    [PersistentState("erasures", StorageNames.Grains)] IPersistentState<ErasuresState> stored, IShredder shredder) : Grain, IErasuresGrain
{
    public async Task<Outcome<Erasure>> Erase(string visitorId, AgentRef by)
    {
        if (stored.State.Begun.All(begun => begun.VisitorId != visitorId))
            await Write(stored.State.Begun.Add(new BegunErasure(visitorId, by)));
        return await Finish(visitorId, by);
    }

    public async Task<int> Run()
    {
        var (finished, failed) = (0, new List<Exception>());
        foreach (var (visitorId, by) in stored.State.Begun)
        {
            try
            {
                await Finish(visitorId, by);
                finished++;
            }
            catch (Exception error)
            {
                // The others do not wait for this one.
                failed.Add(error);
            }
        }
        return failed.Count == 0 ? finished : throw new StoreUnavailableException("Some erasures could not be finished.", failed[0]);
    }

    private async Task<Outcome<Erasure>> Finish(string visitorId, AgentRef by)
    {
        var erased = await GrainFactory.GetGrain<IVisitorGrain>(Ids.Key(this.GetPrimaryKeyString(), visitorId)).Erase(by);
        if (erased.Accepted)
            await shredder.Shred();
        await Write(stored.State.Begun.RemoveAll(begun => begun.VisitorId == visitorId));
        return erased;
    }

    private Task Write(ImmutableArray<BegunErasure> begun) => stored.Write(new ErasuresState { Begun = begun }, DeactivateOnIdle);
}
