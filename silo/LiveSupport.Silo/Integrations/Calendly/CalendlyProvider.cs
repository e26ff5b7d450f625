using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Integrations.Calendly;

/// <summary>Meetings to come, past and cancelled.</summary>
internal sealed class CalendlyProvider : IProvider
{
    private const int Shown = 10;

    /// <summary>Calls that a card takes, as a rule.</summary>
    private const int Cost = 5;

    public string Id => Providers.Calendly;

    public string Name => "Calendly";

    public ImmutableHashSet<string> Secrets { get; } = ["token", "clientSecret", "refreshToken", "webhookSecret"];

    public Refusal? Check(Settings settings) => settings["auth"] switch
    {
        "token" => settings["token"] is null ? new Refusal(Codes.BadRequest, "'token' is needed.") : null,
        "oauth" => settings["clientId"] is null || settings["clientSecret"] is null || settings["refreshToken"] is null
            ? new Refusal(Codes.BadRequest, "'clientId', 'clientSecret' and 'refreshToken' are needed.") : null,
        _ => new Refusal(Codes.BadRequest, "'auth' must be token or oauth."),
    };

    public async Task<string> WhoAmI(Upstream upstream, CancellationToken stop) => (await Me(upstream, stop)).Name ?? Name;

    public async Task<string?> LookUp(Upstream upstream, Customer customer, CancellationToken stop)
    {
        await upstream.Spend(Cost, stop);
        // It stays the same for as long as the sign-in does.
        var organization = upstream.Note ??= (await Me(upstream, stop)).CurrentOrganization;
        var events = "/scheduled_events?organization=" + Uri.EscapeDataString(organization)
            + "&invitee_email=" + Uri.EscapeDataString(customer.Email) + $"&count={Shown}";
        var now = Uri.EscapeDataString(upstream.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null));
        var coming = (await Ask(upstream, $"{events}&status=active&min_start_time={now}&sort=start_time:asc", CalendlyJson.Default.CalendlyEvents, stop)).Collection;
        var before = (await Ask(upstream, $"{events}&max_start_time={now}&sort=start_time:desc", CalendlyJson.Default.CalendlyEvents, stop)).Collection;
        var off = (await Ask(upstream, $"{events}&status=canceled&sort=start_time:desc", CalendlyJson.Default.CalendlyEvents, stop)).Collection;
        if (coming.Length + before.Length + off.Length == 0)
            return null;

