using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>What other systems know of the customer, beside the chat.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class CustomerTests(LiveSystem system)
{
    [Fact]
    public async Task Orders_meetings_and_tickets_come_by_themselves_once_the_visitor_says_who_it_is()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var mark = $"swap{Guid.NewGuid():N}"[..12];
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"The shirt is too small {mark}");
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.OpenRowWith(mark);
        var insights = agent.Page.GetByRole(AriaRole.Complementary, new() { Name = "Customer insights" });
        await Expect(insights.GetByText("Orders appear once the visitor gives an e-mail address.")).ToBeVisibleAsync();

        await visitor.Page.EvaluateAsync("LiveSupport('identify', { name: 'Anna Berger', email: 'anna.berger@example.com' })");

        await Expect(insights.GetByText("€812")).ToBeVisibleAsync();
        await Expect(insights.GetByRole(AriaRole.Link, new() { Name = "#10482 · Linen shirt S" })).ToBeVisibleAsync();
        await Expect(insights.GetByText("Fulfilled").First).ToBeVisibleAsync();
        await Expect(insights.GetByRole(AriaRole.Link, new() { Name = "Reschedule" })).ToBeVisibleAsync();
        await Expect(insights.GetByRole(AriaRole.Link, new() { Name = "#5521 Wrong invoice address" })).ToBeVisibleAsync();
        await Expect(insights.GetByText("Gold")).ToBeVisibleAsync();
        await Expect(insights.GetByText("E-mail not verified.")).ToBeVisibleAsync();
        // Nothing is pushed off the panel.
        Assert.True(await insights.EvaluateAsync<bool>("panel => panel.scrollWidth <= panel.clientWidth"));
    }

    [Fact]
    public async Task A_connection_is_tested_and_its_secret_never_shown()
    {
        await using var office = await system.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.Page.GotoAsync($"{system.Url}/#/settings/integrations");
        var shopify = agent.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Shopify" });

        await shopify.GetByRole(AriaRole.Button, new() { Name = "Test connection" }).ClickAsync();
        await Expect(shopify.GetByText("It answers as Linen & Loom.")).ToBeVisibleAsync();

        await agent.Button("Change Shopify").ClickAsync();
        var dialog = agent.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("Client id")).ToHaveValueAsync("demo");
        await Expect(dialog.GetByLabel("Client secret")).ToHaveValueAsync("");
        await Expect(dialog.GetByText("Kept. Leave it empty to keep it.")).ToBeVisibleAsync();
        await dialog.GetByLabel("Shop", new() { Exact = true }).FillAsync("another.myshopify.com");
        await Expect(dialog.GetByText("Kept. Leave it empty to keep it.")).ToHaveCountAsync(0);
        await agent.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
    }
}
