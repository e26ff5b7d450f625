using LiveSupport.Browser.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>What the chat promises a visitor and the site that embeds it.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class WidgetTests(LiveSystem system)
{
    private static readonly string[] Written = ["first", "second", "third"];

    [Fact]
    public async Task What_was_written_without_a_connection_survives_a_reload_and_arrives_once_in_order()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await shop.RouteAsync("**/api/widget/session", route => route.AbortAsync());
        var visitor = await VisitorTab.Open(shop, system.Url);
        foreach (var text in Written)
            await visitor.Write(text);
        await visitor.Type("a draft");
        await Expect(visitor.Chat.GetByText("Your messages are kept")).ToBeVisibleAsync();

        await visitor.Reload();
        await visitor.Shows("third");
        Assert.Equal(Written, await visitor.Bubbles());
        await Expect(visitor.Chat.GetByRole(AriaRole.Textbox, new() { Name = "Write a message" })).ToHaveValueAsync("a draft");

        await shop.UnrouteAllAsync();
        await Expect(visitor.Transcript.GetByText("Waiting for the connection")).ToHaveCountAsync(0, new() { Timeout = 40_000 });
        await Expect(visitor.Transcript.GetByText("Sending…")).ToHaveCountAsync(0);
        Assert.Equal(Written, await visitor.Transcript.Locator(".bubble.mine").AllInnerTextsAsync());
    }

    [Fact]
    public async Task The_chat_stays_open_from_page_to_page_and_counts_what_came_while_it_was_closed()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write("How long do I have to return something?");
        await visitor.Shows("30 days");

        await visitor.Page.GotoAsync($"{system.Url}/demo/shirt");
        await visitor.Shows("30 days");
        await NothingUnread(visitor.Page);
        // Without a network first, so that the answer cannot come before the chat is closed.
        await shop.SetOfflineAsync(true);
        await visitor.Write("Do you ship to Norway?");
        await visitor.Shows("Waiting for the connection");
        await visitor.Page.Keyboard.PressAsync("Escape");
        await shop.SetOfflineAsync(false);

        await Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Open chat, 1 unread" })).ToBeFocusedAsync();
        Assert.Equal(1, await visitor.Page.EvaluateAsync<int>("LiveSupport('unreadCount')"));
        await visitor.Page.EvaluateAsync("LiveSupport('open')");
        await Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Close chat" })).ToBeVisibleAsync();
        await NothingUnread(visitor.Page);
    }

    [Fact]
    public async Task A_site_drives_the_chat_by_calls_and_hears_its_events()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var page = await shop.NewPageAsync();
        await page.AddInitScriptAsync(
            """
            window.heard = [];
            window.LiveSupport = function () { (LiveSupport.q ??= []).push(arguments); };
            for (const name of ["ready", "open", "close"]) addEventListener(`livesupport:${name}`, () => heard.push(name));
            LiveSupport("on", "open", () => heard.push("on open"));
            LiveSupport("message", "Is the shirt in stock?");
            """);
        await page.GotoAsync($"{system.Url}/demo/shirt");
        var visitor = new VisitorTab(page);
        await Expect(visitor.Chat.GetByRole(AriaRole.Textbox, new() { Name = "Write a message" })).ToHaveValueAsync("Is the shirt in stock?");
        await page.EvaluateAsync("heard.includes('ready') || new Promise(done => LiveSupport('on', 'ready', () => done()))");
        await page.EvaluateAsync("LiveSupport('close')");
        Assert.Equal(["on open", "open", "ready", "close"], await page.EvaluateAsync<string[]>("heard"));

        await page.EvaluateAsync("LiveSupport('hide')");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Open chat" })).ToHaveCountAsync(0);
        await page.EvaluateAsync("LiveSupport('destroy')");
        await Expect(page.Locator("#livesupport")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task After_the_end_comes_a_rating_and_the_next_message_begins_anew()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write("I want to talk to a person");
        await visitor.Shows("A person from our team will join");
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "End this conversation" }).ClickAsync();
        await visitor.Shows("You ended the conversation");
        await visitor.Chat.GetByRole(AriaRole.Radio, new() { Name = "Good", Exact = true }).CheckAsync(new() { Force = true });
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Send rating" }).ClickAsync();
        await visitor.Shows("Thank you for your rating");

        await visitor.Write("How long do I have to return something?");
        await visitor.Shows("30 days");
        await visitor.Shows("You ended the conversation");
        await visitor.Reload();
        await visitor.Shows("30 days");
        await Expect(visitor.Transcript.GetByText("You ended the conversation")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_menu_is_walked_with_the_arrow_keys_and_leads_into_the_card_that_was_asked_for()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        ILocator Button(string name) => visitor.Chat.GetByRole(AriaRole.Button, new() { Name = name });
        var contact = Button("Your name and e-mail");

        await Button("More").PressAsync("Enter");
        await Expect(contact).ToBeFocusedAsync();
        await contact.PressAsync("ArrowDown");
        await Expect(contact).Not.ToBeFocusedAsync();
        await visitor.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(contact).ToBeFocusedAsync();
        await contact.PressAsync("Escape");
        await Expect(Button("More")).ToBeFocusedAsync();

        await Button("More").PressAsync("Enter");
        await contact.PressAsync("Enter");
        await Expect(visitor.Chat.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
        await Button("Not now").PressAsync("Enter");
        await Expect(visitor.Transcript).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_page_of_a_site_that_is_not_allowed_is_told_so()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var page = await shop.NewPageAsync();
        await using var site = await Elsewhere($"<!doctype html><title>x</title><script src=\"{system.Url}/widget.js\" data-site-key=\"default\"></script><body>");
        var origin = site.Urls.Single();
        await page.Clock.InstallAsync();
        await page.GotoAsync(origin);
        await page.EvaluateAsync("addEventListener('livesupport:error', event => window.said = event.detail.sentence); LiveSupport('open')");
        await page.Clock.RunForAsync(16_000);
        Assert.Contains($"does not allow {origin}", await page.EvaluateAsync<string>("said"), StringComparison.Ordinal);
        await Expect(page.Locator("iframe")).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Open chat" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_chat_speaks_the_language_of_the_page_or_the_one_that_the_site_names()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var page = await shop.NewPageAsync();
        await page.RouteAsync("**/demo", async route =>
        {
            var html = await (await route.FetchAsync()).TextAsync();
            await route.FulfillAsync(new() { ContentType = "text/html", Body = html.Replace("<html lang=\"en\"", "<html lang=\"de-AT\"", StringComparison.Ordinal) });
        });
        await page.GotoAsync(system.Url + "/demo");
        var chat = page.FrameLocator("iframe");
        await page.GetByRole(AriaRole.Button, new() { Name = "Chat öffnen" }).ClickAsync();
        var composer = chat.GetByRole(AriaRole.Textbox, new() { Name = "Nachricht schreiben" });
        await composer.FillAsync("How long do I have to return something?");
        await composer.PressAsync("Enter");
        await Expect(chat.GetByRole(AriaRole.Button, new() { Name = "Mit einem Menschen sprechen" })).ToBeVisibleAsync();
        await Expect(chat.Locator("html")).ToHaveAttributeAsync("lang", "de");

        await page.EvaluateAsync("LiveSupport('update', { locale: 'ar' })");
        await Expect(chat.GetByRole(AriaRole.Button, new() { Name = "التحدث إلى شخص" })).ToBeVisibleAsync();
        await Expect(chat.Locator("html")).ToHaveAttributeAsync("dir", "rtl");
        await page.EvaluateAsync("LiveSupport('update', { locale: 'xx' })");
        await Expect(chat.GetByRole(AriaRole.Button, new() { Name = "Talk to a person" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Close chat" })).ToBeVisibleAsync();
    }

    private static Task NothingUnread(IPage page) => page.EvaluateAsync(
        """
        new Promise(done => {
          const look = () => { if (LiveSupport("unreadCount") === 0) done(); };
          LiveSupport("on", "unread", look);
          look();
        })
        """);

    /// <summary>A site of another origin, of one page.</summary>
    private static async Task<WebApplication> Elsewhere(string html)
    {
        var site = WebApplication.CreateSlimBuilder().Build();
        site.Urls.Add("http://127.0.0.1:0");
        site.MapGet("/", () => Results.Content(html, "text/html"));
        await site.StartAsync();
        return site;
    }
}
