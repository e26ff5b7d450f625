using System.Security.Cryptography;
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
    public async Task Where_only_known_customers_may_chat_the_widget_asks_to_sign_in_and_then_begins()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.Page.GotoAsync($"{system.Url}/#/settings/widget");
        var onlyKnown = agent.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Only known customers may chat" });
        await onlyKnown.CheckAsync();
        await Expect(agent.Page.GetByText("Everybody else is asked to sign in first.")).ToBeVisibleAsync();
        try
        {
            var page = await shop.NewPageAsync();
            await page.GotoAsync($"{system.Url}/demo");
            await page.GetByRole(AriaRole.Button, new() { Name = "Open chat" }).ClickAsync();
            var chat = page.FrameLocator("iframe");
            await Expect(chat.GetByText("Please sign in on this site to chat with us.")).ToBeVisibleAsync();

            await chat.GetByRole(AriaRole.Button, new() { Name = "Close chat" }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as Anna" }).ClickAsync();
            await new VisitorTab(page).OpenChat();
            await Expect(chat.GetByText("Please sign in on this site to chat with us.")).ToHaveCountAsync(0);
        }
        finally
        {
            await onlyKnown.UncheckAsync();
            await Expect(agent.Page.GetByText("Everybody may chat.")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task A_shared_secret_is_shown_once_and_stays_when_other_settings_change()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.Page.GotoAsync($"{system.Url}/#/settings/widget");
        await agent.Button("Make a new one").ClickAsync();
        await agent.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Make a new one" }).ClickAsync();
        var shown = agent.Page.GetByRole(AriaRole.Dialog, new() { Name = "Your shared secret" });
        var secret = await shown.Locator("code").InnerTextAsync();
        await shown.GetByRole(AriaRole.Button, new() { Name = "I have kept it" }).ClickAsync();

        await agent.Page.GetByLabel("Greeting").FillAsync($"Hi! {Guid.NewGuid():N}");
        await agent.Button("Save").ClickAsync();
        await Expect(agent.Page.GetByText("Widgets that open from now on use it.")).ToBeVisibleAsync();

        var settings = await agent.Page.APIRequest.GetAsync($"{system.Url}/api/settings");
        Assert.DoesNotContain(secret, await settings.TextAsync(), StringComparison.Ordinal);
        Assert.True((await settings.JsonAsync())!.Value.GetProperty("hasIdentitySecret").GetBoolean());
        // The demo shop signs with it.
        var page = await shop.NewPageAsync();
        await page.GotoAsync($"{system.Url}/demo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as Anna" }).ClickAsync();
        var session = page.WaitForResponseAsync("**/api/widget/session");
        await new VisitorTab(page).OpenChat();
        Assert.True((await (await session).JsonAsync())!.Value.GetProperty("visitor").GetProperty("verified").GetBoolean());
    }

    [Fact]
    public async Task A_public_key_is_added_and_removed_and_a_private_one_is_not_taken()
    {
        await using var office = await system.Browser.NewContextAsync();
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.Page.GotoAsync($"{system.Url}/#/settings/widget");
        using var pair = RSA.Create(2_048);
        await agent.Button("Add a public key").ClickAsync();
        await agent.Page.GetByLabel("Key id").FillAsync("browser-test");
        var pem = agent.Page.GetByLabel("Public key (PEM)");
        await pem.FillAsync(pair.ExportPkcs8PrivateKeyPem());
        await agent.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(agent.Page.GetByText("is a private key: keep it")).ToBeVisibleAsync();
        await pem.FillAsync(pair.ExportSubjectPublicKeyInfoPem());
        await agent.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();

        await agent.Button("Remove the public key browser-test").ClickAsync();
        await agent.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(agent.Page.GetByText("Public key browser-test")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_shops_customer_signs_in_and_is_verified_until_she_signs_out()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var mark = $"fit{Guid.NewGuid():N}"[..12];
        var page = await shop.NewPageAsync();
        await page.GotoAsync($"{system.Url}/demo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as Anna" }).ClickAsync();
        // A page further she still is.
        await page.GotoAsync($"{system.Url}/demo/shirt");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Anna Berger · Sign out" })).ToBeVisibleAsync();
        await page.CloseAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"It is too tight {mark}");

        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.OpenRowWith(mark);
        var insights = agent.Page.GetByRole(AriaRole.Complementary, new() { Name = "Customer insights" });
        await Expect(insights.GetByText("anna.berger@example.com")).ToBeVisibleAsync();
        await Expect(insights.GetByText("verified", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(insights.GetByText("€812")).ToBeVisibleAsync();
        await Expect(insights.GetByText("E-mail not verified.")).ToHaveCountAsync(0);

        // On a low screen the open chat covers the shop's corner.
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Close chat" }).First.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Anna Berger · Sign out" }).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in as Anna" })).ToBeVisibleAsync();
        // Whoever sits there next does not read what she wrote.
        await visitor.OpenChat();
        await Expect(visitor.Transcript.GetByText(mark)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_provider_that_fails_hides_no_other_and_says_how_old_its_cards_are()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var mark = $"away{Guid.NewGuid():N}"[..12];
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Page.EvaluateAsync("LiveSupport('identify', { email: 'anna.berger@example.com' })");
        await visitor.Write($"Where is my order {mark}");
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.OpenRowWith(mark);
        var insights = agent.Page.GetByRole(AriaRole.Complementary, new() { Name = "Customer insights" });
        await Expect(insights.GetByText("€812")).ToBeVisibleAsync();
        await Expect(insights.GetByText("€64.00 · Paid")).ToBeVisibleAsync();
        var id = (await (await agent.Page.APIRequest.GetAsync($"{system.Url}/api/conversations/{await agent.ConversationWith(mark)}")).JsonAsync())!.Value
            .GetProperty("summary").GetProperty("visitor").GetProperty("id").GetString();
        try
        {
            await Play("shopify", "5xx");
            await Play("zendesk", "revoked");
            await Changed("POST", $"/api/visitors/{id}/integrations/refresh");

            await Expect(insights.GetByText("unavailable, showing data from").First).ToBeVisibleAsync();
            await Expect(insights.GetByText("Zendesk refused our sign-in")).ToBeVisibleAsync();
            await Expect(insights.GetByText("€812")).ToBeVisibleAsync();
            await Expect(insights.GetByRole(AriaRole.Link, new() { Name = "Reschedule" })).ToBeVisibleAsync();
            await Expect(insights.GetByText("Gold")).ToBeVisibleAsync();

            await agent.Page.GotoAsync($"{system.Url}/#/settings/integrations");
            var zendesk = agent.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Zendesk" });
            await zendesk.GetByRole(AriaRole.Button, new() { Name = "Test connection" }).ClickAsync();
            await Expect(zendesk.GetByText("its token or secret is wrong, expired or revoked")).ToBeVisibleAsync();
            await Expect(zendesk.GetByText("failing")).ToBeVisibleAsync();
            var calendly = agent.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Calendly" });
            await Expect(calendly.GetByText("calls left")).ToBeVisibleAsync();
        }
        finally
        {
            await Play("shopify", "ok");
            await Play("zendesk", "ok");
        }

        Task Play(string provider, string mode) => Changed("PUT", $"/fakes/{provider}/mode/{mode}");

        async Task Changed(string method, string path) => Assert.True((await agent.Page.APIRequest.FetchAsync(
            system.Url + path, new() { Method = method, Headers = [new("X-LiveSupport", "1")] })).Ok);
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

    [Fact]
    public async Task A_person_is_erased_before_everybodys_eyes()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var mark = $"gone{Guid.NewGuid():N}"[..12];
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Page.EvaluateAsync("LiveSupport('identify', { name: 'Zora Quist', email: 'anna.berger@example.com' })");
        await visitor.Write($"My secret is {mark}");
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.OpenRowWith(mark);
        var insights = agent.Page.GetByRole(AriaRole.Complementary, new() { Name = "Customer insights" });
        await Expect(insights.GetByText("€812")).ToBeVisibleAsync();
        var conversation = await agent.ConversationWith(mark);

        await insights.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await insights.GetByRole(AriaRole.Menuitem, new() { Name = "Erase this person…" }).ClickAsync();
        var dialog = agent.Page.GetByRole(AriaRole.Dialog, new() { Name = "Erase this person" });
        await Expect(dialog.GetByText("Erase Zora Quist?")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();

        await Expect(agent.Page.GetByText("Erased: 1 conversation, 0 files.")).ToBeVisibleAsync();
        await Expect(insights.GetByText("This person was erased")).ToBeVisibleAsync();
        await agent.Shows("You erased this person");
        await Expect(agent.Page.GetByText(mark)).ToHaveCountAsync(0);
        await Expect(agent.Page.GetByText("Zora Quist")).ToHaveCountAsync(0);
        await Expect(agent.Page.GetByText("€812")).ToHaveCountAsync(0);
        await Expect(agent.Composer).ToHaveCountAsync(0);
        await Expect(agent.Page.Locator($"[data-row='{conversation}']")).ToHaveCountAsync(0);

        // The open chat begins anew, as somebody unknown.
        await Expect(visitor.Transcript.GetByText(mark)).ToHaveCountAsync(0);
        await visitor.Write($"Hello again {mark}");
        await visitor.Shows($"Hello again {mark}");
        Assert.NotEqual(conversation, await agent.ConversationWith(mark));
    }

    [Fact]
    public async Task Whom_the_shop_still_vouches_for_begins_anew_after_an_erasure()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var mark = $"left{Guid.NewGuid():N}"[..12];
        var page = await shop.NewPageAsync();
        await page.GotoAsync($"{system.Url}/demo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as Anna" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Anna Berger · Sign out" })).ToBeVisibleAsync();
        await page.CloseAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        await visitor.Write($"My secret is {mark}");
        var agent = await AgentDesk.SignIn(office, system.Url, LiveSystem.AdminEmail);
        await agent.OpenRowWith(mark);
        var insights = agent.Page.GetByRole(AriaRole.Complementary, new() { Name = "Customer insights" });

        await insights.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await insights.GetByRole(AriaRole.Menuitem, new() { Name = "Erase this person…" }).ClickAsync();
        await agent.Page.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();

        await Expect(visitor.Transcript.GetByText(mark)).ToHaveCountAsync(0);
        await visitor.Write($"Hello again {mark}");
        await visitor.Shows($"Hello again {mark}");
    }
}
