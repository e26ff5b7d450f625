using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Programs;

[GenerateSerializer, Immutable, Alias("ls.idempotency-state"), Stored(1)]
public sealed record IdempotencyState
{
    [Id(0)] public ImmutableDictionary<string, KeptAnswer> Answers { get; init; } = ImmutableDictionary<string, KeptAnswer>.Empty;
}

[GenerateSerializer, Immutable, Alias("ls.kept-answer")]
public sealed record KeptAnswer(
    [property: Id(0)] string Fingerprint, [property: Id(1)] FirstAnswer Answer, [property: Id(2)] DateTimeOffset At);

/// <summary>Keeps answers for a day. What runs is known in memory only: whoever repeats a call that a crash cut off does it again, under the same ids.</summary>
[GrainType("idempotency")]
public sealed class IdempotencyGrain(
    [PersistentState("answers", StorageNames.Grains)] IPersistentState<IdempotencyState> stored, TimeProvider clock) : Grain, IIdempotencyGrain
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>A call that runs longer was cut off.</summary>
    private static readonly TimeSpan RunsAtMost = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (string Fingerprint, DateTimeOffset Since)> _running = [];

    public Task<Earlier> Begin(string key, string fingerprint)
    {
        var now = clock.GetUtcNow();
        if (stored.State.Answers.TryGetValue(key, out var kept) && now - kept.At < Kept)
            return Task.FromResult(kept.Fingerprint == fingerprint ? new Earlier(EarlierCall.Answered, kept.Answer) : new Earlier(EarlierCall.Another));
        if (_running.TryGetValue(key, out var running) && now - running.Since < RunsAtMost)
            return Task.FromResult(new Earlier(running.Fingerprint == fingerprint ? EarlierCall.Running : EarlierCall.Another));
        _running[key] = (fingerprint, now);
        return Task.FromResult(new Earlier(EarlierCall.None));
    }

    public async Task Keep(string key, string fingerprint, FirstAnswer answer)
    {
        var now = clock.GetUtcNow();
        var fresh = stored.State.Answers.RemoveRange(stored.State.Answers.Where(old => now - old.Value.At >= Kept).Select(old => old.Key));
        await stored.Write(new IdempotencyState { Answers = fresh.SetItem(key, new KeptAnswer(fingerprint, answer, now)) }, DeactivateOnIdle);
        _running.Remove(key);
    }

    public async Task Erase(ImmutableArray<string> about)
    {
        var theirs = stored.State.Answers.Where(kept => kept.Value.Answer.About is { } id && about.Contains(id) && kept.Value.Answer != Gone(id)).ToList();
        if (theirs.Count == 0)
            return;
        await stored.Write(new IdempotencyState
        {
            Answers = stored.State.Answers.SetItems(theirs.Select(kept =>
                KeyValuePair.Create(kept.Key, kept.Value with { Answer = Gone(kept.Value.Answer.About!) }))),
        }, DeactivateOnIdle);
    }

    /// <summary>HTTP's "gone".</summary>
    private static FirstAnswer Gone(string about) => new(410, "", null, about);

    public Task Forget(string key)
    {
        _running.Remove(key);
        return Task.CompletedTask;
    }
}
