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
        ["POST /api/auth/logout"] = "agent",
        ["GET /api/me"] = "agent",
        ["GET /api/agents"] = "agent",
        ["POST /api/agents"] = "admin",
        ["GET /api/settings"] = "agent",
        ["PUT /api/settings"] = "admin",
        ["GET /api/articles"] = "agent",
        ["PUT /api/articles/{id}"] = "admin",
        ["DELETE /api/articles/{id}"] = "admin",
        ["GET /api/conversations"] = "agent",
        ["GET /api/conversations/{id}"] = "agent",
        ["GET /api/conversations/{id}/entries"] = "agent",
        ["GET /api/search"] = "agent",
        ["GET /api/visitors/{id}"] = "agent",
        ["ANY /hubs/visitor"] = "visitor",
        ["ANY /hubs/visitor/negotiate"] = "visitor",
        ["ANY /hubs/agent"] = "agent",
        ["ANY /hubs/agent/negotiate"] = "agent",
    };

    private static readonly string[] VisitorMethods =
        ["Send", "Sync", "Entries", "Typing", "Seen", "Page", "TalkToHuman", "Identify", "Rate", "End"];

    private static readonly string[] AgentMethods =
    [
        "Watch", "Open", "Close", "Sync", "Entries", "Join", "UndoJoin", "TakeOver", "Send", "Typing", "Seen", "HandToBot",
        "Solve", "Reopen", "Assign", "Snooze", "SetAvailability",
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
            if (role == "admin")
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

    private static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private static string Role(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? "anybody"
        : endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>() is [.., var last] ? last.Policy ?? "?"
        : "nobody said";
}
