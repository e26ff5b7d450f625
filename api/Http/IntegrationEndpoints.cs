using System.Collections.Immutable;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Http;

internal sealed record AllIntegrations(IReadOnlyList<IntegrationView> Integrations);

internal sealed record Tested(bool Ok, string? Account, CardError? Error);

/// <summary>The systems that know the customer too: how they are connected, and what they tell us of themselves.</summary>
internal static class IntegrationEndpoints
{
    private const int LongestWebhook = 256 * 1024;

    public static void MapIntegrations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/integrations").RequireAuthorization(Policies.Admin);

        group.MapGet("", async (HttpContext http, IGrainFactory grains) => new AllIntegrations(
            await Task.WhenAll(Providers.All.Select(provider => grains.Integration(http.User.Agent().WorkspaceId, provider).View()))))
            .WithSummary("The providers, and how each is doing. Secrets are never shown.");

        group.MapPut("/{provider}", async (string provider, Dictionary<string, JsonElement> request, HttpContext http, IGrainFactory grains) =>
            await grains.Integration(http.User.Agent().WorkspaceId, Known(provider)).Connect(Texts(request)).OrThrow())
            .WithSummary("Connects a provider, or changes how. A secret that is left out stays.");

        group.MapPost("/{provider}/test", async (string provider, HttpContext http, IGrainFactory grains) =>
        {
            var answer = await grains.Integration(http.User.Agent().WorkspaceId, Known(provider)).Test();
            return new Tested(answer.Accepted, answer.Value, answer.Refusal is { } refusal ? new CardError(refusal.Code, refusal.Sentence) : null);
        }).WithSummary("Signs in at the provider, and says who we are there.");

        group.MapDelete("/{provider}", async (string provider, HttpContext http, IGrainFactory grains) =>
        {
            await grains.Integration(http.User.Agent().WorkspaceId, Known(provider)).Disconnect();
            return TypedResults.NoContent();
        }).WithSummary("Disconnects a provider and deletes its secrets.");

        routes.MapPost("/api/visitors/{id}/integrations/refresh", async (string id, HttpContext http, IGrainFactory grains) =>
        {
            var me = http.User.Agent();
            _ = await grains.Visitor(me.WorkspaceId, Input.Known(id)).Profile() ?? throw Refusals.NotFound();
            await grains.Customer(me.WorkspaceId, id).Refresh(null);
            return TypedResults.Accepted((string?)null);
        }).RequireAuthorization(Policies.Agent).WithSummary("Asks the providers anew; what they say comes as a visitor event.");

        routes.MapPost("/api/integrations/{provider}/webhook/{workspace}", Webhook).AllowAnonymous()
            .WithSummary("Where a provider says that something changed. Its signature is checked.");
    }

    private static async Task<IResult> Webhook(string provider, string workspace, HttpContext http, IGrainFactory grains, EdgeBudgets budgets)
    {
        var forgeries = budgets.Logins.For($"webhook:{Client.Address(http)}");
        if (forgeries.Wait() is { Ticks: > 0 } wait)
            throw Refusals.TooMany("Too many webhooks with a wrong signature from this address.", wait);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0;)
        {
            if (body.Length + read > LongestWebhook)
                throw new RefusedException(Codes.TooLong, $"A webhook may have at most {LongestWebhook} bytes.");
            body.Write(buffer, 0, read);
        }
        var headers = http.Request.Headers
            .Where(header => header.Key.Contains("signature", StringComparison.OrdinalIgnoreCase) || header.Key.Contains("hmac", StringComparison.OrdinalIgnoreCase))
            .ToImmutableDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
        if (await grains.Integration(Input.Known(workspace), Known(provider)).Webhook(headers, [.. body.ToArray()]) is not { } emails)
        {
            // A busy shop's own are as many as they are.
            forgeries.TryTake();
            throw new RefusedException(Codes.TokenInvalid, "The signature is not right.");
        }
        foreach (var email in emails)
        {
            foreach (var visitor in await grains.GetGrain<IEmailGrain>(Ids.EmailKey(workspace, email)).Visitors())
                await grains.Customer(workspace, visitor).Refresh(provider);
        }
        return TypedResults.NoContent();
    }

    private static string Known(string provider) => Providers.All.Contains(provider) ? provider : throw Refusals.NotFound();

    private static ImmutableDictionary<string, string> Texts(Dictionary<string, JsonElement> request) =>
        request.Count > 20 ? throw Input.Bad("There are too many settings.") : request.Where(one => one.Value.ValueKind != JsonValueKind.Null).ToImmutableDictionary(
            one => Input.Text(one.Key, "setting", 40),
            one => Text(one.Value, one.Key.Length <= 40 ? one.Key : "setting"));

    private static string Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw Input.Bad($"'{name}' must be text.");
        try
        {
            return Input.Text(value.GetString(), name, 2_000);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or no UTF-8: seen only now that it becomes text.
            throw Input.Bad($"'{name}' is not valid text.");
        }
    }
}
