using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveSupport.Api.V1;

internal static class Entries
{
    /// <summary>A program reads what agents read, and has read nothing.</summary>
    private static readonly Reader Program = new(AuthorType.Agent, "");

    public static void MapEntries(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/conversations/{id}/entries").WithTags("Entries");

        group.MapGet("", async (string id, HttpContext http, IGrainFactory grains, long? before, long? after, int? limit) =>
        {
            http.Only("before", "after", "limit");
            if (before is not null && after is not null)
                throw Input.Bad("Give 'before' or 'after', not both.");
            if (before < 0 || after < 0)
                throw Input.Bad("'before' and 'after' are an entry's 'seq'.");
            var most = Input.Limit(limit ?? 50);
            var conversation = grains.Conversation(ApiKeyAuthentication.Of(http).WorkspaceId, Input.Known(id));
            if (after is not { } last)
            {
                var page = await conversation.Entries(Program, before, most).OrThrow();
                return new EntryListing(page.Entries, page.HasMore);
            }
            // Seq is dense, so the next page up is the newest page below its end.
            var row = await conversation.Row() ?? throw Refusals.NotFound();
            var end = Math.Min(last, row.Seq) + most + 1;
            var next = await conversation.Entries(Program, end, most).OrThrow();
            return new EntryListing([.. next.Entries.Where(entry => entry.Seq > last)], row.Seq >= end);
        }).Needs(Scopes.ConversationsRead).WithSummary("Lists a conversation's entries")
            .WithDescription("Oldest first. Without a parameter the newest page; `before` pages back, `after` forward (0: from the beginning). Notes are among them.");

        group.MapPost("", async Task<Created<EntryAck>> (string id, NewEntry request, HttpContext http, IGrainFactory grains, TimeProvider clock) =>
        {
            var caller = ApiKeyAuthentication.Of(http);
            var conversation = grains.Conversation(caller.WorkspaceId, Input.Known(id));
            // The idempotency key is the message's own id: the conversation itself knows a repeat.
            var messageId = Idempotency.Key(http) ?? Ids.New(clock);
            if (request.Kind == NewEntryKind.Visitor)
            {
                if (request.AgentId is not null || request.BasedOnSeq is not null)
                    throw Input.Bad("'agentId' and 'basedOnSeq' are for replies and notes.");
                var row = await conversation.Row() ?? throw Refusals.NotFound();
                return Made(await grains.Say(caller.WorkspaceId, new VisitorMessage
                {
                    ClientId = messageId,
                    Text = Input.Message(request.Text, Limits.VisitorText),
                    Visitor = row.Visitor,
                }, id));
            }
            var isNote = request.Kind == NewEntryKind.Note;
            if (!isNote && request.AgentId is null)
                throw Input.Bad("'agentId' is missing: say which agent replies.");
            var posted = await conversation.Reply(new AgentMessage
            {
                ClientId = messageId,
                Text = Input.Message(request.Text, Limits.AgentText),
                Agent = await grains.Acting(caller, request.AgentId),
                IsNote = isNote,
                BasedOnSeq = request.BasedOnSeq,
            }).OrThrow();
            return Made(new EntryAck(posted.ConversationId, posted.Seq, posted.Rev, posted.At));
        }).Needs(Scopes.ConversationsWrite).WithMetadata(new TakesIdempotencyKey()).WithSummary("Adds a reply, a note or a visitor's message")
            .WithDescription("A reply joins the conversation if nobody has it, as in the dashboard. A visitor's message to a conversation that is over begins the next one: `conversationId` in the answer says which. The `Idempotency-Key` becomes the entry's `id`.");
    }

    private static Created<EntryAck> Made(EntryAck ack) =>
        TypedResults.Created($"{PublicApi.Root}/conversations/{ack.ConversationId}/entries?before={ack.Seq + 1}&limit=1", ack);
}
