using System.Net;
using System.Net.Http.Headers;
using LiveSupport.Browser.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>An administrator lets programs in, watches them being told, and finds how it is done.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class ProgramsTests(LiveSystem system)
{
    [Fact]
    public async Task A_key_is_made_shown_once_used_and_revoked()
    {
        await using var office = await system.Browser.NewContextAsync();
        var desk = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        var name = $"CRM {Guid.NewGuid():N}"[..12];
        await desk.Page.GotoAsync($"{system.Url}/#/settings/api");
        await desk.Button("New key").ClickAsync();
        await desk.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync(name);
        await desk.Button("Make the key").ClickAsync();
        await Expect(desk.Page.GetByText("Choose what the key may do")).ToBeVisibleAsync();
        await desk.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Read the team" }).CheckAsync();
        await desk.Button("Make the key").ClickAsync();
        var key = await desk.Page.GetByRole(AriaRole.Dialog, new() { Name = "Your new key" }).Locator("code").InnerTextAsync();
        await desk.Button("I have kept it").ClickAsync();

        Assert.Equal(HttpStatusCode.OK, await Agents(key));
        await desk.Button($"Revoke {name}").ClickAsync();
        await desk.Button("Revoke").ClickAsync();
        await Expect(desk.Page.GetByText($"“{name}” is revoked.")).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await Agents(key));
    }

    [Fact]
    public async Task A_webhook_is_made_tested_and_told_and_its_attempts_are_shown()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        await using var receiver = builder.Build();
        receiver.Run(http => http.Response.WriteAsync("thank you"));
        await receiver.StartAsync();

        await using var office = await system.Browser.NewContextAsync();
        var desk = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        var name = $"Hook {Guid.NewGuid():N}"[..12];
        await desk.Page.GotoAsync($"{system.Url}/#/settings/webhooks");
        await desk.Button("New webhook").ClickAsync();
        await desk.Page.GetByLabel("Address").FillAsync($"{receiver.Urls.Single()}/in");
        await desk.Page.GetByLabel("Description").FillAsync(name);
        await desk.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Somebody writes a message" }).CheckAsync();
        await desk.Button("Make the webhook").ClickAsync();
        await Expect(desk.Page.GetByRole(AriaRole.Dialog, new() { Name = "The webhook’s secret" }).Locator("code")).ToContainTextAsync("whsec_");
        await desk.Button("I have kept it").ClickAsync();

        await desk.Page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        await desk.Button("Send test event").ClickAsync();
        await Expect(desk.Page.GetByText("Taken: 200")).ToBeVisibleAsync();
        await using var shop = await system.Browser.NewContextAsync();
        await (await VisitorTab.Open(shop, system.Url)).Write("Do you hear me?");
        var attempt = desk.Page.Locator(".attempt", new() { HasText = "message.created" }).First;
        await attempt.Locator("summary").ClickAsync();
        await Expect(attempt.GetByText("thank you")).ToBeVisibleAsync();

        await desk.Button("Remove").ClickAsync();
        await desk.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(desk.Button("New webhook")).ToBeVisibleAsync();
        await Expect(desk.Page.GetByRole(AriaRole.Button, new() { Name = name })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_api_s_page_shows_every_call_and_finds_one()
    {
        await using var context = await system.Browser.NewContextAsync(new() { Permissions = ["clipboard-read", "clipboard-write"] });
        var page = await context.NewPageAsync();
        List<string> errors = [];
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                errors.Add(message.Text);
        };
        await page.GotoAsync($"{system.Url}/docs/api");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Lists conversations" })).ToBeVisibleAsync();
        Assert.True(await page.Locator(".call").CountAsync() >= 30);

        await page.GetByLabel("Find a call").FillAsync("snoozes post");
        await Expect(page.Locator(".call")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy: curl" }).ClickAsync();
        Assert.Contains("/api/v1/conversations/$ID/snooze", await page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);
        await page.GetByLabel("Find a call").FillAsync("nothing like it");
        await Expect(page.GetByText("No call fits")).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    private async Task<HttpStatusCode> Agents(string key)
    {
        using var http = new HttpClient { BaseAddress = new Uri(system.Url), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        return (await http.GetAsync("/api/v1/agents")).StatusCode;
    }
}
