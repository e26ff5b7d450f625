using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LiveSupport.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<Device>))]
public enum Device
{
    [JsonStringEnumMemberName("desktop")] Desktop = 0,
    [JsonStringEnumMemberName("mobile")] Mobile = 1,
}

[GenerateSerializer, Immutable, Alias("ls.page-view")]
public sealed record PageView([property: Id(0)] string Url, [property: Id(1)] string? Title, [property: Id(2)] string? Referrer = null);

[GenerateSerializer, Immutable, Alias("ls.location")]
public sealed record Location([property: Id(0)] string Country, [property: Id(1)] string? Region = null);

/// <summary>
/// One visitor of one workspace, with all tabs and devices. Key: <see cref="Ids.Key"/>(workspace, visitor).
/// Owns the profile, who is online, and which conversation is open.
/// </summary>
[Alias("ls.visitor")]
public interface IVisitorGrain : IGrainWithStringKey
{
    /// <summary>
    /// A browser begins a session. The first one sets the secret's hash; later ones must bring the same
    /// (<see cref="Codes.TokenInvalid"/> otherwise). Only the hash is stored.
    /// </summary>
    [Alias("begin")] Task<Outcome<VisitorProfile>> Begin(VisitorSession session);

    /// <summary>
    /// The conversation in which the visitor writes; made when there is none, and another when
    /// <paramref name="after"/> is the one that is over. Two tabs that ask at once get the same.
    /// </summary>
    [Alias("conversation")] Task<string> OpenConversation(string? after);

    /// <summary>
    /// The same for the visitor itself, who may begin <see cref="Limits.ConversationsADay"/> within 24 hours
    /// (<see cref="Codes.RateLimited"/> otherwise, and nothing is begun).
    /// </summary>
    [Alias("begin-conversation")] Task<Outcome<string>> BeginConversation(string? after);

    /// <summary>
    /// A lease by one edge: it holds that many of the visitor's connections, now on that page. Renewed every 20 s,
    /// dead after 45 s; none = gone, shown after a grace of 8 s. Never stored.
    /// </summary>
    [Alias("attach")] Task Attach(string edgeId, int connections, PageView? page);

    /// <summary>The visitor is about to upload a file. It is remembered for a while, because no message may ever take it.
    /// <see cref="Codes.NotFound"/>: nobody is this visitor.</summary>
    [Alias("uploads")] Task<Outcome<Done>> Uploads(string attachmentId);

    /// <summary>Sets bytes aside for a file that comes. <see cref="Codes.TooLong"/>: the visitor's files would have more
    /// than <paramref name="mostBytes"/> together.</summary>
    [Alias("set-aside")] Task<Outcome<Done>> SetAside(long bytes, long mostBytes);

    /// <summary>A file took less than was set aside for it, or came to nothing.</summary>
    [Alias("give-back")] Task GiveBack(long bytes);

    [Alias("identify")] Task<Outcome<VisitorProfile>> Identify(string? name, string? email);

    /// <summary>A program of the workspace's own says who the visitor is; a visitor that is not there yet is made if
    /// <see cref="VisitorDetails.Create"/> says so (<see cref="Codes.NotFound"/> otherwise). Null leaves what was known.</summary>
    [Alias("describe")] Task<Outcome<VisitorProfile>> Describe(VisitorDetails details);

    [Alias("profile"), ReadOnly] Task<VisitorProfile?> Profile();

    /// <summary>
    /// The site vouches for the person behind this anonymous visitor: gives the open conversation to the verified one.
    /// The same one may ask again, after a failure. Only who brings this visitor's own secret is answered, and a
    /// visitor for whom a site vouches gives nothing away.
    /// </summary>
    /// <returns>The conversation; null when there is none to give.</returns>
    [Alias("hand-over")] Task<string?> HandOver(ImmutableArray<byte> secretHash, string toVisitorId);

    /// <summary>
    /// Takes what <paramref name="fromVisitorId"/> handed over; again changes nothing. The edge asks the one and then
    /// the other, because two visitors that called each other could wait for each other.
    /// </summary>
    /// <returns>The conversation in which the next message would land; null when there is none.</returns>
    [Alias("take-over")] Task<string?> TakeOver(string conversationId, string fromVisitorId);

    /// <summary>
    /// Erases the person wherever the workspace holds something of it; for <see cref="IErasuresGrain"/>, which sees to it
    /// that what a crash cuts off is finished. From the first moment on nobody is this visitor any more. Again: the same
    /// receipt, unless the person came back and there is something to erase.
    /// </summary>
    [Alias("erase")] Task<Outcome<Erasure>> Erase(AgentRef by);
}

/// <summary>Which visitors gave one e-mail address. Key: <see cref="Ids.EmailKey"/>.</summary>
[Alias("ls.email")]
public interface IEmailGrain : IGrainWithStringKey
{
    /// <summary>Their ids, newest first; some may have another address by now.</summary>
    [Alias("visitors"), ReadOnly] Task<ImmutableArray<string>> Visitors();
    [Alias("note")] Task Note(string visitorId);
    [Alias("forget")] Task Forget(string visitorId);
}

[GenerateSerializer, Immutable, Alias("ls.visitor-session")]
public sealed record VisitorSession
{
    /// <summary>SHA-256 of the visitor's secret.</summary>
    [Id(0)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(1)] public required Device Device { get; init; }
    [Id(2)] public string? Browser { get; init; }
    [Id(3)] public string? Locale { get; init; }
    [Id(4)] public string? TimeZone { get; init; }
    [Id(5)] public Location? Location { get; init; }
    [Id(6)] public PageView? Page { get; init; }

    /// <summary>What the customer's site vouches for, when it signed the visitor in.</summary>
    [Id(7)] public Contact? Vouched { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.visitor-details")]
public sealed record VisitorDetails
{
    [Id(0)] public string? Name { get; init; }
    [Id(1)] public string? Email { get; init; }
    [Id(2)] public string? Locale { get; init; }
    [Id(3)] public string? TimeZone { get; init; }

    /// <summary>The program vouches for the identity.</summary>
    [Id(4)] public bool Vouched { get; init; }
    [Id(5)] public bool Create { get; init; }
}

[GenerateSerializer, Immutable, Alias("ls.visitor-profile")]
public sealed record VisitorProfile
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public string? Name { get; init; }
    [Id(2)] public string? Email { get; init; }

    /// <summary>The customer's site vouches for the identity; an e-mail that was only typed never makes it true.</summary>
    [Id(3)] public required bool Verified { get; init; }
    [Id(4)] public required bool Online { get; init; }
    [Id(5)] public PageView? Page { get; init; }
    [Id(6)] public required Device Device { get; init; }
    [Id(7)] public string? Browser { get; init; }
    [Id(8)] public Location? Location { get; init; }
    [Id(9)] public string? Locale { get; init; }
    [Id(10)] public string? TimeZone { get; init; }
    [Id(11)] public required DateTimeOffset StartedAt { get; init; }
    [Id(12)] public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>The conversation in which the next message would land; null before the first message.</summary>
    [Id(13)] public string? ConversationId { get; init; }

    [JsonIgnore]
    public Contact Contact => new(Id, Name, Email, Verified);
}
