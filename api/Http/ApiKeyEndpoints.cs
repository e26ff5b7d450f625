using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

internal sealed record ApiKeyWish(string Name, IReadOnlyList<string> Scopes, int PerMinute = 600);

/// <param name="Token">The whole key. It is shown this once and kept nowhere.</param>
internal sealed record ApiKeyMade(string Token, ApiKey Key);

/// <summary>The workspace's API keys, for administrators.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/api-keys").RequireAuthorization(Policies.Admin);

        group.MapGet("", async (HttpContext http, IGrainFactory grains) =>
            await grains.ApiKeys(http.User.Agent().WorkspaceId).List()).WithSummary("The API keys, without their secrets.");

        group.MapPost("", async (ApiKeyWish request, HttpContext http, IGrainFactory grains) =>
        {
            var me = http.User.Agent();
            var (text, prefix) = ApiKeyText.New(me.WorkspaceId);
            var key = await grains.ApiKeys(me.WorkspaceId).Create(new NewApiKey
            {
                Name = Input.Name(request.Name) ?? throw Input.Bad("'name' is empty."),
                Scopes = [.. request.Scopes.Select(scope => Input.Text(scope, "scopes", 100))],
                PerMinute = request.PerMinute,
                Hash = ApiKeyText.Hash(text),
                Prefix = prefix,
                By = me.Agent,
            }).OrThrow();
            return Results.Created((string?)null, new ApiKeyMade(text, key));
        }).Produces<ApiKeyMade>(StatusCodes.Status201Created).WithSummary("Makes a key. The answer is the only time that it is shown.");

        group.MapDelete("/{id}", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            await grains.ApiKeys(http.User.Agent().WorkspaceId).Revoke(Input.Known(id)).OrThrow();
            return TypedResults.NoContent();
        }).WithSummary("Revokes a key, at once and for good.");
    }
}
