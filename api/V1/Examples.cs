namespace LiveSupport.Api.V1;

/// <summary>What each call looks like, for the description: request and answer, as they would really be.</summary>
internal static class Examples
{
    private const string ConversationId = "01a204fb4105730ba85194c7f1eb4ddc";
    private const string VisitorId = "01a204fa9c2e7f4e9d5a1b8c6e0f3a21";
    private const string AgentId = "01a1f0c2d7b97c0e8a6f5d4c3b2a1908";
    private const string FileId = "01a205a07e31766ba2c89b72e1ca1f00";
    private const string WebhookId = "01a2059fd2cb759ca0c89b72e1ca191b";

    private const string Conversation = $$$"""
        {"id":"{{{ConversationId}}}","rev":7,"seq":4,"visitor":{"id":"{{{VisitorId}}}","name":"Åsa Lind","email":"asa@example.com","verified":true},
        "mode":"human_interaction","status":"active","isCase":true,"owner":{"id":"{{{AgentId}}}","name":"Mira"},"preview":"It left our warehouse this morning.",
        "startedAt":"2026-03-01T09:12:04.5Z","lastAt":"2026-03-01T09:14:31.2Z"}
        """;

    private const string Entry = $$$"""
        {"seq":4,"rev":7,"id":"reply-4711","kind":"text","author":{"type":"agent","id":"{{{AgentId}}}","name":"Mira"},"text":"It left our warehouse this morning.","at":"2026-03-01T09:14:31.2Z"}
        """;

    private const string EntryWithFile = $$$"""
        {"seq":5,"rev":8,"id":"reply-4712","kind":"attachment","author":{"type":"agent","id":"{{{AgentId}}}","name":"Mira"},"text":"Your invoice","at":"2026-03-01T09:15:02.7Z",
        "attachments":[{"id":"{{{FileId}}}","name":"invoice.pdf","size":48211,"contentType":"application/pdf"}]}
        """;

    private const string Ack = $$$"""{"conversationId":"{{{ConversationId}}}","seq":4,"rev":7,"at":"2026-03-01T09:14:31.2Z"}""";

    private const string Visitor = $$$"""
        {"id":"{{{VisitorId}}}","name":"Åsa Lind","email":"asa@example.com","verified":true,"online":false,"locale":"sv-SE","timeZone":"Europe/Stockholm",
        "startedAt":"2026-02-11T17:40:00Z","lastSeenAt":"2026-03-01T09:12:00Z","conversationId":"{{{ConversationId}}}"}
        """;

    private const string Article = """{"id":"returns","title":"Returns and exchanges","markdown":"You have 30 days.","url":"/help/returns"}""";

    private const string Endpoint = $$$"""
        {"id":"{{{WebhookId}}}","url":"https://hooks.example.com/livesupport","events":["conversation.created","message.created"],"description":"CRM","paused":false,
        "createdAt":"2026-03-01T08:00:00Z","createdBy":{"id":"{{{AgentId}}}","name":"Mira"}}
        """;

    private const string Webhook = $$$"""{"endpoint":{{{Endpoint}}},"health":"ok","waiting":0,"delivered":1284,"givenUp":0}""";

    private const string Delivery = $$$"""
        {"eventId":"{{{ConversationId}}}:7","type":"message.created","conversationId":"{{{ConversationId}}}","at":"2026-03-01T09:14:31.9Z","attempt":1,"accepted":true,"status":200,"milliseconds":84,"response":"ok"}
        """;

    private const string Secret = $$$"""{"endpoint":{{{Endpoint}}},"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwQ2x5Vt0yJ1E="}""";

    /// <summary>What a webhook brings.</summary>
    public const string Event = $$$"""
        {"id":"{{{ConversationId}}}:7","type":"message.created","createdAt":"2026-03-01T09:14:31.2Z","workspaceId":"default","data":{
        "conversation":{"id":"{{{ConversationId}}}","visitor":{"id":"{{{VisitorId}}}","name":"Åsa Lind","email":"asa@example.com","verified":true},"mode":"human_interaction","status":"active","owner":{"id":"{{{AgentId}}}","name":"Mira"}},
        "entry":{{{Entry}}}}}
        """;

