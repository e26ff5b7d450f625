using LiveSupport.Browser.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace LiveSupport.Browser;

/// <summary>Pictures and files, from one screen to the other.</summary>
[Collection(LiveSystemCollection.Name)]
public sealed class AttachmentTests(LiveSystem system)
{
    [Fact]
    public async Task A_picture_goes_to_the_agent_and_a_file_comes_back()
    {
        await using var shop = await system.Browser.NewContextAsync();
        await using var office = await system.Browser.NewContextAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        var words = $"The seam is torn {Guid.NewGuid():N}";
        await Choose(visitor.Page, visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Attach files" }), Pictures.Photo);
        await Expect(visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Remove torn seam.png" })).ToBeVisibleAsync();
        await visitor.Write(words);
        await Loaded(visitor.Transcript.GetByRole(AriaRole.Img, new() { Name = "torn seam.png" }));

        var desk = await AgentDesk.SignIn(office, system.Url, await system.AddAgent("Ada"));
        await desk.OpenRowWith(words);
        await Loaded(desk.Transcript.GetByRole(AriaRole.Img, new() { Name = "torn seam.png" }));
        await desk.Button("Show torn seam.png").ClickAsync();
        var preview = desk.Page.GetByRole(AriaRole.Dialog, new() { Name = "torn seam.png" });
        await Expect(preview).ToBeVisibleAsync();
        await desk.Page.Keyboard.PressAsync("Escape");
        await Expect(preview).ToHaveCountAsync(0);
        await Expect(desk.Button("Show torn seam.png")).ToBeFocusedAsync();

        // No word is needed beside a file.
        await Choose(desk.Page, desk.Button("Attach files"), Pictures.Label);
        await Expect(desk.Button("Remove return label.pdf")).ToBeVisibleAsync();
        await desk.Composer.PressAsync("Enter");
        await Expect(desk.Transcript.GetByRole(AriaRole.Link, new() { Name = "return label.pdf" })).ToBeVisibleAsync();

        await visitor.Reload();
        await Loaded(visitor.Transcript.GetByRole(AriaRole.Img, new() { Name = "torn seam.png" }));
        var saved = await visitor.Page.RunAndWaitForDownloadAsync(() =>
            visitor.Transcript.GetByRole(AriaRole.Link, new() { Name = "return label.pdf" }).ClickAsync());
        Assert.Equal("return label.pdf", saved.SuggestedFilename);
        Assert.Equal("%PDF-1.7", await File.ReadAllTextAsync(await saved.PathAsync()));
    }

    [Fact]
    public async Task A_file_beside_an_unsent_message_is_there_after_a_reload_and_goes_with_it()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        var remove = visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Remove torn seam.png" });
        await Choose(visitor.Page, visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Attach files" }), Pictures.Photo);
        await Expect(visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true })).ToBeEnabledAsync();

        await visitor.Reload();
        await Expect(remove).ToBeVisibleAsync();
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Loaded(visitor.Transcript.GetByRole(AriaRole.Img, new() { Name = "torn seam.png" }));

        await visitor.Reload();
        await Expect(visitor.Transcript).ToBeVisibleAsync();
        await Expect(remove).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_file_that_did_not_arrive_says_so_and_can_be_tried_again()
    {
        await using var shop = await system.Browser.NewContextAsync();
        var visitor = await VisitorTab.Open(shop, system.Url);
        await shop.RouteAsync("**/api/widget/attachments*", route => route.AbortAsync());
        await Choose(visitor.Page, visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Attach files" }), Pictures.Photo);
        await Expect(visitor.Chat.GetByText("The connection was lost.")).ToBeVisibleAsync();
        await Expect(visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true })).ToBeDisabledAsync();

        await shop.UnrouteAllAsync();
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Try torn seam.png again" }).ClickAsync();
        await visitor.Chat.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Loaded(visitor.Transcript.GetByRole(AriaRole.Img, new() { Name = "torn seam.png" }));
        await visitor.Shows("I cannot look into files");
    }

    private static async Task Choose(IPage page, ILocator clip, FilePayload file)
    {
        var chooser = await page.RunAndWaitForFileChooserAsync(() => clip.ClickAsync());
        await chooser.SetFilesAsync(file);
    }

    private static async Task Loaded(ILocator picture)
    {
        await Expect(picture).ToBeVisibleAsync();
        await Expect(picture).ToHaveJSPropertyAsync("complete", true);
        await Expect(picture).ToHaveJSPropertyAsync("naturalWidth", 1);
    }
}
