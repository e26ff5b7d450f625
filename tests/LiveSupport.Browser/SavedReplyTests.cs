using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>What a team writes again and again, put into a message by a slash, with the keyboard alone.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class SavedReplyTests(LiveSystem system)
{
    [Fact]
    public async Task Looking_for_a_reply_claims_nothing_and_putting_it_in_joins()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var mark = $"saved{Guid.NewGuid():N}"[..12];
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"Hello, my number is {mark}");
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.OpenRowWith(mark);
        var replies = agent.Page.GetByRole(AriaRole.Listbox, new() { Name = "Saved replies" });
        var joined = agent.Page.GetByText("You joined · bot paused").First;

        await agent.Composer.PressSequentiallyAsync("/mom");
        await Expect(replies.GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await agent.Composer.PressAsync("Escape");
        await Expect(replies).ToBeHiddenAsync();
        await Expect(agent.Composer).ToHaveValueAsync("/mom");
        await Expect(joined).ToBeHiddenAsync();

        await agent.Composer.FillAsync("");
        await agent.Composer.PressSequentiallyAsync("/");
        await Expect(replies.GetByRole(AriaRole.Option, new() { Selected = true })).ToContainTextAsync("/bye");
        await agent.Composer.PressAsync("ArrowDown");
        await agent.Composer.PressAsync("ArrowDown");
        await Expect(replies.GetByRole(AriaRole.Option, new() { Selected = true })).ToContainTextAsync("/hello");
        await agent.Composer.PressAsync("Enter");

        await Expect(replies).ToBeHiddenAsync();
        await Expect(agent.Composer).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^Hi, this is \\w+\\. How can I help you\\?$"));
        await Expect(joined).ToBeVisibleAsync();
        await agent.Composer.PressAsync("Control+z");
        await Expect(agent.Composer).ToHaveValueAsync("/");
        await agent.Composer.PressAsync("Control+Shift+z");
        await agent.Composer.PressAsync("Enter");
        await visitor.Shows("How can I help you?");
    }

    [Fact]
    public async Task A_reply_is_written_changed_and_removed()
    {
        await using var office = await system.Browser.NewContextAsync();
        var shortcut = $"r{Guid.NewGuid():N}"[..10];
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.Page.GotoAsync($"{system.Url}/#/settings/replies");
        await agent.Button("New reply").ClickAsync();
        await agent.Page.GetByLabel("Shortcut", new() { Exact = true }).FillAsync("hello");
        await agent.Page.GetByLabel("Text, in Markdown").FillAsync("We open at nine.");
        await agent.Button("Save").ClickAsync();
        await Expect(agent.Page.GetByText("There is a reply /hello already.")).ToBeVisibleAsync();
        await agent.Page.GetByLabel("Shortcut", new() { Exact = true }).FillAsync($"/{shortcut}");
        var sent = 0;
        agent.Page.Request += (_, request) => sent += request.Method == "PUT" ? 1 : 0;
        await agent.Button("Save").EvaluateAsync("button => { button.click(); button.click(); }");
        await agent.Button($"/{shortcut} We open at nine.").ClickAsync();
        Assert.Equal(1, sent);
        await agent.Page.GetByLabel("Text, in Markdown").FillAsync("We open at ten.");
        await agent.Button("Save").ClickAsync();
        await agent.Button($"/{shortcut} We open at ten.").ClickAsync();
        await agent.Button("Remove").ClickAsync();
        await Expect(agent.Page.GetByText($"/{shortcut} is removed.").First).ToBeVisibleAsync();
        await Expect(agent.Button($"/{shortcut} We open at ten.")).ToHaveCountAsync(0);
    }
}
