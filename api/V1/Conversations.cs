using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveSupport.Api.V1;

internal static class Conversations
{
    private const string Nobody = "none";

    public static void MapConversations(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/conversations").WithTags("Conversations");

        group.MapGet("", async (
            HttpContext http, IGrainFactory grains, string? status, string? ownerId, string? visitorId, string? email,
            string? order, string? cursor, int? limit) =>
        {
            http.Only("status", "ownerId", "visitorId", "email", "order", "cursor", "limit");
            var filter = new RowFilter(
                Input.Limit(limit ?? 50),
                Named.Status(status),
                ownerId is null ? null : ownerId == Nobody ? "" : Input.Known(ownerId),
                visitorId is null ? null : Input.Known(visitorId),
                Input.Email(email),
                Input.Id(cursor, "cursor"),
                Named.NewestFirst(order));
            var rows = await grains.Queue(ApiKeyAuthentication.Of(http).WorkspaceId).List(filter);
            return new Listing<ConversationItem>([.. rows.Select(ConversationItem.Of)], rows.Length == filter.Limit ? rows[^1].Id : null);
        }).Needs(Scopes.ConversationsRead).WithSummary("Lists conversations")
            .WithDescription("In the order in which they began. No conversation changes its place, so that a reader who follows the cursors misses none, whatever happens meanwhile.");

        group.MapGet("/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
            await grains.Item(ApiKeyAuthentication.Of(http), Input.Known(id)))
            .Needs(Scopes.ConversationsRead).WithSummary("Gets a conversation");

        group.MapPost("", async Task<Created<EntryAck>> (NewConversation request, HttpContext http, IGrainFactory grains, TimeProvider clock) =>
        {
            var caller = ApiKeyAuthentication.Of(http);
            var visitor = grains.Visitor(caller.WorkspaceId, Input.Known(request.VisitorId));
            var message = new VisitorMessage
            {
                ClientId = Idempotency.NewId(http, clock),
                Text = Input.Message(request.Text, Limits.VisitorText),
                Visitor = (await visitor.Profile() ?? throw Refusals.NotFound()).Contact,
                WantsPerson = request.TalkToHuman,
            };
            var ack = await grains.Say(caller.WorkspaceId, message, await visitor.OpenConversation(null));
            // So that whoever takes it up finds orders and tickets there.
            if (request.TalkToHuman)
                await grains.Customer(caller.WorkspaceId, message.Visitor.Id).Panel();
            return TypedResults.Created($"{PublicApi.Root}/conversations/{ack.ConversationId}", ack);
        }).Needs(Scopes.ConversationsWrite).Idempotent().WithSummary("Begins a conversation for a visitor")
            .WithDescription("The message is the visitor's. A visitor has one open conversation: when there is one, the message goes on in it.");

        Act<AssignWish>(group, "assign", "Assigns a conversation, or takes the assignment back", async (request, conversation, caller, grains) =>
        {
            var to = request.AgentId is { } id ? await grains.KnownAgent(caller, id) : null;
            return await conversation.Assign(await grains.Acting(caller, request.By), to);
        });
        Act<Acting>(group, "hand-to-bot", "Hands a conversation to the bot", async (request, conversation, caller, grains) =>
            await conversation.HandToBot(await grains.Acting(caller, request.By)));
        Act<Acting>(group, "solve", "Solves a conversation", async (request, conversation, caller, grains) =>
            await conversation.Solve(await grains.Acting(caller, request.By)));
        Act<Acting>(group, "reopen", "Reopens a conversation, or wakes it", async (request, conversation, caller, grains) =>
            await conversation.Reopen(await grains.Acting(caller, request.By)));
        Act<SnoozeWish>(group, "snooze", "Snoozes a conversation", async (request, conversation, caller, grains) =>
            await conversation.Snooze(await grains.Acting(caller, request.By), request.Until.ToUniversalTime()));
    }

    /// <summary>The visitor says it, in the next conversation if this one is over.</summary>
    public static async Task<EntryAck> Say(this IGrainFactory grains, string workspaceId, VisitorMessage message, string conversationId)
    {
        var posted = await grains.Conversation(workspaceId, conversationId).Post(message);
        if (posted.Refusal?.Code == Codes.Ended)
        {
            var next = await grains.Visitor(workspaceId, message.Visitor.Id).OpenConversation(conversationId);
            var before = await SaidBefore.Look(grains, workspaceId, message.Visitor.Id, next);
            return await grains.Say(workspaceId, message, before.Where(message.ClientId) ?? next);
        }
        var ack = posted.OrThrow();
        return new EntryAck(ack.ConversationId, ack.Seq, ack.Rev, ack.At);
    }

    /// <exception cref="RefusedException">There is no such conversation.</exception>
    public static async Task<ConversationItem> Item(this IGrainFactory grains, Caller caller, string id) =>
        ConversationItem.Of(await grains.Conversation(caller.WorkspaceId, id).Row() ?? throw Refusals.NotFound());

    private static void Act<T>(
        RouteGroupBuilder group, string verb, string summary, Func<T, IConversationGrain, Caller, IGrainFactory, Task<Outcome<Done>>> act)
        where T : class =>
        group.MapPost($"/{{id}}/{verb}", async Task<Ok<ConversationItem>> (string id, T request, HttpContext http, IGrainFactory grains) =>
        {
            var caller = ApiKeyAuthentication.Of(http);
            (await act(request, grains.Conversation(caller.WorkspaceId, Input.Known(id)), caller, grains)).OrThrow();
            return TypedResults.Ok(await grains.Item(caller, id));
        }).Needs(Scopes.ConversationsWrite).Idempotent().WithSummary(summary);
}

/// <summary>Public names in a query.</summary>
internal static class Named
{
    public static Status? Status(string? text) => text switch
    {
        null => null,
        "active" => Contracts.Status.Active,
        "snoozed" => Contracts.Status.Snoozed,
        "solved" => Contracts.Status.Solved,
        _ => throw Input.Bad("'status' must be one of active, snoozed, solved."),
    };

    public static bool NewestFirst(string? text) => text switch
    {
        null or "oldest" => false,
        "newest" => true,
        _ => throw Input.Bad("'order' must be oldest or newest."),
    };
}
