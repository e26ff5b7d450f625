using System.Collections.Immutable;
using System.Security.Cryptography;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Silo.Visitors;

[GrainType("visitor")]
public sealed partial class VisitorGrain(
    [PersistentState("visitor", StorageNames.Grains)] IPersistentState<VisitorState> stored,
    LiveFeed live,
    TimeProvider clock) : Grain, IVisitorGrain
{
    /// <summary>Browsers in which a visitor whom the site vouches for may be signed in; the oldest makes room.</summary>
    private const int Browsers = 20;

    /// <summary>Files that are remembered. A message has ten at most, and one that none takes goes by itself within a day.</summary>
    private const int Files = 100;

    private Presence _presence = new();
    private IGrainTimer? _look;
    private bool? _shownOnline;

    private string WorkspaceId => Ids.Split(this.GetPrimaryKeyString()).WorkspaceId;
    private string VisitorId => Ids.Split(this.GetPrimaryKeyString()).Id;

    /// <summary>There is one, who is neither erased nor being erased.</summary>
    private bool Exists => stored is { RecordExists: true, State: { ErasingSince: null, Erased: null } };

    /// <summary>What is known; of one who was erased and came back, nothing.</summary>
    private VisitorState Known => stored.State.Erased is null ? stored.State : new VisitorState();

    public async Task<Outcome<VisitorProfile>> Begin(VisitorSession session)
    {
        var state = Known;
        var known = HasSecret(session.SecretHash);
        if (stored.RecordExists && !known && session.Vouched is null)
            return new Refusal(Codes.TokenInvalid, "This browser's chat session is not known here; begin a new one.");
        if (state.ErasingSince is not null)
            return BeingErased;

        var now = clock.GetUtcNow();
        var before = Contact(state);
        await Write(state with
        {
            Secrets = known ? state.Secrets : [.. state.Secrets.TakeLast(Browsers - 1), Convert.ToHexString(session.SecretHash.AsSpan())],
            Name = VisitorRules.CleanName(session.Vouched?.Name) ?? state.Name,
            Email = session.Vouched?.Email ?? state.Email,
            Verified = state.Verified || session.Vouched is not null,
            Device = session.Device,
            Browser = session.Browser ?? state.Browser,
            Location = session.Location ?? state.Location,
            Locale = session.Locale ?? state.Locale,
            TimeZone = session.TimeZone ?? state.TimeZone,
            StartedAt = Exists ? state.StartedAt : now,
            LastSeenAt = now,
        });
        await TellConversation(before);
        return Profile(session.Page);
    }

    public async Task<string?> HandOver(ImmutableArray<byte> secretHash, string toVisitorId)
    {
        var state = stored.State;
        if (state.Verified || !HasSecret(secretHash))
            return null;
        if (state.ConversationId is not { } conversation)
            return state.HandedOver is { } earlier && earlier.ToVisitorId == toVisitorId ? earlier.ConversationId : null;
        await Write(state with { ConversationId = null, HandedOver = new HandedOver(toVisitorId, conversation) });
        return conversation;
    }

    public async Task<string?> TakeOver(string conversationId, string fromVisitorId)
    {
        var conversation = GrainFactory.GetGrain<IConversationGrain>(Ids.Key(WorkspaceId, conversationId));
        var adopted = await conversation.Adopt(fromVisitorId, Contact(stored.State));
        if (adopted.Refusal is { } refusal)
            return refusal.Code == Codes.Unavailable ? throw new StoreUnavailableException(refusal.Sentence) : stored.State.ConversationId;
        // What is over is only listed; what is open is where the visitor was writing just now.
        var goesOn = stored.State.ConversationId is null || await conversation.Row() is { Status: not Status.Solved };
        await Write(stored.State with
        {
            ConversationId = goesOn ? conversationId : stored.State.ConversationId,
            Formerly = stored.State.Formerly.Contains(fromVisitorId) ? stored.State.Formerly : stored.State.Formerly.Add(fromVisitorId),
        });
        await ShowPresence(renewed: true);
        return stored.State.ConversationId;
    }

    private bool HasSecret(ImmutableArray<byte> hash) =>
        stored.State.Secrets.Any(secret => CryptographicOperations.FixedTimeEquals(Convert.FromHexString(secret), hash.AsSpan()));

    public async Task<string> OpenConversation(string? after) =>
        stored.State.ConversationId is { } open && open != after ? open : await Open(stored.State);

    public async Task<Outcome<string>> BeginConversation(string? after)
    {
        if (stored.State.ConversationId is { } open && open != after)
            return open;
        var begun = VisitorRules.Begin(stored.State.Begun, clock.GetUtcNow());
        return begun.Refusal is { } refusal ? refusal : await Open(stored.State with { Begun = begun.Value });
    }

    private async Task<string> Open(VisitorState state)
    {
        if (stored.RecordExists && !Exists)
            throw new InvalidOperationException("This visitor was erased.");
        var id = Ids.New(clock);
        await Write(state with { ConversationId = id });
        await ShowPresence(renewed: true);
        return id;
    }

    public async Task Attach(string edgeId, int connections, PageView? page)
    {
        if (stored.RecordExists && !Exists)
            return;
        var pageBefore = _presence.Page;
        _presence.Report(edgeId, connections, page, clock.GetUtcNow());
        await ShowPresence(renewed: true);
        if (stored.RecordExists && _presence.Page is not null && _presence.Page != pageBefore)
            Publish(new VisitorChanged(Profile(null)));
    }

    public async Task<Outcome<Done>> Uploads(string attachmentId)
    {
        if (!Exists)
            return NoSuchVisitor;
        await Write(stored.State with { Uploads = [.. stored.State.Uploads.TakeLast(Files - 1), attachmentId] });
        return Done.It;
    }

    public async Task<Outcome<Done>> SetAside(long bytes, long mostBytes)
    {
        if (!Exists)
            return NoSuchVisitor;
        if (bytes > mostBytes - stored.State.UploadedBytes)
            return new Refusal(Codes.TooLong, $"All your files together may have at most {mostBytes / 1_048_576} MB.");
        await Write(stored.State with { UploadedBytes = stored.State.UploadedBytes + bytes });
        return Done.It;
    }

    public async Task GiveBack(long bytes)
    {
        if (Exists && bytes > 0)
            await Write(stored.State with { UploadedBytes = Math.Max(0, stored.State.UploadedBytes - bytes) });
    }

    public async Task<Outcome<VisitorProfile>> Identify(string? name, string? email)
    {
        if (!Exists)
            return NoSuchVisitor;
        name = VisitorRules.CleanName(name);
        email = string.IsNullOrWhiteSpace(email) ? null : email.Trim();
        if ((VisitorRules.CheckName(name) ?? VisitorRules.CheckEmail(email)) is { } refusal)
            return refusal;
        var state = stored.State;
        if (state.Verified && ((name ?? state.Name) != state.Name || (email ?? state.Email) != state.Email))
            return new Refusal(Codes.Forbidden, "The site has said who this is; change it there.");

        var before = Contact(state);
        await Write(state with { Name = name ?? state.Name, Email = email ?? state.Email });
        await TellConversation(before);
        return Profile(null);
    }

    public async Task<Outcome<VisitorProfile>> Describe(VisitorDetails details)
    {
        if (!Exists && !details.Create)
            return NoSuchVisitor;
        if (stored.State.ErasingSince is not null)
            return BeingErased;
        var name = VisitorRules.CleanName(details.Name);
        var email = string.IsNullOrWhiteSpace(details.Email) ? null : details.Email.Trim();
        if ((VisitorRules.CheckName(name) ?? VisitorRules.CheckEmail(email)) is { } refusal)
            return refusal;
        var state = Known;
        var before = Contact(state);
        await Write(state with
        {
            Name = name ?? state.Name,
            Email = email ?? state.Email,
            Locale = details.Locale ?? state.Locale,
            TimeZone = details.TimeZone ?? state.TimeZone,
            Verified = state.Verified || details.Vouched,
            StartedAt = Exists ? state.StartedAt : clock.GetUtcNow(),
        });
        await TellConversation(before);
        return Profile(null);
    }

    public Task<VisitorProfile?> Profile() => Task.FromResult(Exists ? Profile(null) : null);

    private async Task Write(VisitorState next)
    {
        // First: an entry too many is passed over by whoever looks, one too few would never be found.
        if (next.Email is { } email && email != stored.State.Email)
            await GrainFactory.GetGrain<IEmailGrain>(Ids.EmailKey(WorkspaceId, email)).Note(VisitorId);
        var before = stored.State.Email;
        await stored.Write(next, DeactivateOnIdle);
        if (before is not null && next.Email is not null && !string.Equals(before, next.Email, StringComparison.OrdinalIgnoreCase))
            await GrainFactory.GetGrain<IEmailGrain>(Ids.EmailKey(WorkspaceId, before)).Forget(VisitorId);
    }

    /// <summary>A name or an e-mail is shown in the queue, so the conversation's row has to carry it.</summary>
    private async Task TellConversation(Contact before)
    {
        var contact = Contact(stored.State);
        if (contact == before)
            return;
        Publish(new VisitorChanged(Profile(null)));
        if (stored.State.ConversationId is { } conversation)
            await GrainFactory.GetGrain<IConversationGrain>(Ids.Key(WorkspaceId, conversation)).SetContact(contact);
    }

    private async Task ShowPresence(bool renewed)
    {
        var online = _presence.Online == true;
        // The queue tells the screens if it is news. One that was activated since has forgotten who is there: each renewal
        // tells it again.
        if (stored.State.ConversationId is not null && (online != (_shownOnline ?? false) || (online && renewed)))
            await GrainFactory.GetGrain<IQueueGrain>(WorkspaceId).Presence(VisitorId, online);
        else if (_presence.Online is { } known && known != _shownOnline)
            Publish(new PresenceChanged(VisitorId, known));
        _shownOnline = _presence.Online ?? _shownOnline;
        LookAgainLater();
    }

    private void LookAgainLater()
    {
        _look?.Dispose();
        _look = _presence.NextLook is { } next
            ? this.RegisterGrainTimer(
                _ =>
                {
                    _presence.Look(clock.GetUtcNow());
                    return ShowPresence(renewed: false);
                },
                new GrainTimerCreationOptions
                {
                    DueTime = next - clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
                    Period = Timeout.InfiniteTimeSpan,
                })
            : null;
    }

    private VisitorProfile Profile(PageView? sessionPage)
    {
        var state = stored.State;
        return new VisitorProfile
        {
            Id = VisitorId,
            Name = state.Name,
            Email = state.Email,
            Verified = state.Verified,
            Online = _presence.Online == true,
            Page = sessionPage ?? _presence.Page,
            Device = state.Device,
            Browser = state.Browser,
            Location = state.Location,
            Locale = state.Locale,
            TimeZone = state.TimeZone,
            StartedAt = state.StartedAt,
            LastSeenAt = state.LastSeenAt,
            ConversationId = state.ConversationId,
        };
    }

    private Contact Contact(VisitorState state) => new(VisitorId, state.Name, state.Email, state.Verified);

    private void Publish(WorkspaceEvent happened) => live.Publish(WorkspaceId, happened);
}
