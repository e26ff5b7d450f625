using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser.Support;

/// <summary>A tab of the shop, with the chat in it, as its visitor uses it.</summary>
internal sealed class VisitorTab(IPage page)
{
    public IPage Page { get; } = page;

    public IFrameLocator Chat { get; } = page.FrameLocator("iframe");

    public ILocator Transcript => Chat.GetByRole(AriaRole.Log);

    private ILocator Composer => Chat.GetByRole(AriaRole.Textbox, new() { Name = "Write a message" });

    public static async Task<VisitorTab> Open(IBrowserContext context, string url)
    {
        var tab = new VisitorTab(await context.NewPageAsync());
        await tab.Page.GotoAsync(url + "/demo");
        await tab.OpenChat();
        return tab;
    }

    public async Task OpenChat()
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Open chat" }).ClickAsync();
        await Expect(Composer).ToBeVisibleAsync();
    }

    public async Task Write(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
    }

    public async Task Type(string text) => await Composer.PressSequentiallyAsync(text);

    public async Task Reload()
    {
        await Page.ReloadAsync();
        // The widget remembers that it was open; where it does not, open it.
        var open = Page.GetByRole(AriaRole.Button, new() { Name = "Open chat" });
        await Expect(open.Or(Page.GetByRole(AriaRole.Button, new() { Name = "Close chat" }))).ToBeVisibleAsync();
        if (await open.IsVisibleAsync())
            await open.ClickAsync();
        await Expect(Composer).ToBeVisibleAsync();
    }

    public Task Shows(string text) => Expect(Transcript.GetByText(text).First).ToBeVisibleAsync();

    /// <summary>All lines that somebody wrote, in order.</summary>
    public async Task<IReadOnlyList<string>> Bubbles() => await Transcript.Locator(".bubble").AllInnerTextsAsync();
}
