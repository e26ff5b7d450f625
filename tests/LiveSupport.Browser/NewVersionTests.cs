using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>Pages that are older than their server.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class NewVersionTests(LiveSystem system)
{
    [Fact]
    public async Task The_dashboard_offers_to_reload_and_keeps_the_draft()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        var words = $"Where is my parcel? {Guid.NewGuid():N}";
        await visitor.Write(words);
        await using var office = await system.Browser.NewContextAsync();
        await Renew(office);
        var desk = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await desk.OpenRowWith(words);
        await desk.Composer.PressSequentiallyAsync("Half an ans");
        await Expect(desk.Page.GetByText("A new version is ready.")).ToBeVisibleAsync();

        await desk.Page.EvaluateAsync("window.isOld = true");
        await desk.Button("Reload").ClickAsync();

        await desk.Page.WaitForFunctionAsync("() => window.isOld === undefined");
        await Expect(desk.Composer).ToHaveValueAsync("Half an ans");
        await Expect(desk.Page.GetByText("A new version is ready.")).ToBeVisibleAsync();
        await desk.Button("Later").ClickAsync();
        await Expect(desk.Page.GetByText("A new version is ready.")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_chat_reloads_itself_when_it_is_closed_and_keeps_the_draft_and_what_was_said()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await Renew(shop);
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write("How long do I have to return something?");
        await visitor.Shows("30 days");
        await visitor.Type("half a quest");
        var frame = visitor.Page.Frames.Single(one => one.Url.Contains("/widget", StringComparison.Ordinal));
        await frame.EvaluateAsync("window.isOld = true");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Close chat" }).ClickAsync();

        await frame.WaitForFunctionAsync("() => window.isOld === undefined");
        await visitor.OpenChat();
        await visitor.Shows("30 days");
        await Expect(visitor.Chat.GetByRole(AriaRole.Textbox, new() { Name = "Write a message" })).ToHaveValueAsync("half a quest");
    }

    /// <summary>The server as it will be after an upgrade, to pages that are of today.</summary>
    private static Task Renew(IBrowserContext context) => context.RouteWebSocketAsync(
        address => address.Contains("/hubs/", StringComparison.Ordinal),
        page =>
        {
            var server = page.ConnectToServer();
            server.OnMessage(frame => page.Send(frame.Text!.Replace("\"protocol\":1", "\"protocol\":2", StringComparison.Ordinal)));
        });
}
