using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>The same done to several conversations of the list.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class ManyTests(LiveSystem system)
{
    [Fact]
    public async Task Several_are_selected_with_the_keyboard_and_solved_and_reopened_together()
    {
        await using var office = await system.Browser.NewContextAsync();
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        var rows = new List<ILocator>();
        for (var i = 0; i < 3; i++)
        {
            await using var shop = await system.Browser.NewContextAsync();
            var visitor = await VisitorTab.Open(shop, system.Url);
            var mark = $"many{Guid.NewGuid():N}"[..14];
            await visitor.Write($"Hello, my number is {mark}");
            await visitor.Shows(mark);
            rows.Insert(0, await agent.RowWith(mark));
        }
        var bar = agent.Page.GetByRole(AriaRole.Toolbar, new() { Name = "Selected conversations" });

        await rows[0].FocusAsync();
        await agent.Page.Keyboard.PressAsync("x");
        await Expect(bar).ToContainTextAsync("1 selected");
        await rows[2].FocusAsync();
        await agent.Page.Keyboard.PressAsync("Shift+X");
        await Expect(bar).ToContainTextAsync("3 selected");
        await agent.Page.Keyboard.PressAsync("Escape");
        await Expect(bar).ToBeHiddenAsync();
        await Expect(agent.Page.GetByRole(AriaRole.Group, new() { Name = "Filters" })).ToBeVisibleAsync();

        foreach (var row in rows)
            await row.Locator("xpath=..").GetByRole(AriaRole.Checkbox).CheckAsync();
        await bar.GetByRole(AriaRole.Button, new() { Name = "Assign selected" }).ClickAsync();
        await agent.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Me", Exact = true }).ClickAsync();
        await Expect(agent.Page.GetByText("3 assigned to you.")).ToBeVisibleAsync();
        foreach (var row in rows)
        {
            await Expect(row).ToContainTextAsync("You");
            await row.Locator("xpath=..").GetByRole(AriaRole.Checkbox).CheckAsync();
        }

        await bar.GetByRole(AriaRole.Button, new() { Name = "Solve" }).ClickAsync();
        await Expect(agent.Page.GetByText("3 solved.")).ToBeVisibleAsync();
        foreach (var row in rows)
            await Expect(row).ToHaveCountAsync(0);
        await agent.Button("Reopen").ClickAsync();
        await Expect(agent.Page.GetByText("3 reopened.")).ToBeVisibleAsync();
        foreach (var row in rows)
            await Expect(row).ToBeVisibleAsync();
    }
}
