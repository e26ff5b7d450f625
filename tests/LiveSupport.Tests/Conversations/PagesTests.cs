using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;
using LiveSupport.Tests.Engine;

namespace LiveSupport.Tests.Conversations;

/// <summary>What of a long conversation stays in memory while it goes on.</summary>
public class PagesTests
{
    private const int Written = 40;

    private readonly ShelfStorage _stored = new();
    private readonly Talk _talk = new();
    private readonly Pages _pages;

    public PagesTests() => _pages = new Pages(_stored, GrainId.Create("conversation", "default/c1"));

    [Fact]
    public async Task A_conversation_that_goes_on_for_long_keeps_its_newest_pages_only()
    {
        var state = await SayPages();

        var newest = await _pages.Newest(state, long.MaxValue, 50, _ => true);
        Assert.Equal(Enumerable.Range((int)state.Seq - 49, 50), newest.Entries.Select(entry => (int)entry.Seq));
        Assert.Equal(0, _stored.Reads);

        Assert.Equal(5, await _pages.VisitorEntriesUpTo(state, 5));
        Assert.Equal(1, _stored.Reads);
    }

    [Fact]
    public async Task What_is_read_of_long_ago_does_not_take_the_place_of_what_is_newest()
    {
        var state = await SayPages();

        Assert.Equal("m3", (await _pages.Find(state, "m3"))?.Id);
        Assert.Equal(state.Seq, (await _pages.After(state, rev: 0)).Length);

        var before = _stored.Reads;
        await _pages.Newest(state, long.MaxValue, 50, _ => true);
        Assert.Equal(before, _stored.Reads);
    }

    /// <summary>As the grain does it: a full page is sealed before the next message is written.</summary>
    private async Task<ConversationState> SayPages()
    {
        var tail = 0;
        for (var i = 1; i <= Written * Pages.Length; i++)
        {
            _talk.Post($"m{i}");
            var moved = await _pages.Seal(_talk.State with { Tail = _talk.State.Tail[tail..] });
            tail += moved;
        }
        return _talk.State with { Tail = _talk.State.Tail[tail..] };
    }
}
