using System.Text;
using System.Text.Json;
using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Tests.Conversations;

/// <summary>The record that each commit writes, of which most is JSON already.</summary>
public sealed class ConversationHeadTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A talk that is written after every change, as it grows, is sealed, fails to be written, and is erased.</summary>
    [Fact]
    public void What_was_written_before_is_written_again_as_if_it_were_new()
    {
        var head = new ConversationHead();
        var state = ConversationState.Unknown("c");
        for (long rev = 1; rev <= 100; rev++)
        {
            var before = state;
            state = Conversation.Apply(state, rev % 3 == 0 ? Read(rev) : Said(rev, state.Seq + 1));
            if (state.Tail.Length > Pages.Length)
                state = state with { Tail = state.Tail.RemoveRange(0, Pages.Length) };
            if (rev % 10 == 0)
            {
                // Nobody was told of it: another takes its place.
                Assert.Equal(Fresh(state), Written(head, state));
                state = Conversation.Apply(before, Said(rev, before.Seq + 1, "something else"));
            }
            Assert.Equal(Fresh(state), Written(head, state));
        }
        var gone = Said(101, state.Seq + 1, "gone");
        state = Conversation.Apply(state, gone with { Entry = gone.Entry with { Kind = EntryKind.System, Code = SystemCodes.Erased } });
        Assert.Equal(Fresh(state), Written(head, state));
        Assert.DoesNotContain("hello", Written(head, state));
    }

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var state = ConversationState.Unknown("c") with { Mode = Mode.HumanInteraction };
        for (long rev = 1; rev <= 40; rev++)
            state = Conversation.Apply(state, rev % 3 == 0 ? Read(rev) : Said(rev, state.Seq + 1));

        var read = JsonSerializer.Deserialize<ConversationHead>(Written(new ConversationHead(), state), StateJson.Options)!.State!;

        Assert.Equal((27, 13), (read.Tail.Length, read.Others.Length));
        Assert.Equal(Fresh(state), Fresh(read));
    }

    private static EntryAdded Said(long rev, long seq, string text = "hello") => new()
    {
        Rev = rev,
        At = Noon,
        Entry = new Entry
        {
            Seq = seq,
            Rev = rev,
            Id = $"m{rev}",
            Kind = EntryKind.Text,
            Author = new Author(AuthorType.Visitor, "v"),
            Text = text,
            At = Noon,
        },
    };

    private static ReadMoved Read(long rev) =>
        new() { Rev = rev, At = Noon, By = new Author(AuthorType.Agent, "mira"), Seq = rev / 2, VisitorEntriesRead = (int)rev / 2 };

    private static string Fresh(ConversationState state) => Written(new ConversationHead(), state);

    private static string Written(ConversationHead head, ConversationState state)
    {
        head.State = state;
        using var bytes = StoredBytes.Of(head);
        return Encoding.UTF8.GetString(bytes.Span);
    }
}
