using System.Collections.Concurrent;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

/// <summary>Who types where. Goes over the stream and is never stored: at most once a second, and gone after 6 s of silence.</summary>
internal sealed class TypingNotes(Relays relays, TimeProvider clock, ILogger<TypingNotes> log)
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<(string WorkspaceId, string ConversationId, string Who), Note> _notes = new();

    private sealed record Note(TypingChanged Said, long SaidAt, ITimer Forget);

    public async Task Set(string workspaceId, TypingChanged typing)
    {
        var key = (workspaceId, typing.ConversationId, typing.By.Id ?? "");
        var known = _notes.GetValueOrDefault(key);
        if (!typing.IsTyping)
        {
            if (_notes.TryRemove(key, out var note))
            {
                await note.Forget.DisposeAsync();
                // To whom it was said that it began.
                await Say(workspaceId, note.Said with { IsTyping = false });
            }
            return;
        }
        if (known is not null)
        {
            known.Forget.Change(ForgottenAfter, Timeout.InfiniteTimeSpan);
            if (typing.AmongAgents == known.Said.AmongAgents && clock.GetElapsedTime(known.SaidAt) < AtMostEvery)
                return;
            _notes.TryUpdate(key, known with { Said = typing, SaidAt = clock.GetTimestamp() }, known);
        }
        else
        {
            var forget = clock.CreateTimer(_ => Forget(key), null, ForgottenAfter, Timeout.InfiniteTimeSpan);
            if (!_notes.TryAdd(key, new Note(typing, clock.GetTimestamp(), forget)))
                await forget.DisposeAsync();
        }
        await Say(workspaceId, typing);
    }

    private void Forget((string WorkspaceId, string ConversationId, string Who) key)
    {
        if (!_notes.TryRemove(key, out var note))
            return;
        note.Forget.Dispose();
        _ = Say(key.WorkspaceId, note.Said with { IsTyping = false });
    }

    private async Task Say(string workspaceId, TypingChanged typing)
    {
        try
        {
            await relays.Stream(workspaceId).OnNextAsync(typing);
        }
        catch (Exception broken)
        {
            log.LogDebug(broken, "A typing note was lost.");
        }
    }
}
