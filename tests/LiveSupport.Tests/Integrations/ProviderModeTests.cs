using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Integrations;

/// <summary>Each provider in every mood: what the panel shows of it, and that the others are not touched.</summary>
public sealed class ProviderModeTests(DemoDesk desk) : IClassFixture<DemoDesk>
{
    public static TheoryData<string, string> Moods()
    {
        var moods = new TheoryData<string, string>();
        foreach (var provider in Providers.All)
        {
            foreach (var mode in (string[])["ok", "429", "5xx", "slow", "malformed", "incomplete", "revoked"])
                moods.Add(provider, mode);
        }
        moods.Add(Providers.Shopify, "throttled");
        return moods;
    }

    [Theory, MemberData(nameof(Moods))]
    public async Task A_provider_in_any_mood(string provider, string mode)
    {
        desk.Fakes.Modes.Clear();
        // Past what the case before made the provider ask for.
        desk.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        var known = await desk.NewVisitor(DemoDesk.Anna);
        Assert.Equal("fresh", DemoDesk.State((await desk.Settled(known)).GetProperty(provider)));
        var data = (await desk.Card(known, provider)).GetProperty("data").GetRawText();
        var at = (await desk.Card(known, provider)).GetProperty("at").GetDateTimeOffset();
        var calls = desk.Calls(provider);
        desk.Fakes.Modes[provider] = mode;
        desk.Server.Clock.Advance(TimeSpan.FromSeconds(1));

        var unknown = await desk.NewVisitor(DemoDesk.Anna);
        await desk.Refresh(known);

        var code = Code(mode);
        var isBusy = code == Codes.RateLimited;
        // Who was looked up before is shown as of then; that a provider asks for patience is no error.
        var shown = await desk.Card(known, provider, card => DemoDesk.State(card) == (code is null ? "fresh" : "stale"));
        Assert.Equal(isBusy ? null : code, DemoDesk.Error(shown));
        if (code is not null)
        {
            Assert.Equal(at, shown.GetProperty("at").GetDateTimeOffset());
            Assert.Equal(data, shown.GetProperty("data").GetRawText());
        }
        // Who was not has nothing to show.
        var card = await desk.Card(unknown, provider, card => isBusy || DemoDesk.State(card) != "loading");
        Assert.Equal((code is null ? "fresh" : isBusy ? "loading" : "error", isBusy ? null : code), (DemoDesk.State(card), DemoDesk.Error(card)));
        Assert.Equal(code is null, card.TryGetProperty("data", out var had) && had.ValueKind == JsonValueKind.Object);
        // Nobody else is hidden.
        foreach (var other in Providers.All.Remove(provider))
        {
            foreach (var visitor in (Visitor[])[known, unknown])
            {
                var unharmed = await desk.Card(visitor, other, card => DemoDesk.State(card) != "loading");
                Assert.Equal((JsonValueKind.Object, null), (unharmed.GetProperty("data").ValueKind, DemoDesk.Error(unharmed)));
            }
        }
        // The settings say so, and what to do where somebody can do something.
        await TestServer.Eventually(async () => code is null || (await desk.Integration(provider)).GetProperty("lastError").GetProperty("code").GetString() == code);
        if (mode == "revoked")
            Assert.Contains("Settings, Integrations", card.GetProperty("error").GetProperty("detail").GetString());
        // Who asks for 30 s of patience gets it, whoever else wants to know something.
        if (mode == "429")
            Assert.InRange(desk.Calls(provider) - calls, 1, 4);

        // Nobody waits for ever: after a while it says that it cannot be had.
        if (isBusy)
        {
            desk.Server.Clock.Advance(TimeSpan.FromMinutes(3));
            Assert.Equal(Codes.RateLimited, DemoDesk.Error(await desk.Card(unknown, provider, card => DemoDesk.State(card) == "error")));
        }
        // It comes back by itself.
        desk.Fakes.Modes.Clear();
        await TestServer.Eventually(async () =>
        {
            desk.Server.Clock.Advance(TimeSpan.FromSeconds(10));
            return DemoDesk.State(await desk.Card(unknown, provider)) == "fresh";
        });
    }

    private static string? Code(string mode) => mode switch
    {
        "ok" => null,
        "429" or "throttled" => Codes.RateLimited,
        "revoked" => Codes.TokenInvalid,
        _ => Codes.Unavailable,
    };
}
