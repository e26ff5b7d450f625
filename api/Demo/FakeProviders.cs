using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;

namespace LiveSupport.Api.Demo;

/// <summary>
/// Plays Shopify, Calendly, Zendesk and a company's own system from their documented shapes, below <c>/fakes</c>. For a
/// demonstration without an account, and for tests, which make a provider ill by its <see cref="Modes"/>.
/// </summary>
internal sealed class FakeProviders(TimeProvider clock)
{
    private static readonly string[] AllModes = ["ok", "429", "throttled", "5xx", "slow", "malformed", "incomplete", "revoked"];

    /// <summary>By provider: <c>ok</c>, <c>429</c>, <c>throttled</c> (Shopify's way of saying so), <c>5xx</c>, <c>slow</c>,
    /// <c>malformed</c>, <c>incomplete</c> or <c>revoked</c>.</summary>
    public ConcurrentDictionary<string, string> Modes { get; } = new();

    /// <summary>What the providers' plans allow; Shopify counts points instead.</summary>
    private static readonly Dictionary<string, int> CallsPerMinute = new() { [Providers.Calendly] = 500, [Providers.Zendesk] = 400 };

    /// <summary>By provider: what is left of its limit, where a test wants little left.</summary>
    public ConcurrentDictionary<string, int> Left { get; } = new();

    /// <summary>Called before each answer, with the provider's name.</summary>
    public Func<string, Task>? Before { get; set; }

    /// <summary>The sign-ins that the providers have handed out.</summary>
    public FakeTokens Tokens { get; } = new(clock);