        // Only what is still to come has links that are of use.
        var upcoming = new List<Meeting>();
        foreach (var meeting in coming)
        {
            var invitees = await Ask(upstream, $"/scheduled_events/{Uri.EscapeDataString(IdOf(meeting))}/invitees?email={Uri.EscapeDataString(customer.Email)}", CalendlyJson.Default.CalendlyInvitees, stop);
            upcoming.Add(Of(meeting, invitees.Collection.FirstOrDefault()));
        }
        return JsonSerializer.Serialize(
            new Meetings(upcoming, [.. before.Where(one => one.Status != "canceled").Select(one => Of(one, null))], [.. off.Select(one => Of(one, null))]),
            PanelJson.Default.Meetings);
    }

    public ImmutableArray<string>? Webhook(
        Settings settings, ImmutableDictionary<string, string> headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        // t=1492774577,v1=5257a8…: the hex HMAC of "t.body".
        var parts = (headers.GetValueOrDefault("calendly-webhook-signature") ?? "").Split(',')
            .Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToLookup(part => part[0].Trim(), part => part[1]);
        if (settings["webhookSecret"] is not { } secret
            || !long.TryParse(parts["t"].FirstOrDefault(), out var seconds) || seconds is < 0 or > 253_402_300_799
            || !Signatures.IsRecent(DateTimeOffset.FromUnixTimeSeconds(seconds), now)
            || !Signatures.AreEqual(Signatures.Of(secret, $"{seconds}.", body), parts["v1"].FirstOrDefault(), hex: true))
            return null;
        return JsonSerializer.Deserialize(body, CalendlyJson.Default.CalendlyWebhook)?.Payload?.Email is { } email ? [email] : [];
    }

    private static async Task<CalendlyUser> Me(Upstream upstream, CancellationToken stop) =>
        (await Ask(upstream, "/users/me", CalendlyJson.Default.CalendlyMe, stop)).Resource;

    private static Task<T> Ask<T>(Upstream upstream, string path, JsonTypeInfo<T> shape, CancellationToken stop)
    {
        HttpRequestMessage Question(string token) => new(HttpMethod.Get, (upstream.Root ?? "https://api.calendly.com") + path)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        return upstream.Settings["auth"] == "token"
            ? upstream.Ask(() => Question(upstream.Settings.Need("token")), shape, stop)
            : upstream.Ask(refreshToken => Token(upstream, refreshToken, stop), Question, shape, stop);
    }

    private static async Task<FetchedToken> Token(Upstream upstream, string? refreshToken, CancellationToken stop)
    {
        var made = await upstream.Ask(
            () => new HttpRequestMessage(HttpMethod.Post, (upstream.Root ?? "https://auth.calendly.com") + "/oauth/token")
            {
                Content = new FormUrlEncodedContent([
                    new("grant_type", "refresh_token"),
                    new("client_id", upstream.Settings.Need("clientId")),
                    new("client_secret", upstream.Settings.Need("clientSecret")),
                    new("refresh_token", refreshToken),
                ]),
            },
            CalendlyJson.Default.CalendlyToken, stop);
        return new FetchedToken(made.AccessToken, upstream.Now.AddSeconds(made.ExpiresIn).AddMinutes(-5), made.RefreshToken);
    }

    /// <summary>The end of its address.</summary>
    private static string IdOf(CalendlyEvent meeting) => meeting.Uri[(meeting.Uri.LastIndexOf('/') + 1)..];

    private static Meeting Of(CalendlyEvent meeting, CalendlyInvitee? invitee) => new(
        IdOf(meeting), meeting.Name ?? "Meeting", meeting.StartTime, meeting.EndTime, meeting.Status,
        meeting.Memberships?.FirstOrDefault()?.UserName, meeting.Location?.JoinUrl, invitee?.RescheduleUrl, invitee?.CancelUrl);
}

// A member without a default must be there, or the answer cannot be read.

internal sealed record CalendlyToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null);
internal sealed record CalendlyMe(CalendlyUser Resource);
internal sealed record CalendlyUser([property: JsonPropertyName("current_organization")] string CurrentOrganization, string? Name = null);
internal sealed record CalendlyEvents(CalendlyEvent[] Collection);

internal sealed record CalendlyEvent(
    string Uri, string Status,
    [property: JsonPropertyName("start_time")] DateTimeOffset StartTime,
    [property: JsonPropertyName("end_time")] DateTimeOffset EndTime,
    string? Name = null,
    CalendlyLocation? Location = null,
    [property: JsonPropertyName("event_memberships")] CalendlyMember[]? Memberships = null);

internal sealed record CalendlyLocation([property: JsonPropertyName("join_url")] string? JoinUrl = null);
internal sealed record CalendlyMember([property: JsonPropertyName("user_name")] string? UserName = null);
internal sealed record CalendlyInvitees(CalendlyInvitee[] Collection);

internal sealed record CalendlyInvitee(
    [property: JsonPropertyName("cancel_url")] string? CancelUrl = null, [property: JsonPropertyName("reschedule_url")] string? RescheduleUrl = null);

internal sealed record CalendlyWebhook(CalendlyPayload? Payload = null);
internal sealed record CalendlyPayload(string? Email = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CalendlyToken))]
[JsonSerializable(typeof(CalendlyMe))]
[JsonSerializable(typeof(CalendlyEvents))]
[JsonSerializable(typeof(CalendlyInvitees))]
[JsonSerializable(typeof(CalendlyWebhook))]
internal sealed partial class CalendlyJson : JsonSerializerContext;
