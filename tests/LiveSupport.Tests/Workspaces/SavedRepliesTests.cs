using LiveSupport.Contracts;
using LiveSupport.Silo.Workspaces;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Workspaces;

public sealed class SavedRepliesTests
{
    private static readonly SavedReply Thanks = new("t", "thanks", "Thank you, {{visitor}}.");

    [Theory]
    [InlineData("thanks")]
    [InlineData("refund-2_b")]
    [InlineData("größe")]
    [InlineData("ありがとう")]
    public void Takes_what_can_be_typed_after_the_slash(string shortcut) =>
        Assert.True(SavedReplyRules.With([], Thanks with { Shortcut = shortcut }).Accepted);

    [Theory]
    [InlineData("", "x")]
    [InlineData("two words", "x")]
    [InlineData("Thanks", "x")]
    [InlineData("/thanks", "x")]
    [InlineData("a{b", "x")]
    [InlineData("thanks", " \n")]
    public void Refuses_what_nobody_could_use(string shortcut, string text) =>
        Assert.Equal(Codes.BadRequest, SavedReplyRules.With([], new SavedReply("t", shortcut, text)).Refusal?.Code);

    [Fact]
    public void Has_limits()
    {
        Assert.Equal(Codes.TooLong, SavedReplyRules.With([], Thanks with { Text = new string('a', SavedReplyRules.LongestText + 1) }).Refusal?.Code);
        Assert.Equal(Codes.BadRequest, SavedReplyRules.With([], Thanks with { Shortcut = new string('a', SavedReplyRules.LongestShortcut + 1) }).Refusal?.Code);
        Assert.Equal(Codes.BadRequest, SavedReplyRules.With([], Thanks with { Id = "../x" }).Refusal?.Code);
        var full = Enumerable.Range(0, SavedReplyRules.Most).Select(i => Thanks with { Id = $"r{i}", Shortcut = $"r{i}" });
        Assert.Equal(Codes.TooLong, SavedReplyRules.With([.. full], Thanks).Refusal?.Code);
        Assert.True(SavedReplyRules.With([.. full], Thanks with { Id = "r7", Shortcut = "r7", Text = "other" }).Accepted);
    }

    [Fact]
    public void A_shortcut_belongs_to_one_reply()
    {
        var replies = SavedReplyRules.With(SavedReplyRules.First, Thanks).Value;
        Assert.Equal(replies.Select(reply => reply.Shortcut).Order(StringComparer.Ordinal), replies.Select(reply => reply.Shortcut));
        Assert.Equal(Codes.Conflict, SavedReplyRules.With(replies, Thanks with { Id = "other" }).Refusal?.Code);
        Assert.Equal("new", SavedReplyRules.With(replies, Thanks with { Text = "new" }).Value.Single(reply => reply.Id == "t").Text);
        Assert.Equal("ta", SavedReplyRules.With(replies, Thanks with { Shortcut = "ta" }).Value.Single(reply => reply.Id == "t").Shortcut);
    }

    [Fact]
    public void Those_of_a_new_workspace_are_good() =>
        Assert.All(SavedReplyRules.First, reply => Assert.True(SavedReplyRules.With([.. SavedReplyRules.First.Remove(reply)], reply).Accepted));

    [Fact]
    public async Task What_was_changed_and_removed_stays_so_over_a_restart()
    {
        var silo = await SiloHost.Start();
        try
        {
            Assert.Equal<SavedReply>(SavedReplyRules.First, await Replies().List());
            Assert.True((await Replies().Put(Thanks)).Accepted);
            foreach (var reply in SavedReplyRules.First)
                Assert.True((await Replies().Remove(reply.Id)).Accepted);
            Assert.Equal(Codes.NotFound, (await Replies().Remove("no-such")).Refusal?.Code);

            silo = await silo.Restart();

            Assert.Equal(Thanks, Assert.Single(await Replies().List()));
        }
        finally
        {
            await silo.DisposeAsync();
        }

        ISavedRepliesGrain Replies() => silo.Grains.GetGrain<ISavedRepliesGrain>(SiloHost.Workspace);
    }
}
