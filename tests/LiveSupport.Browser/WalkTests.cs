using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>The main job, in a real browser.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class WalkTests(LiveSystem system)
{
    [Fact]
    public async Task A_visitor_asks_the_bot_answers_an_agent_takes_over_hands_back_and_solves()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var mark = Mark();
        var visitor = await VisitorTab.Open(shop, system.Url);
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);

        await visitor.Write($"Hello, my number is {mark}");
        await visitor.Write("How long do I have to return something?");
        await visitor.Shows("30 days");
        await agent.OpenRowWith(mark);
        await agent.Shows("30 days");
        await Expect(agent.Transcript.GetByText("AI", new() { Exact = true }).First).ToBeVisibleAsync();

        await agent.Composer.PressSequentiallyAsync("Hello, this is");
        await Expect(agent.Page.GetByText("You joined · bot paused").First).ToBeVisibleAsync();
        await Expect(visitor.Chat.GetByRole(AriaRole.Img, new() { NameRegex = new("is typing") })).ToBeVisibleAsync();
        await agent.Write(" Mira.");
        await visitor.Shows("Hello, this is Mira.");

        await visitor.Reload();
        await agent.Page.ReloadAsync();
        await visitor.Shows("Hello, this is Mira.");
        await agent.Shows("Hello, this is Mira.");

        await visitor.Write("Thank you, one more question");
        await agent.Shows("Thank you, one more question");

        await agent.Button("Hand over to bot").ClickAsync();
        await Expect(agent.Button("Hand over to bot")).ToHaveCountAsync(0);
        await visitor.Write("Do you ship to Norway?");
        await Expect(visitor.Transcript.Locator(".bubble.theirs")).ToHaveCountAsync(5);

        await agent.Button("Solve").ClickAsync();
        await Expect(agent.Button("Reopen").First).ToBeVisibleAsync();
        await agent.Page.GetByRole(AriaRole.Group, new() { Name = "Filters" }).GetByRole(AriaRole.Button, new() { NameRegex = new("^Solved") }).ClickAsync();
        await agent.RowWith(mark);
    }

    [Fact]
    public async Task On_a_phone_the_head_stays_one_row_and_a_menu_has_what_does_not_fit()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        var mark = Mark();
        var visitor = await VisitorTab.Open(shop, system.Url);
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        var head = agent.Page.Locator(".conversation-head");
        await visitor.Write($"Hello, my number is {mark}");

        await agent.OpenRowWith(mark);
        await Expect(agent.Button("Join")).ToBeVisibleAsync();
        var before = await head.BoundingBoxAsync();
        await agent.Write("Hello");
        await Expect(agent.Button("Solve")).ToBeVisibleAsync();
        Assert.Equal(before!.Height, (await head.BoundingBoxAsync())!.Height);
        Assert.InRange(before.Height, 44, 64);
        Assert.Equal(390, await agent.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));

        await Expect(agent.Button("Hand over to bot")).ToHaveCountAsync(0);
        await agent.Button("More actions").ClickAsync();
        await agent.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Hand over to bot" }).ClickAsync();
        await Expect(agent.Button("Join")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Marked_as_unread_a_conversation_leaves_the_screen_and_has_its_badge_until_it_is_looked_at_again()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var mark = Mark();
        var visitor = await VisitorTab.Open(shop, system.Url);
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await visitor.Write($"Hello, my number is {mark}");
        var row = await agent.RowWith(mark);
        var badge = row.Locator(".badge");
        await Expect(badge).ToContainTextAsync("1 unread");

        foreach (var again in (Func<Task>[])[() => agent.Button("Mark as unread").ClickAsync(), () => agent.Page.Keyboard.PressAsync("Alt+U")])
        {
            await row.ClickAsync();
            await agent.Shows(mark);
            await Expect(badge).ToHaveCountAsync(0);
            await again();
            await Expect(agent.Transcript).ToHaveCountAsync(0);
            await Expect(badge).ToContainTextAsync("1 unread");
        }
    }

    [Fact]
    public async Task Two_tabs_of_one_visitor_show_the_same()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var mark = Mark();
        var first = await VisitorTab.Open(shop, system.Url);
        await first.Write($"From the first tab {mark}");
        await first.Shows(mark);
        var second = await VisitorTab.Open(shop, system.Url);
        await second.Shows($"From the first tab {mark}");
        await second.Write($"From the second tab {mark}");
        await first.Shows($"From the second tab {mark}");

        await Expect(first.Transcript.Locator(".bubble.mine")).ToHaveCountAsync(2);
        await Expect(second.Transcript.Locator(".bubble.mine")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Of_two_agents_who_type_at_once_one_has_it_and_the_other_keeps_the_draft()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var one = await system.Browser.NewContextAsync();
        await using var two = await system.Browser.NewContextAsync();
        var mark = Mark();
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"I would like to talk to a person {mark}");
        AgentDesk[] desks =
        [
            await AgentDesk.SignIn(one, system.Url, await system.AddAgent("Sam")),
            await AgentDesk.SignIn(two, system.Url, await system.AddAgent("Zoe")),
        ];
        foreach (var desk in desks)
            await desk.OpenRowWith(mark);

        await Task.WhenAll(desks.Select(desk => desk.Composer.PressSequentiallyAsync("I can help")));

        foreach (var desk in desks)
            await Expect(desk.Page.GetByText("You joined").Or(desk.Page.GetByText("Your text stays here as a draft")).Or(desk.Page.GetByText("has this conversation")).First).ToBeVisibleAsync();
        var winners = new List<AgentDesk>();
        foreach (var desk in desks)
        {
            if (await desk.Page.GetByText("You joined").CountAsync() > 0)
                winners.Add(desk);
        }
        var winner = Assert.Single(winners);
        var loser = desks.Single(desk => desk != winner);
        await Expect(loser.Composer).ToHaveValueAsync("I can help");
        await Expect(loser.Button("Take over").First).ToBeVisibleAsync();

        await winner.Composer.PressAsync("Enter");
        await visitor.Shows("I can help");
        await loser.Shows("I can help");
        await Expect(visitor.Transcript.GetByText("I can help")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_is_written_while_the_network_is_cut_arrives_once_and_in_order()
    {
        await using var cable = new CuttableProxy(system.Port);
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var mark = Mark();
        var visitor = await VisitorTab.Open(shop, $"http://localhost:{cable.Port}");
        await visitor.Write($"I would like to talk to a person {mark}");
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.OpenRowWith(mark);
        await agent.Write("Here I am");
        await visitor.Shows("Here I am");

        cable.Cut();
        await visitor.Write("first, unsent");
        await visitor.Write("second, unsent");
        await agent.Write("said meanwhile");
        await Expect(visitor.Chat.GetByText("Your messages are kept")).ToBeVisibleAsync();
        await agent.Shows("said meanwhile");
        await Expect(visitor.Transcript.GetByText("said meanwhile")).ToHaveCountAsync(0);
        cable.Mend();

        await agent.Shows("second, unsent");
        await visitor.Shows("said meanwhile");
        var expected = new[] { "Here I am", "said meanwhile", "first, unsent", "second, unsent" };
        Assert.Equal(expected, (await agent.Messages()).TakeLast(4));
        Assert.Equal(expected, (await visitor.Bubbles()).TakeLast(4));
    }

    [Fact]
    public async Task An_agent_works_without_a_mouse()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var mark = Mark();
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"I would like to talk to a person {mark}");
        var agent = new AgentDesk(await office.NewPageAsync());
        var keys = agent.Page.Keyboard;
        await agent.Page.GotoAsync(system.Url);
        await Expect(agent.Page.GetByLabel("E-mail")).ToBeFocusedAsync();
        await keys.TypeAsync(LiveSystem.AdminEmail);
        await keys.PressAsync("Tab");
        await keys.TypeAsync(LiveSystem.Password);
        await keys.PressAsync("Enter");
        await Expect(agent.Page.GetByRole(AriaRole.Group, new() { Name = "Views" })).ToBeVisibleAsync();
        await agent.RowWith(mark);

        await keys.PressAsync("Control+k");
        var search = agent.Page.GetByRole(AriaRole.Dialog);
        await Expect(search).ToBeVisibleAsync();
        await keys.TypeAsync(mark);
        await Expect(search.GetByText(mark).First).ToBeVisibleAsync();
        await keys.PressAsync("Enter");
        await Expect(search).ToBeHiddenAsync();
        await Expect(agent.Composer).ToBeFocusedAsync();

        await keys.TypeAsync("From the keyboard");
        await keys.PressAsync("Shift+Enter");
        await keys.TypeAsync("in two lines");
        await keys.PressAsync("Enter");
        await visitor.Shows("From the keyboard");

        // Escape closes what is on top, no more.
        foreach (var (pressed, name) in new[] { ("Alt+m", "Snooze"), ("Alt+a", "Assigned to you. Change") })
        {
            await keys.PressAsync(pressed);
            var menu = agent.Page.GetByRole(AriaRole.Menu, new() { Name = name });
            await Expect(menu.GetByRole(AriaRole.Menuitem).First).ToBeFocusedAsync();
            await keys.PressAsync("Escape");
            await Expect(menu).ToBeHiddenAsync();
            await Expect(agent.Composer).ToBeVisibleAsync();
        }

        await keys.PressAsync("Alt+e");
        await Expect(agent.Button("Reopen").First).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(agent.Composer).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Hostile_text_is_shown_as_text_and_nothing_runs()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var mark = Mark();
        List<string> alarms = [];
        foreach (var context in new[] { shop, office })
        {
            context.Dialog += (_, dialog) => alarms.Add($"dialog: {dialog.Message}");
            context.Console += (_, message) =>
            {
                if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
                    alarms.Add(message.Text);
            };
        }
        string[] hostile =
        [
            $"<script>alert(1)</script> {mark}",
            "<img src=x onerror=alert(2)>",
            "javascript:alert(3)",
            "{{constructor.constructor('alert(4)')()}}",
            "[click](javascript:alert(5)) data:text/html,<script>alert(6)</script>",
            "‮evil‬ ﷽ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
        ];
        var visitor = await VisitorTab.Open(shop, system.Url);
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await visitor.Write("I would like to talk to a person");
        foreach (var text in hostile)
        {
            await visitor.Write(text);
            await visitor.Shows(text);
        }
        await agent.OpenRowWith(mark);

        foreach (var text in hostile)
        {
            await agent.Shows(text);
            await Expect(visitor.Transcript.GetByText(text).First).ToBeVisibleAsync();
        }
        foreach (var transcript in new[] { agent.Transcript, visitor.Transcript })
        {
            await Expect(transcript.Locator("script, img[src=x]")).ToHaveCountAsync(0);
            await Expect(transcript.Locator("a[href^='javascript' i], a[href^='data' i]")).ToHaveCountAsync(0);
        }
        Assert.Empty(alarms);
    }

    /// <summary>A word that nobody else has written.</summary>
    private static string Mark() => $"mark{Guid.NewGuid():N}"[..14];
}
