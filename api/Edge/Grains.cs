using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Edge;

internal static class Workspaces
{
    /// <summary>The one workspace there is today.</summary>
    public const string Default = "default";
}

/// <summary>The grains by their names and keys.</summary>
internal static class Grains
{
    public static IWorkspaceGrain Workspace(this IGrainFactory grains, string workspaceId) => grains.GetGrain<IWorkspaceGrain>(workspaceId);

    public static ISavedRepliesGrain SavedReplies(this IGrainFactory grains, string workspaceId) => grains.GetGrain<ISavedRepliesGrain>(workspaceId);

    public static IOperationsGrain Operations(this IGrainFactory grains) => grains.GetGrain<IOperationsGrain>(IOperationsGrain.Key);

    public static IQueueGrain Queue(this IGrainFactory grains, string workspaceId) => grains.GetGrain<IQueueGrain>(workspaceId);

    public static IAgentGrain Agent(this IGrainFactory grains, string workspaceId, string id) => grains.GetGrain<IAgentGrain>(Ids.Key(workspaceId, id));

    public static ITriesGrain Tries(this IGrainFactory grains, string workspaceId) => grains.GetGrain<ITriesGrain>(workspaceId);

    public static IApiKeysGrain ApiKeys(this IGrainFactory grains, string workspaceId) => grains.GetGrain<IApiKeysGrain>(workspaceId);

    public static IWebhooksGrain Webhooks(this IGrainFactory grains, string workspaceId) => grains.GetGrain<IWebhooksGrain>(workspaceId);

    public static IWebhookGrain Webhook(this IGrainFactory grains, string workspaceId, string id) => grains.GetGrain<IWebhookGrain>(Ids.Key(workspaceId, id));

    public static IIntegrationGrain Integration(this IGrainFactory grains, string workspaceId, string provider) =>
        grains.GetGrain<IIntegrationGrain>(Ids.Key(workspaceId, provider));

    public static ICustomerGrain Customer(this IGrainFactory grains, string workspaceId, string visitorId) =>
        grains.GetGrain<ICustomerGrain>(Ids.Key(workspaceId, visitorId));

    public static IVisitorGrain Visitor(this IGrainFactory grains, string workspaceId, string id) => grains.GetGrain<IVisitorGrain>(Ids.Key(workspaceId, id));

    public static IConversationGrain Conversation(this IGrainFactory grains, string workspaceId, string id) =>
        grains.GetGrain<IConversationGrain>(Ids.Key(workspaceId, id));

    public static IAttachmentGrain Attachment(this IGrainFactory grains, string workspaceId, string id) =>
        grains.GetGrain<IAttachmentGrain>(Ids.Key(workspaceId, id));

    public static IUnsentFilesGrain UnsentFiles(this IGrainFactory grains, string workspaceId) => grains.GetGrain<IUnsentFilesGrain>(workspaceId);

    /// <summary>A conversation as an agent sees it; whether its visitor is online, only the visitor's grain knows.</summary>
    /// <exception cref="RefusedException">There is no such conversation.</exception>
    public static async Task<ConversationSnapshot> Snapshot(this IGrainFactory grains, SignedIn who, string id)
    {
        var snapshot = await grains.Conversation(who.WorkspaceId, id).Snapshot(who.Reader).OrThrow();
        var visitor = snapshot.Summary.Visitor;
        var online = await grains.Visitor(who.WorkspaceId, visitor.Id).Profile() is { Online: true };
        return snapshot with { Summary = snapshot.Summary with { Visitor = visitor with { Online = online } } };
    }
}
