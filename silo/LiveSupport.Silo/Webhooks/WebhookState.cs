using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Webhooks;

/// <summary>The endpoints of a workspace, as they are kept.</summary>
[GenerateSerializer, Immutable, Alias("ls.webhooks-state"), Stored(1)]
public sealed record WebhooksState
{
    [Id(0)] public ImmutableArray<StoredWebhook> Endpoints { get; init; } = [];

    /// <summary>The ids of removed endpoints of which something may still be kept.</summary>
    [Id(1)] public ImmutableArray<string> Leaving { get; init; } = [];
}

/// <param name="Secret">Encrypted.</param>
/// <param name="OldSecret">Encrypted; messages are signed with it too until <paramref name="OldUntil"/>.</param>
[GenerateSerializer, Immutable, Alias("ls.stored-webhook")]
public sealed record StoredWebhook(
    [property: Id(0)] WebhookEndpoint Endpoint,
    [property: Id(1)] string Secret,
    [property: Id(2)] string? OldSecret = null,
    [property: Id(3)] DateTimeOffset? OldUntil = null);

/// <summary>How one endpoint does, as it is kept.</summary>
[GenerateSerializer, Immutable, Alias("ls.webhook-state"), Stored(1)]
public sealed record WebhookState
{
    /// <summary>Every row that changed before it is told of: a new activation looks from here on.</summary>
    [Id(0)] public long FromMinute { get; init; }

    /// <summary>Since when it has taken nothing; null while it takes.</summary>
    [Id(1)] public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why nothing is tried any more.</summary>
    [Id(2)] public string? Suspended { get; init; }

    /// <summary>Failures before this moment count no more towards giving up.</summary>
    [Id(3)] public DateTimeOffset? ResumedAt { get; init; }
    [Id(4)] public long Delivered { get; init; }

    /// <summary>The newest first.</summary>
    [Id(5)] public ImmutableArray<WebhookDelivery> Recent { get; init; } = [];
    [Id(6)] public ImmutableArray<WebhookDeadLetter> Dead { get; init; } = [];
    [Id(7)] public bool Begun { get; init; }
}

/// <summary>How far one endpoint has been told of one conversation: everything up to <see cref="Rev"/>.</summary>
[GenerateSerializer, Immutable, Alias("ls.webhook-cursor"), Stored(1)]
public sealed record WebhookCursor
{
    [Id(0)] public long Rev { get; init; }
    [Id(1)] public long Seq { get; init; }

    /// <summary>The conversation's status at <see cref="Rev"/>, as far as it was told.</summary>
    [Id(2)] public Status? Status { get; init; }

    /// <summary>Failures of the next event.</summary>
    [Id(3)] public int Failures { get; init; }
    [Id(4)] public DateTimeOffset? FailingSince { get; init; }

    /// <summary>False only before the first look.</summary>
    [Id(5)] public bool Known { get; init; }

    /// <summary>That the conversation began is told; it has no revision of its own.</summary>
    [Id(6)] public bool Begun { get; init; }
}

/// <summary>
/// The cursors of one endpoint, each a small record of its own, so that telling of one message writes a few dozen
/// bytes however many conversations there are.
/// </summary>
internal sealed class WebhookCursors(IGrainStorage storage, GrainId grainId)
{
    private const int Cached = 10_000;
    private readonly Dictionary<string, GrainState<WebhookCursor>> _cursors = [];

    public async Task<WebhookCursor> Read(string conversationId) => (await Load(conversationId)).State ?? new WebhookCursor();

    /// <summary>Notes it in memory only: what is lost with it is found out again.</summary>
    public async Task Note(string conversationId, WebhookCursor cursor) => (await Load(conversationId)).State = cursor;

    public async Task Write(string conversationId, WebhookCursor cursor)
    {
        var record = await Load(conversationId);
        record.State = cursor;
        try
        {
            await storage.WriteStateAsync(Name(conversationId), grainId, record);
        }
        catch
        {
            _cursors.Remove(conversationId);
            throw;
        }
    }

    public async Task Delete(string conversationId)
    {
        var record = await Load(conversationId);
        if (record.RecordExists)
            await storage.ClearStateAsync(Name(conversationId), grainId, record);
        _cursors.Remove(conversationId);
    }

    private async Task<GrainState<WebhookCursor>> Load(string conversationId)
    {
        if (_cursors.TryGetValue(conversationId, out var known))
            return known;
        var record = new GrainState<WebhookCursor>(new WebhookCursor());
        await storage.ReadStateAsync(Name(conversationId), grainId, record);
        if (_cursors.Count >= Cached)
            _cursors.Clear();
        return _cursors.TryGetValue(conversationId, out var meanwhile) ? meanwhile : _cursors[conversationId] = record;
    }

    private static string Name(string conversationId) => $"cursor-{conversationId}";
}
