using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>Who looks at something else is called back.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class AlertTests(LiveSystem system)
{
    [Fact]
    public async Task Who_looks_at_another_window_is_shown_who_waits_and_gets_there_by_a_click()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        await office.AddInitScriptAsync(
            """
            window.shown = [];
            document.hasFocus = () => false;
            window.Notification = class {
              static permission = "default";
              static requestPermission = async () => (Notification.permission = "granted");
              constructor(title, { body, tag }) { Object.assign(this, { title, body, tag }); shown.push(this); }
              close() {}
            };
            """);
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await Expect(agent.Page.GetByRole(AriaRole.Button, new() { NameRegex = new(", online\\. Account") })).ToBeVisibleAsync();
        await agent.Page.EvaluateAsync("location.hash = '#/settings/account'");
        var choice = agent.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Over other windows" });
        await choice.CheckAsync();
        await Expect(choice).ToBeCheckedAsync();
        await agent.Page.EvaluateAsync("location.hash = '#/'");

        var mark = $"alert{Guid.NewGuid():N}"[..14];
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"I want to talk to a person, {mark}");
        var about = $"shown.find(({{ tag }}) => tag === '{await agent.ConversationWith(mark)}')";
        await agent.Page.WaitForFunctionAsync($"() => {about}");
        Assert.EndsWith("waits for a person", await agent.Page.EvaluateAsync<string>($"{about}.title"), StringComparison.Ordinal);
        await agent.Page.EvaluateAsync($"{about}.onclick()");
        await agent.Shows(mark);
    }

    [Fact]
    public async Task A_visitor_who_closed_the_chat_hears_a_person_s_answer_unless_they_want_no_sound()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        await shop.AddInitScriptAsync("window.OscillatorNode = class { constructor() { top.tones = (top.tones ?? 0) + 1; throw new Error(); } }");
        var mark = $"heard{Guid.NewGuid():N}"[..14];
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"I want to talk to a person, {mark}");
        await visitor.Shows(mark);
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.OpenRowWith(mark);

        await agent.Write("I am here.");
        await visitor.Shows("I am here.");
        Assert.Equal(0, await visitor.Page.EvaluateAsync<int>("window.tones ?? 0"));
        await visitor.Page.EvaluateAsync("LiveSupport('close')");
        await agent.Write("Are you there?");
        await visitor.Page.WaitForFunctionAsync("() => window.tones === 1");

        await visitor.OpenChat();
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Turn sound off" }).ClickAsync();
        await visitor.Reload();
        await visitor.Shows("Are you there?");
        await visitor.Page.EvaluateAsync("LiveSupport('close')");
        await agent.Write("Hello?");
        await Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Open chat, 1 unread" })).ToBeVisibleAsync();
        await visitor.OpenChat();
        await visitor.Shows("Hello?");
        Assert.Equal(0, await visitor.Page.EvaluateAsync<int>("window.tones ?? 0"));
    }
}
