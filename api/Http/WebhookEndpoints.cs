using System.Collections.Immutable;
using System.ComponentModel;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

internal sealed record WebhookForm(
    [property: Description("Where to: an https address on the open internet. Redirects are not followed.")] string Url,
    [property: Description("What to tell. Notes are told only where `note.created` is chosen.")] IReadOnlyList<string> Events,
    string? Description = null,
    [property: Description("Nothing is sent for now; what happens meanwhile is sent when it goes on.")] bool Paused = false);

/// <param name="EventIds">Which given-up events; none named: all.</param>
internal sealed record WhichEvents(IReadOnlyList<string>? EventIds = null);

internal sealed record HowMany(int Count);

/// <summary>An endpoint and how it does.</summary>
internal sealed record WebhookItem
{
    public required WebhookEndpoint Endpoint { get; init; }
    public required WebhookHealth Health { get; init; }

    [Description("Why it is suspended.")]
    public string? Reason { get; init; }
    public DateTimeOffset? FailingSince { get; init; }
    public DateTimeOffset? NextTryAt { get; init; }

    [Description("Conversations of which something is still to be told.")]
    public required int Waiting { get; init; }

    [Description("Events that were taken so far.")]
    public required long Delivered { get; init; }

    [Description("Events that were given up.")]
    public required int GivenUp { get; init; }

    [Description("The newest attempts; in an endpoint's own answer only.")]
    public ImmutableArray<WebhookDelivery>? Recent { get; init; }

    [Description("The given-up events; in an endpoint's own answer only.")]
    public ImmutableArray<WebhookDeadLetter>? DeadLetters { get; init; }

    public static WebhookItem Of(WebhookEndpoint endpoint, WebhookReport report, bool full) => new()
    {
        Endpoint = endpoint,
        Health = report.Health,
        Reason = report.Reason,
        FailingSince = report.FailingSince,
        NextTryAt = report.NextTryAt,
        Waiting = report.Waiting,
        Delivered = report.Delivered,
        GivenUp = report.DeadLetters.Length,
        Recent = full ? report.Recent : null,
        DeadLetters = full ? report.DeadLetters : null,
    };
}

/// <summary>Our webhooks, the same for administrators (cookie) and for programs (key).</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/webhooks").RequireAuthorization(Policies.Admin);
        group.MapWebhooks(
            http =>
            {
                var me = http.User.Agent();
                return (me.WorkspaceId, me.Agent);
            },
            group.MapPost);
    }

    /// <param name="caller">Whose webhooks, and who asks.</param>
    /// <param name="post">Maps a POST.</param>
    public static void MapWebhooks(
        this RouteGroupBuilder group, Func<HttpContext, (string WorkspaceId, AgentRef Who)> caller, Func<string, Delegate, RouteHandlerBuilder> post)
    {
        group.MapGet("", async (HttpContext http, IGrainFactory grains) =>
        {
            var (workspaceId, _) = caller(http);
            var endpoints = await grains.Webhooks(workspaceId).List();
            return (await Task.WhenAll(endpoints.Select(async endpoint =>
                WebhookItem.Of(endpoint, await grains.Webhook(workspaceId, endpoint.Id).Report(), full: false)))).ToImmutableArray();
        }).WithSummary("Lists webhooks");

        post("", async (WebhookForm request, HttpContext http, IGrainFactory grains) =>
        {
            var (workspaceId, who) = caller(http);
            return TypedResults.Created((string?)null, await grains.Webhooks(workspaceId).Create(Wish(request), who).OrThrow());
        }).WithSummary("Makes a webhook").WithDescription("It is told what happens from now on. The answer is the only time that its secret is shown.");

        group.MapGet("/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            var (endpoint, webhook) = await Find(caller(http).WorkspaceId, id, grains);
            return WebhookItem.Of(endpoint, await webhook.Report(), full: true);
        }).WithSummary("Gets a webhook, its newest attempts and its given-up events");

        group.MapPut("/{id}", async (string id, WebhookForm request, HttpContext http, IGrainFactory grains) =>
            await grains.Webhooks(caller(http).WorkspaceId).Change(Input.Known(id), Wish(request)).OrThrow())
            .WithSummary("Changes a webhook, or pauses it");

        group.MapDelete("/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            await grains.Webhooks(caller(http).WorkspaceId).Remove(Input.Known(id)).OrThrow();
            return TypedResults.NoContent();
        }).WithSummary("Removes a webhook");

        post("/{id}/secret", async (string id, HttpContext http, IGrainFactory grains) =>
            await grains.Webhooks(caller(http).WorkspaceId).Roll(Input.Known(id)).OrThrow())
            .WithSummary("Makes a new secret").WithDescription("For a day every message carries a signature with the old one too.");

        post("/{id}/test", async (string id, HttpContext http, IGrainFactory grains) =>
            await (await Find(caller(http).WorkspaceId, id, grains)).Webhook.Test())
            .WithSummary("Sends a test event now");

        post("/{id}/resume", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            await (await Find(caller(http).WorkspaceId, id, grains)).Webhook.Resume();
            return TypedResults.NoContent();
        }).WithSummary("Goes on after a suspension, or tries again at once");

        post("/{id}/replay", async (string id, WhichEvents request, HttpContext http, IGrainFactory grains) =>
            new HowMany(await (await Find(caller(http).WorkspaceId, id, grains)).Webhook.Replay(Chosen(request))))
            .WithSummary("Sends given-up events again").WithDescription("With the ids that they had, out of their order. Answers how many it begins to send.");

        post("/{id}/discard", async (string id, WhichEvents request, HttpContext http, IGrainFactory grains) =>
            new HowMany(await (await Find(caller(http).WorkspaceId, id, grains)).Webhook.Discard(Chosen(request))))
            .WithSummary("Forgets given-up events");
    }

    private static async Task<(WebhookEndpoint Endpoint, IWebhookGrain Webhook)> Find(string workspaceId, string id, IGrainFactory grains)
    {
        var endpoint = (await grains.Webhooks(workspaceId).List()).FirstOrDefault(known => known.Id == Input.Known(id)) ?? throw Refusals.NotFound();
        return (endpoint, grains.Webhook(workspaceId, id));
    }

    private static WebhookWish Wish(WebhookForm form) => new(
        Input.Text(form.Url, "url", Limits.Url),
        [.. form.Events.Select(type => Input.Text(type, "events", 100))],
        string.IsNullOrWhiteSpace(form.Description) ? null : Input.Text(form.Description, "description", Limits.Name),
        form.Paused);

    private static ImmutableArray<string>? Chosen(WhichEvents which) => which.EventIds is { } ids
        ? ids.Count <= 1_000 ? [.. ids] : throw new RefusedException(Codes.TooLong, "Name at most 1000 events.")
        : null;
}
