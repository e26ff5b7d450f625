using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser.Support;

/// <summary>The dashboard, as an agent uses it.</summary>
internal sealed class AgentDesk(IPage page)
{
    public IPage Page { get; } = page;

    public ILocator Transcript => Page.GetByRole(AriaRole.Log, new() { Name = "Messages" });

    public ILocator Composer => Page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });

    public static async Task<AgentDesk> SignIn(IBrowserContext context, string url, string email)
    {
        var desk = new AgentDesk(await context.NewPageAsync());
        await desk.Page.GotoAsync(url);
        await desk.Page.GetByLabel("E-mail").FillAsync(email);
        await desk.Page.GetByLabel("Password").FillAsync(LiveSystem.Password);
        await desk.Button("Sign in").ClickAsync();
        await Expect(desk.Page.GetByRole(AriaRole.Group, new() { Name = "Views" })).ToBeVisibleAsync();
        return desk;
    }

    /// <summary>The row of the conversation in which these words were written, once it has appeared.</summary>
    public async Task<ILocator> RowWith(string words)
    {
        var row = Page.Locator($"[data-row='{await ConversationWith(words)}']");
        await Expect(row).ToBeVisibleAsync();
        return row;
    }

    public async Task OpenRowWith(string words)
    {
        await (await RowWith(words)).ClickAsync();
        await Expect(Composer).ToBeVisibleAsync();
    }

    /// <summary>Asks the server's search, with this agent's session, until the words are there.</summary>
    public async Task<string> ConversationWith(string words)
    {
        string? id = null;
        await Until(async () =>
        {
            var answer = await Page.APIRequest.GetAsync($"{new Uri(Page.Url).GetLeftPart(UriPartial.Authority)}/api/search?q={Uri.EscapeDataString(words)}");
            var messages = (await answer.JsonAsync())!.Value.GetProperty("messages");
            id = messages.GetArrayLength() > 0 ? messages[0].GetProperty("conversationId").GetString() : null;
            return id is not null;
        });
        return id!;
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public async Task Write(string text)
    {
        await Composer.PressSequentiallyAsync(text);
        await Composer.PressAsync("Enter");
    }

    public Task Shows(string text) => Expect(Transcript.GetByText(text).First).ToBeVisibleAsync();

    public async Task<IReadOnlyList<string>> Messages() => await Transcript.Locator(".message .text").AllInnerTextsAsync();

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var period = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
            Assert.True(await period.WaitForNextTickAsync(limit.Token));
    }
}
