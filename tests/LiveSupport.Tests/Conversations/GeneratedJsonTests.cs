using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Tests.Conversations;

/// <summary>What generated code writes is what reflection would have written, field by field.</summary>
public sealed class GeneratedJsonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly AgentRef Mira = new("mira", "Mira \"<Ü>\" 漢");
    private static readonly Contact Anna = new("v", "Ánna", "anna@example.com", Verified: true);

    private static readonly Entry FullEntry = new()
    {
        Seq = 7,
        Rev = 9,
        Id = "m-1",
        Kind = EntryKind.Note,
        Author = new Author(AuthorType.Agent, Mira.Id, Mira.Name),
        Text = "<b>\"hé\"</b>\n\u0001 😀",
        At = Noon,
        Attachments = [new Attachment("a", "ä.png", "image/png", 12)],
        Sources = [new Source("Title", "https://example.com/a?b=c&d"), new Source("None", null)],
        Code = SystemCodes.Joined,
        OffersPerson = true,
    };

    private static readonly ConversationState FullState = new()
    {
        Id = "c",
        Rev = 9,
        Seq = 7,
        VisibleSeq = 6,
        Epoch = 3,
        Visitor = Anna,
        Mode = Mode.HumanInteraction,
        Status = Status.Snoozed,
        IsCase = true,
        Owner = Mira,
        Preview = "<p>",
        PreviewBy = new Author(AuthorType.Visitor, "v"),
        StartedAt = Noon,
        LastAt = Noon,
        WaitingSince = Noon,
        SnoozedUntil = Noon,
        SolvedAt = Noon,
        Ended = true,
        VisitorEntries = 4,
        VisitorSeenSeq = 5,
        Reads = ImmutableDictionary<string, ReadMark>.Empty.Add("mira", new ReadMark(6, 3)).Add("ÁÉ", new ReadMark(1, 1)),
        BotContextFrom = 2,
        Owed = [5, 6],
        OwedSince = Noon,
        Undo = new JoinUndo("mira", Mode.Bot, [5], 1),
        LastReply = new AgentReply(Mira, 6, Noon),
        LastReplyByAnother = new AgentReply(new AgentRef("li", "Li"), 5, Noon),
        Rating = new Rating(5, "good"),
        Others =
        [
            new StatusChanged { Rev = 8, At = Noon, Status = Status.Snoozed, Epoch = 3, Until = Noon },
            new OwnerChanged { Rev = 9, At = Noon, Owner = null, Epoch = 3 },
        ],
        OthersFrom = 1,
        Erased = new ErasedMark(3, 1, Noon),
    };

    public static TheoryData<Entry> Entries => [FullEntry, new() { Seq = 1, Rev = 1, Id = "", Kind = EntryKind.Text, Author = new Author(AuthorType.Bot), Text = "", At = Noon }];

    public static TheoryData<ConversationState> States => [FullState, ConversationState.Unknown("c")];

    [Theory]
    [MemberData(nameof(Entries))]
    public void An_entry(Entry entry) => Assert.Equal(Reflected(entry, WireJson.Options), Text(WireJson.Bytes(entry, WireJson.Write)));

    [Theory]
    [MemberData(nameof(States))]
    public void A_row_as_an_agent_sees_it(ConversationState state)
    {
        var row = ConversationSummary.Of(state.Row(), "mira", online: true);

        Assert.Equal(Reflected(row, WireJson.Options), Text(WireJson.Bytes(row, WireJson.Write)));
    }

    [Theory]
    [MemberData(nameof(States))]
    public void A_row_as_it_is_stored(ConversationState state)
    {
        using var stored = StoredBytes.Of(state.Row());

        Assert.Equal(Reflected(state.Row(), StateJson.Options), Text(stored.Span));
    }

    [Theory]
    [MemberData(nameof(States))]
    public void A_conversations_state(ConversationState state) =>
        Assert.Equal(Reflected(state, WireJson.Options), Text(WireJson.Bytes(state, GeneratedStateJson.Default.ConversationState.SerializeHandler!)));

    [Fact]
    public void The_examples_leave_out_no_field()
    {
        foreach (var example in new object[] { FullEntry, FullState, FullState.Row(), ConversationSummary.Of(FullState.Row(), "mira", online: true) })
        {
            foreach (var property in example.GetType().GetProperties().Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Always))
            {
                var value = property.GetValue(example);
                var none = property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null;
                Assert.False(Equals(value, none), $"{example.GetType().Name}.{property.Name} is not in the example.");
            }
        }
    }

    private static string Reflected<T>(T value, JsonSerializerOptions options) => JsonSerializer.Serialize(value, options);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
