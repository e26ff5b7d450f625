using System.Collections.Immutable;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

/// <summary>A visitor with what the edge looks up beside it.</summary>
internal sealed record VisitorView : VisitorFields
{
    private const int PreviousShown = 20;

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    private VisitorView(VisitorProfile visitor)
        : base(visitor)
    {
    }

    /// <summary>The conversation in which the visitor writes; null before the first message, and once it is solved.</summary>
    public ConversationSummary? Current { get; init; }

    /// <summary>All others, newest first, as far as a page has room.</summary>
    public ImmutableArray<ConversationSummary> Previous { get; init; } = [];

    /// <summary>By provider; empty where none is connected.</summary>
    public ImmutableDictionary<string, JsonElement> Integrations { get; init; } = ImmutableDictionary<string, JsonElement>.Empty;

    /// <summary>The visitor with its conversations as that reader may see them. Whoever has never written costs no look.</summary>
    public static async Task<VisitorView> Of(IGrainFactory grains, string workspaceId, VisitorProfile visitor, Reader reader)
    {
        if (visitor.ConversationId is null)
            return new VisitorView(visitor);
        var rows = await grains.Queue(workspaceId).ByVisitor(visitor.Id, PreviousShown + 1);
        var current = rows.FirstOrDefault(row => row.Id == visitor.ConversationId && row.Status != Status.Solved);
        return new VisitorView(visitor)
        {
            Current = current is null ? null : Summary(current),
            Previous = [.. rows.Where(row => row != current).Take(PreviousShown).Select(Summary)],
        };

        ConversationSummary Summary(QueueRow row) => Masking.For(reader.Role, ConversationSummary.Of(row, reader.Id, visitor.Online));
    }
}

/// <summary>The queue, conversations, search and visitors, for programs and for the dashboard's first look.</summary>
internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api").RequireAuthorization(Policies.Agent);

        group.MapGet("/conversations", async (
            HttpContext http, IGrainFactory grains, string? view, string? filter, string? sort, string? cursor, int? limit) =>
        {
            Only(http, "view", "filter", "sort", "cursor", "limit");
            var me = http.User.Agent();
            return await grains.Queue(me.WorkspaceId).Page(new QueueQuery(
                me.Agent.Id,
                Named(view, "view", QueueView.All),
                Named(filter, "filter", QueueFilter.All),
                Named(sort, "sort", QueueSort.Newest),
                Input.Limit(limit ?? 50),
                Input.Cursor(cursor)));
        }).WithSummary("A page of the queue, with exact counts.");

        group.MapGet("/conversations/{id}", (string id, HttpContext http, IGrainFactory grains) =>
            grains.Snapshot(http.User.Agent(), Input.Known(id))).WithSummary("A conversation with its newest entries.");

        group.MapGet("/conversations/{id}/entries", async (string id, HttpContext http, IGrainFactory grains, long? before, int? limit) =>
        {
            Only(http, "before", "limit");
            var me = http.User.Agent();
            return await grains.Conversation(me.WorkspaceId, Input.Known(id)).Entries(me.Reader, before, Input.Limit(limit ?? 50)).OrThrow();
        }).WithSummary("Entries before one, oldest first.");

        group.MapGet("/search", async (HttpContext http, IGrainFactory grains, string? q, int? limit) =>
        {
            Only(http, "q", "limit");
            var me = http.User.Agent();
            var text = Input.Text(q, "q", 200).Trim();
            return text.Length == 0
                ? new SearchResult([], [], [])
                : await grains.Queue(me.WorkspaceId).Search(text, me.Agent.Id, Input.Limit(limit ?? 20));
        }).WithSummary("Finds conversations, visitors and messages.");

        group.MapGet("/visitors/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            var me = http.User.Agent();
            var visitor = await grains.Visitor(me.WorkspaceId, Input.Known(id)).Profile() ?? throw Refusals.NotFound();
            return await VisitorView.Of(grains, me.WorkspaceId, visitor, me.Reader) with
            {
                Integrations = CustomerCards.Of(await grains.Customer(me.WorkspaceId, id).Panel()),
            };
        }).WithSummary("A visitor, with its open and previous conversations and what the connected systems know.");
    }

    /// <summary>The value of that public name.</summary>
    private static T Named<T>(string? text, string name, T otherwise)
        where T : struct, Enum
    {
        if (text is null)
            return otherwise;
        // The public names are the C# names in small letters.
        return text == text.ToLowerInvariant() && !char.IsAsciiDigit(text.FirstOrDefault('0')) && !text.Contains(',', StringComparison.Ordinal)
            && Enum.TryParse<T>(text, ignoreCase: true, out var value)
            ? value
            : throw Input.Bad($"'{name}' must be one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
    }

    private static void Only(HttpContext http, params ReadOnlySpan<string> known)
    {
        foreach (var name in http.Request.Query.Keys)
            if (!known.Contains(name))
                throw Input.Bad($"There is no parameter '{(name.Length <= 40 ? name : name[..40])}' here.");
    }
}