    /// <summary>By method and path: the request, and the answer.</summary>
    public static readonly IReadOnlyDictionary<string, (string? Request, string? Answer)> Of = new Dictionary<string, (string?, string?)>
    {
        ["GET /api/v1/conversations"] = (null, $$$"""{"items":[{{{Conversation}}}],"cursor":"{{{ConversationId}}}"}"""),
        ["GET /api/v1/conversations/{id}"] = (null, Conversation),
        ["POST /api/v1/conversations"] = ($$$"""{"visitorId":"{{{VisitorId}}}","text":"Where is my parcel?","talkToHuman":true}""", Ack),
        ["POST /api/v1/conversations/{id}/assign"] = ($$$"""{"agentId":"{{{AgentId}}}"}""", Conversation),
        ["POST /api/v1/conversations/{id}/hand-to-bot"] = ($$$"""{"by":"{{{AgentId}}}"}""", Conversation),
        ["POST /api/v1/conversations/{id}/solve"] = ($$$"""{"by":"{{{AgentId}}}"}""", Conversation),
        ["POST /api/v1/conversations/{id}/reopen"] = ($$$"""{"by":"{{{AgentId}}}"}""", Conversation),
        ["POST /api/v1/conversations/{id}/snooze"] = ("""{"until":"2026-03-02T08:00:00Z"}""", Conversation),
        ["GET /api/v1/conversations/{id}/entries"] = (null, $$$"""{"entries":[{{{Entry}}},{{{EntryWithFile}}}],"hasMore":true}"""),
        ["POST /api/v1/conversations/{id}/entries"] = ($$$"""{"kind":"reply","agentId":"{{{AgentId}}}","text":"It left our warehouse this morning."}""", Ack),
        ["GET /api/v1/attachments/{id}"] = (null, "\"%PDF-1.7 …\""),
        ["GET /api/v1/visitors"] = (null, $$$"""{"items":[{{{Visitor}}}]}"""),
        ["GET /api/v1/visitors/{id}"] = (null, Visitor),
        ["POST /api/v1/visitors"] = ("""{"userId":"shop-42","name":"Åsa Lind","email":"asa@example.com"}""", Visitor),
        ["PATCH /api/v1/visitors/{id}"] = ("""{"name":"Åsa Lind"}""", Visitor),
        ["DELETE /api/v1/visitors/{id}"] = (null, $$$"""{"visitorId":"{{{VisitorId}}}","at":"2026-03-05T10:00:00Z","conversations":2,"entries":31,"attachments":1,"caches":["shopify","zendesk"]}"""),
        ["GET /api/v1/agents"] = (null, $$$"""{"items":[{"id":"{{{AgentId}}}","name":"Mira","email":"mira@example.com","role":"admin","availability":"online"}]}"""),
        ["GET /api/v1/articles"] = (null, $$$"""{"items":[{{{Article}}}]}"""),
        ["GET /api/v1/articles/{id}"] = (null, Article),
        ["POST /api/v1/articles"] = ("""{"title":"Returns and exchanges","markdown":"You have 30 days.","url":"/help/returns"}""", Article),
        ["PUT /api/v1/articles/{id}"] = ("""{"title":"Returns and exchanges","markdown":"You have 30 days.","url":"/help/returns"}""", Article),
        ["DELETE /api/v1/articles/{id}"] = (null, null),
        ["GET /api/v1/webhooks"] = (null, $"[{Webhook}]"),
        ["POST /api/v1/webhooks"] = ("""{"url":"https://hooks.example.com/livesupport","events":["conversation.created","message.created"],"description":"CRM"}""", Secret),
        ["GET /api/v1/webhooks/{id}"] = (null, $$$"""{"endpoint":{{{Endpoint}}},"health":"ok","waiting":0,"delivered":1284,"givenUp":0,"recent":[{{{Delivery}}}],"deadLetters":[]}"""),
        ["PUT /api/v1/webhooks/{id}"] = ("""{"url":"https://hooks.example.com/livesupport","events":["message.created"],"paused":true}""", Endpoint),
        ["DELETE /api/v1/webhooks/{id}"] = (null, null),
        ["POST /api/v1/webhooks/{id}/secret"] = (null, Secret),
        ["POST /api/v1/webhooks/{id}/test"] = (null, Delivery),
        ["POST /api/v1/webhooks/{id}/resume"] = (null, null),
        ["POST /api/v1/webhooks/{id}/replay"] = ($$$"""{"eventIds":["{{{ConversationId}}}:7"]}""", """{"count":1}"""),
        ["POST /api/v1/webhooks/{id}/discard"] = ($$$"""{"eventIds":["{{{ConversationId}}}:7"]}""", """{"count":1}"""),
    };

    /// <summary>Parameters by name: what they mean, and for a path an example.</summary>
    public static readonly IReadOnlyDictionary<string, string> Parameters = new Dictionary<string, string>
    {
        ["status"] = "`active`, `snoozed` or `solved`.",
        ["ownerId"] = "The agent who has it; `none`: nobody's.",
        ["visitorId"] = "Whose conversations.",
        ["email"] = "The visitor's e-mail address, in any case of letters.",
        ["userId"] = "Your own id of the user.",
        ["order"] = "`oldest` (as they began) or `newest` first.",
        ["cursor"] = "From the page before.",
        ["limit"] = "1 to 100 (more is taken for 100); 50 when left out.",
        ["before"] = "Entries before this `seq`.",
        ["after"] = "Entries after this `seq`; 0: from the beginning.",
        ["id"] = "As another call or a webhook gave it.",
    };
}
