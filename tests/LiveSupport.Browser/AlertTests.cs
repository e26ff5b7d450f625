using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>An agent who looks at something else is called back.</summary>
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
}
