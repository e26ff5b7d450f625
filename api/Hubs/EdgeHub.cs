using LiveSupport.Api.Security;
using Microsoft.AspNetCore.SignalR;

namespace LiveSupport.Api.Hubs;

/// <summary>What both hubs have in common.</summary>
internal abstract class EdgeHub : Hub
{
    /// <summary>No name that anybody would call.</summary>
    public const string NotAsDocumented = "?";

    /// <summary>Where <see cref="EdgeProtocol"/> sends calls of no method, and those whose arguments do not fit.</summary>
    [HubMethodName(NotAsDocumented)]
    public Task Refuse(string target) => throw Input.Bad($"'{target}' is no method here, or its arguments are not as documented.");
}
