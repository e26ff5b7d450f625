using System.Net;
using System.Reflection;
using System.Text;
using LiveSupport.Api.Hubs;
using LiveSupport.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Edge;

/// <summary>
/// Every endpoint and every hub method, with the role it needs. A new one fails here until somebody has said who may
/// call it.
/// </summary>
public sealed class RolesTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly Dictionary<string, string> Endpoints = new()
    {
        ["POST /api/setup"] = "anybody",
        ["POST /api/auth/login"] = "anybody",
        ["POST /api/widget/session"] = "anybody",
        ["OPTIONS /api/widget/session"] = "anybody",
        ["GET /openapi/{documentName}.json"] = "anybody",
        ["ANY /health/live"] = "anybody",
        ["ANY /health/ready"] = "anybody",
        // From this machine, or as an administrator: the endpoint itself looks.
        ["ANY /metrics"] = "anybody",
        ["GET /api/operations"] = "admin",
        ["GET /api/operations/conversations/{id}"] = "admin",
        ["GET /api/integrations"] = "admin",
        ["PUT /api/integrations/{provider}"] = "admin",
        ["POST /api/integrations/{provider}/test"] = "admin",
        ["DELETE /api/integrations/{provider}"] = "admin",
        // A provider signs it.
        ["POST /api/integrations/{provider}/webhook/{workspace}"] = "anybody",
        ["POST /api/visitors/{id}/integrations/refresh"] = "agent",
        ["POST /api/auth/logout"] = "agent",
        ["GET /api/demo/sign-in"] = "anybody",
        ["GET /api/me"] = "agent",
        ["GET /api/agents"] = "agent",
        ["POST /api/agents"] = "admin",
        ["GET /api/settings"] = "agent",
        ["PUT /api/settings"] = "admin",
        ["GET /api/articles"] = "agent",
        ["PUT /api/articles/{id}"] = "admin",
        ["DELETE /api/articles/{id}"] = "admin",
        ["GET /api/saved-replies"] = "agent",
        ["PUT /api/saved-replies/{id}"] = "supervisor",
        ["DELETE /api/saved-replies/{id}"] = "supervisor",
        ["GET /api/conversations"] = "agent",
        ["GET /api/conversations/{id}"] = "agent",
        ["GET /api/conversations/{id}/entries"] = "agent",
        ["GET /api/search"] = "agent",
        ["GET /api/visitors/{id}"] = "agent",
        ["DELETE /api/api-keys/{id}"] = "admin",
        ["DELETE /api/me/totp"] = "agent",
        ["DELETE /api/visitors/{id}"] = "admin",
        ["DELETE /api/v1/visitors/{id}"] = "scope visitors:write",
        ["DELETE /api/v1/articles/{id}"] = "scope knowledge:write",
        ["DELETE /api/v1/webhooks/{id}"] = "scope webhooks:manage",
        ["DELETE /api/webhooks/{id}"] = "admin",
        ["GET /api/api-keys"] = "admin",
        ["GET /api/attachments/{id}"] = "agent",
        ["GET /api/me/totp"] = "agent",
        ["GET /api/v1/agents"] = "scope agents:read",
        ["GET /api/v1/articles"] = "scope knowledge:read",
        ["GET /api/v1/articles/{id}"] = "scope knowledge:read",
        ["GET /api/v1/attachments/{id}"] = "scope conversations:read",
        ["GET /api/v1/conversations"] = "scope conversations:read",
        ["GET /api/v1/conversations/{id}"] = "scope conversations:read",
        ["GET /api/v1/conversations/{id}/entries"] = "scope conversations:read",
        ["GET /api/v1/visitors"] = "scope visitors:read",
        ["GET /api/v1/visitors/{id}"] = "scope visitors:read",
        ["GET /api/v1/webhooks"] = "scope webhooks:manage",
        ["GET /api/v1/webhooks/{id}"] = "scope webhooks:manage",
        ["GET /api/webhooks"] = "admin",
        ["GET /api/webhooks/{id}"] = "admin",
        ["GET /api/widget/attachments/{id}"] = "visitor",
        ["PATCH /api/v1/visitors/{id}"] = "scope visitors:write",
        ["POST /api/agents/{id}/deactivate"] = "admin",
        ["POST /api/agents/{id}/password"] = "admin",
        ["POST /api/agents/{id}/reactivate"] = "admin",
        ["POST /api/agents/{id}/totp/reset"] = "admin",
        ["POST /api/api-keys"] = "admin",
        ["POST /api/attachments"] = "agent",
        ["POST /api/me/password"] = "agent",
        ["POST /api/me/totp"] = "agent",
        ["POST /api/me/totp/confirm"] = "agent",
        ["POST /api/v1/articles"] = "scope knowledge:write",
        ["POST /api/v1/conversations"] = "scope conversations:write",
        ["POST /api/v1/conversations/{id}/assign"] = "scope conversations:write",
        ["POST /api/v1/conversations/{id}/entries"] = "scope conversations:write",
        ["POST /api/v1/conversations/{id}/hand-to-bot"] = "scope conversations:write",
        ["POST /api/v1/conversations/{id}/reopen"] = "scope conversations:write",
        ["POST /api/v1/conversations/{id}/snooze"] = "scope conversations:write",
        ["POST /api/v1/conversations/{id}/solve"] = "scope conversations:write",
        ["POST /api/v1/visitors"] = "scope visitors:write",
        ["POST /api/v1/webhooks"] = "scope webhooks:manage",
        ["POST /api/v1/webhooks/{id}/discard"] = "scope webhooks:manage",
        ["POST /api/v1/webhooks/{id}/replay"] = "scope webhooks:manage",
        ["POST /api/v1/webhooks/{id}/resume"] = "scope webhooks:manage",
        ["POST /api/v1/webhooks/{id}/secret"] = "scope webhooks:manage",
        ["POST /api/v1/webhooks/{id}/test"] = "scope webhooks:manage",
        ["POST /api/webhooks"] = "admin",
        ["POST /api/webhooks/{id}/discard"] = "admin",
        ["POST /api/webhooks/{id}/replay"] = "admin",
        ["POST /api/webhooks/{id}/resume"] = "admin",
        ["POST /api/webhooks/{id}/secret"] = "admin",
        ["POST /api/webhooks/{id}/test"] = "admin",
        ["POST /api/widget/attachments"] = "visitor",
        ["PUT /api/me"] = "agent",
        ["PUT /api/v1/articles/{id}"] = "scope knowledge:write",
        ["PUT /api/v1/webhooks/{id}"] = "scope webhooks:manage",
        ["PUT /api/webhooks/{id}"] = "admin",
        ["ANY /hubs/visitor"] = "visitor",
        ["ANY /hubs/visitor/negotiate"] = "visitor",
        ["ANY /hubs/agent"] = "agent",
        ["ANY /hubs/agent/negotiate"] = "agent",
    };

    private static readonly string[] VisitorMethods =
        ["Send", "Sync", "Entries", "Typing", "Seen", "Page", "Team", "TalkToHuman", "Identify", "Rate", "End"];

    private static readonly string[] AgentMethods =
    [
        "Watch", "Open", "Close", "Sync", "Entries", "Join", "UndoJoin", "TakeOver", "Send", "Typing", "Seen", "MarkUnread", "HandToBot",
        "Solve", "Reopen", "Assign", "Snooze", "SetAvailability", "Alerts",
    ];

    [Fact]
    public void Every_endpoint_stands_in_the_table_with_its_role()
    {
        var found = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => Methods(endpoint).Select(method => (Name: $"{method} {Path(endpoint)}", Role: Role(endpoint))))
            .ToDictionary(endpoint => endpoint.Name, endpoint => endpoint.Role);
        Assert.Equal(Endpoints.OrderBy(e => e.Key, StringComparer.Ordinal), found.OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_hub_method_stands_in_the_table()
    {
        Assert.Equal(VisitorMethods.Order(), MethodsOf(typeof(VisitorHub)).Order());
        Assert.Equal(AgentMethods.Order(), MethodsOf(typeof(AgentHub)).Order());
    }

    [Fact]
    public async Task Without_a_session_everything_but_the_open_doors_is_closed()
    {
        using var stranger = server.Http();
        using var agent = await server.NewAgent("Dev");
        foreach (var (name, role) in Endpoints)
        {
            var (method, path) = (name.Split(' ')[0], name.Split(' ')[1].Replace("{id}", "x", StringComparison.Ordinal));
            if (role == "anybody")
                continue;
            Assert.Equal(HttpStatusCode.Unauthorized, (await Call(stranger, method, path)).StatusCode);
            if (role is "admin" or "supervisor")
                Assert.Equal(HttpStatusCode.Forbidden, (await Call(agent.Http, method, path)).StatusCode);
        }
    }

    private static Task<HttpResponseMessage> Call(HttpClient http, string method, string path)
    {
        var request = new HttpRequestMessage(new HttpMethod(method == "ANY" ? "GET" : method), path);
        if (method is "POST" or "PUT")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        return http.SendAsync(request);
    }

    private static IEnumerable<string> MethodsOf(Type hub) => hub
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(method => method.GetBaseDefinition().DeclaringType != typeof(Hub))
        .Select(method => method.Name);

    private static IReadOnlyList<string> Methods(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["ANY"];

    private static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private static string Role(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? "anybody"
        : endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>() is [.., var last] ? last.Policy ?? "?"
        : "nobody said";
}
