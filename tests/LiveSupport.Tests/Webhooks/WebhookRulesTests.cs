using System.Collections.Immutable;
using System.Text;
using LiveSupport.Contracts;
using LiveSupport.Silo.Webhooks;

namespace LiveSupport.Tests.Webhooks;

/// <summary>What is told, when it is tried again, and how it is signed.</summary>
public sealed class WebhookRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Waits_grow_and_are_spread_by_a_fifth()
    {
        var waits = Enumerable.Range(1, 12).Select(failures => WebhookRules.Delay(failures, 0.5)).ToList();
        Assert.Equal(waits.Order(), waits);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromHours(4)), (waits[0], waits[^1]));
        Assert.Equal((TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6)), (WebhookRules.Delay(1, 0), WebhookRules.Delay(1, 1)));
    }

    [Fact]
    public void A_day_holds_about_ten_tries()
    {
        var (tries, passed) = (1, TimeSpan.Zero);
        while ((passed += WebhookRules.Delay(tries, 0.5)) < WebhookRules.GivenUpAfter)
            tries++;
        Assert.InRange(tries, 10, 16);
    }

    [Fact]
    public void An_endpoint_rests_after_five_failures_and_never_longer_than_some_minutes()
    {
        Assert.All(Enumerable.Range(0, 5), failures => Assert.Null(WebhookRules.Rest(failures, 0.5)));
        Assert.Equal(TimeSpan.FromSeconds(5), WebhookRules.Rest(5, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(10), WebhookRules.Rest(6, 0.5));
        Assert.Equal(TimeSpan.FromMinutes(6), WebhookRules.Rest(1_000_000, 1));
    }

    [Fact]
    public void Each_line_of_the_transcript_is_one_event_and_the_first_says_that_there_is_a_conversation()
    {
        Assert.Equal(["conversation.created c:0", "message.created c:2"], Told(new ModeChanged { Rev = 1, At = Noon, Mode = Mode.HumanInteraction, Epoch = 1 }, Line(1, 2)));
        Assert.Equal(["note.created c:9"], Told(Line(5, 9, EntryKind.Note)));
        Assert.Equal(["conversation.rated c:9"], Told(Line(5, 9, EntryKind.System, SystemCodes.Rated)));
        Assert.Empty(Told(new ReadMoved { Rev = 3, At = Noon, By = new Author(AuthorType.Agent, "a"), Seq = 1, VisitorEntriesRead = 1 }));
        // What a newer version may write is passed over.
        Assert.Empty(Told(Line(5, 9, EntryKind.System, "something-new")));
    }

    [Fact]
    public void A_change_of_status_is_told_once_with_its_line_or_without()
    {
        Assert.Equal(["conversation.solved c:4"], Told(Status(3, Contracts.Status.Solved), Line(5, 4, EntryKind.System, SystemCodes.Solved)));
        Assert.Equal(["conversation.solved c:3"], Told(Status(3, Contracts.Status.Solved)));
        Assert.Equal(["conversation.woke c:3", "message.created c:4"], Told(Status(3, Contracts.Status.Active), Line(5, 4)));
    }

    [Fact]
    public void It_is_signed_as_the_standard_says()
    {
        // The example of standardwebhooks.com.
        var signature = WebhookSignature.Sign(
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek",
            DateTimeOffset.FromUnixTimeSeconds(1614265330), Encoding.UTF8.GetBytes("""{"test": 2432232314}"""));
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    private static StatusChanged Status(long rev, Status status) => new() { Rev = rev, At = Noon, Status = status, Epoch = 1 };

    private static EntryAdded Line(long seq, long rev, EntryKind kind = EntryKind.Text, string? code = null) => new()
    {
        Rev = rev,
        At = Noon,
        Entry = new Entry { Seq = seq, Rev = rev, Id = $"e{seq}", Kind = kind, Author = new Author(AuthorType.Visitor, "v"), Text = "x", At = Noon, Code = code },
    };

    private static IEnumerable<string> Told(params ImmutableArray<ConversationEvent> events) =>
        WebhookEvents.Of("c", events).Select(told => $"{told.Type} {told.Id}");
}
