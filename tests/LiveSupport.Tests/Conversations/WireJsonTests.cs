using System.Text.Json;
using System.Text.Json.Nodes;
using LiveSupport.Contracts;

namespace LiveSupport.Tests.Conversations;

/// <summary>The names of the protocol, as they stand on the wire.</summary>
public sealed class WireJsonTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_kind_of_event_has_its_public_shape()
    {
        Is("""{"kind":"mode","mode":"human_interaction","epoch":3}""", new ModeChanged { Rev = 7, At = At, Mode = Mode.HumanInteraction, Epoch = 3 });
        Is("""{"kind":"status","status":"snoozed","epoch":3,"until":"2026-03-02T10:00:00+00:00"}""",
            new StatusChanged { Rev = 7, At = At, Status = Status.Snoozed, Epoch = 3, Until = At.AddHours(1) });
        Is("""{"kind":"owner","owner":{"id":"mira","name":"Mira"},"epoch":3}""", new OwnerChanged { Rev = 7, At = At, Owner = Talk.Mira, Epoch = 3 });
        Is("""{"kind":"owner","owner":null,"epoch":3}""", new OwnerChanged { Rev = 7, At = At, Epoch = 3 });
        Is("""{"kind":"read","by":{"type":"agent","id":"mira"},"seq":5,"visitorEntriesRead":2}""",
            new ReadMoved { Rev = 7, At = At, By = new Author(AuthorType.Agent, "mira"), Seq = 5, VisitorEntriesRead = 2 });
        Is("""{"kind":"contact","visitor":{"id":"v1","name":"Kim","verified":false}}""", new ContactChanged { Rev = 7, At = At, Visitor = Talk.Visitor });
        Is("""{"kind":"hidden"}""", new Hidden { Rev = 7, At = At });
        Is("""{"kind":"entry","entry":{"seq":2,"rev":7,"id":"m1","kind":"text","author":{"type":"visitor","id":"v1"},"text":"<b>ä</b>","at":"2026-03-02T09:00:00+00:00","offersPerson":false}}""",
            new EntryAdded { Rev = 7, At = At, Entry = Message(EntryKind.Text) });
    }

    [Fact]
    public void Events_come_back_from_the_wire_as_they_were()
    {
        var story = new RandomTalk(3);
        for (var step = 0; step < 100; step++)
            story.Step();

        foreach (var change in story.Talk.Events)
        {
            var json = JsonSerializer.Serialize(new WireEvent("c1", change), WireJson.Options);
            var back = JsonSerializer.Deserialize<WireEvent>(json, WireJson.Options)!;
            Assert.Equal(("c1", change), (back.ConversationId, back.Event));
        }
    }

    [Fact]
    public void Nobodys_conversation_says_so()
    {
        var talk = new Talk();
        talk.Post("m1");
        var summary = JsonNode.Parse(JsonSerializer.Serialize(talk.Snapshot(Talk.AsMira).Summary, WireJson.Options))!.AsObject();

        Assert.True(summary.ContainsKey("owner"));
        Assert.Null(summary["owner"]);
        Assert.False(summary.ContainsKey("waitingSince"));
    }

    [Theory]
    [InlineData("""{"kind":"mode","rev":1}""")]
    [InlineData("""{"kind":"nothing we know","conversationId":"c1","rev":1,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""[]""")]
    public void What_is_no_event_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<WireEvent>(json, WireJson.Options));

    [Fact]
    public void A_visitor_sees_that_something_happened_among_agents_but_not_what()
    {
        ConversationEvent[] told =
        [
            new EntryAdded { Rev = 7, At = At, Entry = Message(EntryKind.Note) },
            new EntryAdded { Rev = 7, At = At, Entry = Message(EntryKind.System) with { Code = SystemCodes.Assigned } },
        ];

        Assert.All(told, change => Assert.Equal(new Hidden { Rev = 7, At = At }, Masking.For(AuthorType.Visitor, change)));
        Assert.All(told, change => Assert.Same(change, Masking.For(AuthorType.Agent, change)));
        var joined = new EntryAdded { Rev = 7, At = At, Entry = Message(EntryKind.System) with { Code = SystemCodes.Joined } };
        Assert.Same(joined, Masking.For(AuthorType.Visitor, joined));
    }

    private static Entry Message(EntryKind kind) => new()
    {
        Seq = 2,
        Rev = 7,
        Id = "m1",
        Kind = kind,
        Author = new Author(AuthorType.Visitor, "v1"),
        Text = "<b>ä</b>",
        At = At,
    };

    private static void Is(string expected, ConversationEvent change)
    {
        var whole = JsonNode.Parse(expected)!.AsObject();
        (whole["conversationId"], whole["rev"], whole["at"]) = ("c1", 7, "2026-03-02T09:00:00+00:00");
        var actual = JsonNode.Parse(JsonSerializer.Serialize(new WireEvent("c1", change), WireJson.Options));
        Assert.True(JsonNode.DeepEquals(whole, actual), actual!.ToJsonString());
    }
}
