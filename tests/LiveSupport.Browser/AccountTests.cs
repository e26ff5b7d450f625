using LiveSupport.Browser.Support;
using LiveSupport.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>An agent's own account, and how a colleague is let in again.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class AccountTests(LiveSystem system)
{
    private const string Next = "an entirely new password";

    [Fact]
    public async Task An_agent_changes_the_password_sets_up_codes_and_is_helped_when_they_are_lost()
    {
        var name = $"Vera{Guid.NewGuid():N}"[..12];
        var email = await system.AddAgent(name);
        await using var office = await system.Browser.NewContextAsync();
        var desk = await AgentDesk.SignIn(office, system.Url, email);
        await desk.Page.GotoAsync($"{system.Url}/#/settings/account");
        await desk.Page.GetByLabel("Current password").FillAsync(LiveSystem.Password);
        await desk.Page.GetByLabel("New password").FillAsync(Next);
        await desk.Button("Change password").ClickAsync();
        await Expect(desk.Page.GetByText("You are signed out everywhere else")).ToBeVisibleAsync();

        await desk.Button("Set it up").ClickAsync();
        await Expect(desk.Page.GetByRole(AriaRole.Img, new() { Name = "QR code for your authenticator app" })).ToBeVisibleAsync();
        var secret = await desk.Page.Locator(".secret").InnerTextAsync();
        await desk.Page.GetByLabel("Code", new() { Exact = true }).FillAsync("12345");
        await desk.Button("Confirm").ClickAsync();
        await Expect(desk.Page.GetByText("This code is not right")).ToBeVisibleAsync();
        await desk.Page.GetByLabel("Code", new() { Exact = true }).FillAsync(Totp.Code(secret));
        await desk.Button("Confirm").ClickAsync();
        await Expect(desk.Page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(10);
        await desk.Button("I have kept them").ClickAsync();
        await Expect(desk.Page.GetByText("10 recovery codes are left")).ToBeVisibleAsync();

        await using var home = await system.Browser.NewContextAsync();
        var door = await home.NewPageAsync();
        await door.GotoAsync(system.Url);
        await door.GetByLabel("E-mail").FillAsync(email);
        await door.GetByLabel("Password").FillAsync(Next);
        await door.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(door.GetByRole(AriaRole.Alert)).ToContainTextAsync("wrong");

        await using var boss = await system.Browser.NewContextAsync();
        var admin = await AgentDesk.SignIn(boss, system.Url, LiveSystem.AdminEmail);
        await admin.Page.GotoAsync($"{system.Url}/#/settings/team");
        await admin.Button($"Change {name}").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Reset two-step sign-in" }).ClickAsync();
        await Expect(admin.Page.GetByText($"{name} signs in without a code now.")).ToBeVisibleAsync();

        await door.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(door.GetByRole(AriaRole.Group, new() { Name = "Views" })).ToBeVisibleAsync();
        await admin.Button($"Change {name}").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Switch off" }).ClickAsync();
        await Expect(admin.Page.GetByText("switched off")).ToBeVisibleAsync();
    }
}
