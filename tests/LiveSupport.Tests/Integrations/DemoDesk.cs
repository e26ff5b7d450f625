using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Api.Demo;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Integrations;

/// <summary>A server that plays the providers, all connected, and an administrator who looks at customers.</summary>
public sealed class DemoDesk : IAsyncLifetime
{
    public const string Anna = "anna.berger@example.com";

    internal TestServer Server { get; private set; } = null!;
    internal FakeProviders Fakes { get; private set; } = null!;
    internal Browser Agent { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.Start("--demo");
        Fakes = Server.Services.GetRequiredService<FakeProviders>();
        Agent = await Server.SignIn();
        await TestServer.Eventually(async () => (await Integrations()).All(one => one.GetProperty("connected").GetBoolean()));
    }

    public async Task DisposeAsync()
    {
        Agent.Dispose();
        await Server.DisposeAsync();
    }

    internal async Task<Visitor> NewVisitor(string? email)
    {
        var visitor = await Server.NewVisitor();
        if (email is not null)
            await Identify(visitor, email);
        return visitor;
    }

    internal async Task Identify(Visitor visitor, string email)
    {
        await using var hub = await visitor.Hub();
        await hub.Invoke("Identify", new { email });
    }

    internal async Task<JsonElement> Cards(Visitor visitor) =>
        (await Agent.Http.GetFromJsonAsync<JsonElement>($"/api/visitors/{visitor.Id}")).GetProperty("integrations");

    internal async Task<JsonElement> Card(Visitor visitor, string provider) => (await Cards(visitor)).GetProperty(provider);

    /// <summary>The card once it is so.</summary>
    internal async Task<JsonElement> Card(Visitor visitor, string provider, Func<JsonElement, bool> isSo)
    {
        await TestServer.Eventually(async () => isSo(await Card(visitor, provider)));
        return await Card(visitor, provider);
    }

    /// <summary>The cards once every provider has answered, one way or another.</summary>
    internal async Task<JsonElement> Settled(Visitor visitor)
    {
        await TestServer.Eventually(async () => (await Cards(visitor)).EnumerateObject().All(card => State(card.Value) != "loading"));
        return await Cards(visitor);
    }

    internal static string? State(JsonElement card) => card.GetProperty("state").GetString();

    /// <summary>The code of what is wrong; null: nothing.</summary>
    internal static string? Error(JsonElement card) =>
        card.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? error.GetProperty("code").GetString() : null;

    internal async Task Refresh(Visitor visitor) =>
        Assert.Equal(HttpStatusCode.Accepted, (await Agent.Http.PostAsync($"/api/visitors/{visitor.Id}/integrations/refresh", null)).StatusCode);

    internal async Task<List<JsonElement>> Integrations() =>
        [.. (await Agent.Http.GetFromJsonAsync<JsonElement>("/api/integrations")).GetProperty("integrations").EnumerateArray()];

    internal async Task<JsonElement> Integration(string provider) =>
        (await Integrations()).Single(one => one.GetProperty("provider").GetString() == provider);

    internal async Task Connect(string provider, object settings) =>
        (await Agent.Http.PutAsJsonAsync($"/api/integrations/{provider}", settings)).EnsureSuccessStatusCode();

    internal async Task<JsonElement> Test(string provider) =>
        await (await Agent.Http.PostAsync($"/api/integrations/{provider}/test", null)).Content.ReadFromJsonAsync<JsonElement>();

    internal int Calls(string provider) => Fakes.Calls.GetValueOrDefault(provider);
}
