using System.Text.Json;
using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>Every screen, in both themes, judged by axe against WCAG 2.1 AA: nothing serious, nothing critical.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class AccessibilityTests(LiveSystem system)
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(Repository.Folder("web"), "node_modules", "axe-core", "axe.min.js"));

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_screen_is_clean(ColorScheme theme)
    {
        await using var shop = await system.Browser.NewContextAsync(new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce });
        await using var office = await system.Browser.NewContextAsync(
            new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = 1440, Height = 900 } });
        var mark = $"axe{Guid.NewGuid():N}"[..12];

        var signIn = await office.NewPageAsync();
        await signIn.GotoAsync(system.Url);
        await Expect(signIn.GetByLabel("Password")).ToBeVisibleAsync();
        await Judge(signIn.MainFrame, "sign-in");

        var visitor = await VisitorTab.Open(shop, system.Url);
        await Judge(visitor.Page.MainFrame, "shop");
        await visitor.Write($"Hello, my number is {mark}");
        await visitor.Write("How do I return something?");
        await visitor.Shows("30 days");
        var files = visitor.Chat.Locator("input[type=file]");
        await files.SetInputFilesAsync([Pictures.Photo, Pictures.Label]);
        await Expect(visitor.Chat.GetByRole(AriaRole.Button, new() { Name = $"Remove {Pictures.Label.Name}" })).ToBeVisibleAsync();
        await visitor.Write("This is how it looks");
        await Expect(visitor.Transcript.GetByRole(AriaRole.Img, new() { Name = Pictures.Photo.Name })).ToBeVisibleAsync();
        await files.SetInputFilesAsync(Pictures.Label);
        await Expect(visitor.Chat.GetByRole(AriaRole.Button, new() { Name = $"Remove {Pictures.Label.Name}" })).ToBeVisibleAsync();
        await Judge(visitor.Page.Frames.Single(frame => frame.ParentFrame is not null), "widget");

        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await Judge(agent.Page.MainFrame, "queue");
        await (await agent.RowWith(mark)).FocusAsync();
        await agent.Page.Keyboard.PressAsync("x");
        await Expect(agent.Page.GetByRole(AriaRole.Toolbar, new() { Name = "Selected conversations" })).ToBeVisibleAsync();
        await Judge(agent.Page.MainFrame, "queue, one selected");
        await agent.Page.Keyboard.PressAsync("Escape");
        await agent.OpenRowWith(mark);
        await agent.Write("Hello");
        await agent.Shows("Hello");
        await agent.Composer.PressSequentiallyAsync("/");
        await Expect(agent.Page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await Judge(agent.Page.MainFrame, "saved replies");
        await agent.Composer.FillAsync("");
        await agent.Page.Locator("input[type=file]").SetInputFilesAsync(Pictures.Label);
        await Expect(agent.Button($"Remove {Pictures.Label.Name}")).ToBeVisibleAsync();
        var insights = agent.Button("Customer insights");
        if (await insights.GetAttributeAsync("aria-pressed") == "false")
            await insights.ClickAsync();
        await Judge(agent.Page.MainFrame, "conversation with insights");
        await agent.Button("More").ClickAsync();
        await agent.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Erase this person…" }).ClickAsync();
        await Expect(agent.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Judge(agent.Page.MainFrame, "erase a person");
        await agent.Button("Keep them").ClickAsync();
        await agent.Page.Keyboard.PressAsync("Control+k");
        await Expect(agent.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Judge(agent.Page.MainFrame, "search");
        await agent.Page.Keyboard.PressAsync("Escape");
        foreach (var section in new[] { "account", "widget", "articles", "replies", "team", "integrations", "api", "webhooks" })
        {
            await agent.Page.GotoAsync($"{system.Url}/#/settings/{section}");
            await Expect(agent.Page.GetByRole(AriaRole.Heading).First).ToBeVisibleAsync();
            await Judge(agent.Page.MainFrame, $"settings: {section}");
        }
        await agent.Page.GotoAsync($"{system.Url}/docs/api");
        await Expect(agent.Page.GetByRole(AriaRole.Heading, new() { Name = "Lists conversations" })).ToBeVisibleAsync();
        await Judge(agent.Page.MainFrame, "the API's page");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_screen_of_a_phone_is_clean(ColorScheme theme)
    {
        BrowserNewContextOptions phone = new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = 390, Height = 844 } };
        await using var shop = await system.Browser.NewContextAsync(phone);
        await using var office = await system.Browser.NewContextAsync(phone);
        var mark = $"axe{Guid.NewGuid():N}"[..12];

        var visitor = await VisitorTab.Open(shop, system.Url);
        var widget = visitor.Page.Frames.Single(frame => frame.ParentFrame is not null);
        await visitor.Write($"I want to talk to a person about {mark}");
        await visitor.Shows("A person from our team will join");
        await Judge(widget, "widget that waits for a person");

        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await Judge(agent.Page.MainFrame, "queue");
        await agent.Page.Locator("button.account").ClickAsync();
        await Expect(agent.Page.GetByRole(AriaRole.Menu)).ToBeInViewportAsync(new() { Ratio = 1 });
        await Judge(agent.Page.MainFrame, "account");
        await agent.Page.Keyboard.PressAsync("Escape");
        await agent.OpenRowWith(mark);
        await agent.Button("More actions").ClickAsync();
        await Expect(agent.Page.GetByRole(AriaRole.Menuitem).First).ToBeVisibleAsync();
        await Judge(agent.Page.MainFrame, "conversation with its other actions");

        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Judge(widget, "widget with its menu");
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "End this conversation" }).ClickAsync();
        await visitor.Shows("You ended the conversation");
        await visitor.Chat.GetByRole(AriaRole.Radio, new() { Name = "Good", Exact = true }).CheckAsync(new() { Force = true });
        await Expect(visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Send rating" })).ToBeVisibleAsync();
        await Judge(widget, "widget that asks for a rating");
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Send rating" }).ClickAsync();
        await visitor.Shows("Thank you for your rating");
        await Judge(widget, "widget after the end");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_operations_pages_are_clean(ColorScheme theme)
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync(new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce });
        var mark = $"axe{Guid.NewGuid():N}"[..12];
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"Hello {mark}");
        var admin = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        var conversation = await admin.ConversationWith(mark);
        await admin.Button("Operations").ClickAsync();
        await Expect(admin.Page.GetByRole(AriaRole.Row, new() { Name = "running" })).ToBeVisibleAsync();
        await Judge(admin.Page.MainFrame, "operations");
        await admin.Page.GotoAsync($"{system.Url}/#/operations/conversation/{conversation}");
        await Expect(admin.Page.GetByText("the queue agrees")).ToBeVisibleAsync();
        await Judge(admin.Page.MainFrame, "what happened");
    }

    private static async Task Judge(IFrame frame, string screen)
    {
        await frame.EvaluateAsync(Axe);
        var found = await frame.EvaluateAsync<JsonElement>(
            """
            () => axe.run(document, { iframes: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })
              .then(({ violations }) => violations
                .filter(({ impact }) => impact === "serious" || impact === "critical")
                .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html + " — " + node.any.map((check) => check.message).join("; ")).join("\n    ")}`))
            """);
        var violations = found.EnumerateArray().Select(violation => violation.GetString()).ToList();
        Assert.True(violations.Count == 0, $"{screen}:\n  {string.Join("\n  ", violations)}");
    }
}
