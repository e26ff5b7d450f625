using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>The Operations page: the numbers live, and from an id to what happened.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class OperationsTests(LiveSystem system)
{
    [Fact]
    public async Task An_administrator_sees_how_it_does_and_what_happened()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var mark = $"ops{Guid.NewGuid():N}"[..12];
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"How do I return {mark}?");
        var admin = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        var conversation = await admin.ConversationWith(mark);

        await admin.Button("Operations").ClickAsync();
        var page = admin.Page;
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Silo and edge" })).ToContainTextAsync("running");
        await Expect(page.GetByText("takes writes")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "conversation", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Rowheader, new() { Name = "Post", Exact = true })).ToBeVisibleAsync();

        await page.GetByLabel("Conversation id").FillAsync(conversation);
        await page.GetByLabel("Conversation id").PressAsync("Enter");
        await Expect(page.GetByText("the queue agrees")).ToBeVisibleAsync();
        await Expect(page.GetByText($"How do I return {mark}?")).ToBeVisibleAsync();
        await Expect(page.GetByText("Visitor · message 1")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Operations", Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Other_agents_have_no_way_in()
    {
        await using var office = await system.Browser.NewContextAsync();
        var agent = await AgentDesk.SignIn(office, system.Url, await system.AddAgent("Sam"));
        await Expect(agent.Button("Settings")).ToBeVisibleAsync();
        await Expect(agent.Button("Operations")).ToHaveCountAsync(0);
        await agent.Page.GotoAsync($"{system.Url}/#/operations");
        await Expect(agent.Page.GetByText("Only administrators see this page")).ToBeVisibleAsync();
    }
}