    /// <summary>Calls so far, by provider.</summary>
    public ConcurrentDictionary<string, int> Calls { get; } = new();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/fakes/{provider}/mode/{mode}", (string provider, string mode) =>
        {
            if (!Providers.All.Contains(provider) || !AllModes.Contains(mode))
                throw Refusals.NotFound();
            Modes[provider] = mode;
            return Results.NoContent();
        }).RequireAuthorization(Policies.Admin).ExcludeFromDescription();
        routes.MapGet("/fakes/calls", () => Calls).AllowAnonymous().ExcludeFromDescription();
        var fakes = routes.MapGroup("/fakes").AllowAnonymous().ExcludeFromDescription();
        fakes.AddEndpointFilter(async (context, next) => await Ill(context.HttpContext) ?? await next(context));
        fakes.MapPost("/shopify/admin/oauth/access_token", () =>
            Results.Json(new { access_token = Tokens.Issue(Providers.Shopify, TimeSpan.FromHours(24)), scope = "read_customers,read_orders", expires_in = 86_399 }));
        fakes.MapPost("/shopify/admin/api/{version}/graphql.json", (Delegate)Shopify);
        fakes.MapPost("/calendly/oauth/token", async (HttpRequest request) =>
            Renewed(Providers.Calendly, (await request.ReadFormAsync())["refresh_token"].ToString(), TimeSpan.FromHours(2)));
        fakes.MapGet("/calendly/users/me", () => Results.Json(new { resource = new { name = "Mira Kos", current_organization = "https://api.calendly.com/organizations/DEMO" } }));
        fakes.MapGet("/calendly/scheduled_events", CalendlyEvents);
        fakes.MapGet("/calendly/scheduled_events/{id}/invitees", (string id) => Results.Json(new
        {
            collection = new[] { new { cancel_url = $"https://calendly.com/cancellations/{id}", reschedule_url = $"https://calendly.com/reschedulings/{id}", status = "active" } },
        }));
        fakes.MapPost("/zendesk/oauth/tokens", (JsonElement asked) => asked.GetProperty("grant_type").GetString() == "refresh_token"
            ? Renewed(Providers.Zendesk, asked.GetProperty("refresh_token").GetString()!, TimeSpan.FromMinutes(30))
            : Results.Json(new { access_token = Tokens.Issue(Providers.Zendesk, TimeSpan.FromMinutes(30)), token_type = "bearer", scope = "read", expires_in = 1_800 }));
        fakes.MapGet("/zendesk/api/v2/users/me.json", () => Results.Json(new { user = new { id = 1, name = "Mira Kos", email = "mira@example.com" } }));
        fakes.MapGet("/zendesk/api/v2/users/search.json", ZendeskUsers);
        fakes.MapGet("/zendesk/api/v2/users/{id:long}/tickets/requested.json", ZendeskTickets);
        fakes.MapGet("/card", Card);
        fakes.MapGet("/pictures/{hue:int}", Swatch);
    }

    private IResult Renewed(string provider, string refreshToken, TimeSpan life) => Tokens.Renew(provider, refreshToken) is { } next
        ? Results.Json(new { access_token = Tokens.Issue(provider, life), token_type = "bearer", expires_in = (int)life.TotalSeconds, refresh_token = next })
        : Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);

    private async Task<IResult?> Ill(HttpContext http)
    {
        var provider = http.Request.Path.Value!.Split('/')[2];
        Calls.AddOrUpdate(provider, 1, static (_, calls) => calls + 1);
        if (Before is { } before)
            await before(provider);
        if (CallsPerMinute.TryGetValue(provider, out var most))
        {
            var (limit, remaining) = provider == Providers.Zendesk ? ("X-Rate-Limit", "X-Rate-Limit-Remaining") : ("X-RateLimit-Limit", "X-RateLimit-Remaining");
            (http.Response.Headers[limit], http.Response.Headers[remaining], http.Response.Headers["X-RateLimit-Reset"]) = ($"{most}", $"{Left.GetValueOrDefault(provider, most - 1)}", "40");
        }
        switch (Modes.GetValueOrDefault(provider, "ok"))
        {
            case "429":
                http.Response.Headers.RetryAfter = "30";
                return Says(StatusCodes.Status429TooManyRequests);
            case "throttled":
                return Results.Json(new { errors = new[] { new { message = "Throttled", extensions = new { code = "THROTTLED" } } }, extensions = Cost(left: 10) });
            case "5xx":
                return Says(StatusCodes.Status503ServiceUnavailable);
            case "slow":
                await Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted);
                return null;
            case "malformed":
                return Results.Text("<html>not what you hoped for", "application/json");
            case "incomplete":
                return Results.Json(new { data = (object?)null, collection = (object?)null });
            case "revoked":
                return Says(StatusCodes.Status401Unauthorized);
            default:
                return Tokens.Accepts(http.Request) ? null : Says(StatusCodes.Status401Unauthorized);
        }
    }

    /// <summary>With a body: our own pages of problems are nothing that a provider would answer.</summary>
    private static IResult Says(int status) => Results.Json(new { errors = $"{status}" }, statusCode: status);

    private static object Cost(double left) =>
        new { cost = new { requestedQueryCost = 42, actualQueryCost = 42, throttleStatus = new { maximumAvailable = 2000.0, currentlyAvailable = left, restoreRate = 100.0 } } };

    private async Task<IResult> Shopify(HttpContext http)
    {
        using var asked = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var extensions = Cost(left: Left.GetValueOrDefault(Providers.Shopify, 1958));
        if (!asked.RootElement.GetProperty("query").GetString()!.Contains("customerByIdentifier", StringComparison.Ordinal))
            return Results.Json(new { data = new { shop = new { name = "Linen & Loom" } }, extensions });
        var person = DemoCustomers.Of(asked.RootElement.GetProperty("variables").GetProperty("email").GetString());
        return Results.Json(new
        {
            data = new
            {
                customerByIdentifier = person is null ? null : new
                {
                    legacyResourceId = "7001",
                    numberOfOrders = person.OrdersCount.ToString(CultureInfo.InvariantCulture),
                    amountSpent = Money(person.Spent),
                    orders = new
                    {
                        nodes = person.Orders.Select(order => new
                        {
                            id = $"gid://shopify/Order/{order.Name[1..]}",
                            legacyResourceId = order.Name[1..],
                            name = order.Name,
                            createdAt = clock.GetUtcNow().AddDays(-order.DaysAgo),
                            cancelledAt = (DateTimeOffset?)null,
                            displayFinancialStatus = order.Payment,
                            displayFulfillmentStatus = order.Fulfillment,
                            currentTotalPriceSet = new { shopMoney = Money(order.Total) },
                            lineItems = new { nodes = order.Items.Select(item => new { title = item, quantity = 1, image = new { url = Picture(item, http) } }) },
                        }),
                    },
                },
            },
            extensions,
        });
    }

    private IResult CalendlyEvents(HttpContext http)
    {
        var query = http.Request.Query;
        var now = clock.GetUtcNow();
        var meetings = (DemoCustomers.Of(query["invitee_email"])?.Meetings ?? [])
            .Where(meeting => query["status"].Count == 0 || meeting.Status == query["status"])
            .Where(meeting => query["min_start_time"].Count == 0 || meeting.InHours > 0)
            .Where(meeting => query["max_start_time"].Count == 0 || meeting.InHours <= 0);
        return Results.Json(new
        {
            collection = meetings.Select(meeting => new
            {
                uri = $"https://api.calendly.com/scheduled_events/{Math.Abs(meeting.InHours)}",
                name = meeting.Name,
                status = meeting.Status,
                start_time = now.AddHours(meeting.InHours),
                end_time = now.AddHours(meeting.InHours).AddMinutes(30),
                location = new { type = "google_conference", join_url = "https://meet.example.com/fitting" },
                event_memberships = new[] { new { user_name = meeting.Host } },
            }),
            pagination = new { count = meetings.Count(), next_page_token = (string?)null },
        });
    }

    private static IResult ZendeskUsers(string query)
    {
        var found = DemoCustomers.All.Select((person, at) => (person, at)).Where(one => query == $"email:\"{one.person.Email}\"");
        return Results.Json(new { users = found.Select(one => new { id = 100 + one.at, name = one.person.Name, email = one.person.Email }) });
    }

    private IResult ZendeskTickets(long id) => Results.Json(new
    {
        tickets = DemoCustomers.All[id - 100].Tickets.Select(ticket => new
        {
            id = ticket.Id,
            subject = ticket.Subject,
            status = ticket.Status,
            priority = ticket.Priority,
            updated_at = clock.GetUtcNow().AddDays(-ticket.DaysAgo),
        }),
    });

    private static IResult Card(string? email) => Results.Json(DemoCustomers.Of(email) is not { } person
        ? new { title = "Loyalty", fields = Array.Empty<object>() }
        : new { title = "Loyalty", fields = new object[] { new { label = "Tier", value = person.OrdersCount > 5 ? "Gold" : "Basic" }, new { label = "Points", value = person.OrdersCount * 40 } } });

    private static object Money(string amount) => new { amount, currencyCode = "EUR" };

    private static string Picture(string item, HttpContext http) =>
        $"{http.Request.Scheme}://{http.Request.Host}/fakes/pictures/{Math.Abs(item.Sum(letter => letter)) % 360}";

    /// <summary>A swatch of cloth.</summary>
    private static IResult Swatch(int hue) => Results.Text(
        $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" fill="hsl({hue} 38% 84%)"/>
        <path d="M0 12h48M0 24h48M0 36h48M12 0v48M24 0v48M36 0v48" stroke="hsl({hue} 38% 70%)" stroke-width="3"/></svg>
        """, "image/svg+xml");
}
