using System.Runtime.CompilerServices;
using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Tests.Conversations;

/// <summary>
/// The stories in web/shared/fixtures, on which the reducers of both languages are held to the same result. They are
/// made here: run this test with LIVESUPPORT_WRITE_FIXTURES=1 after a change of the rules, and commit them.
/// </summary>
public sealed class FixtureTests
{
    [Theory]
    [InlineData("by-hand")]
    [InlineData("random")]
    public void The_fixtures_are_what_the_server_says_today(string name)
    {
        var path = Path.Combine(Folder(), $"{name}.json");
        var today = JsonSerializer.Serialize(name == "random" ? Random() : ByHand(), new JsonSerializerOptions(WireJson.Options) { WriteIndented = true }) + "\n";
        if (Environment.GetEnvironmentVariable("LIVESUPPORT_WRITE_FIXTURES") == "1")
        {
            Directory.CreateDirectory(Folder());
            File.WriteAllText(path, today);
        }

        Assert.Equal(today, File.ReadAllText(path));
    }

    private static IEnumerable<Fixture> ByHand() =>
    [
        .. Told("the bot answers", talk => { }, talk =>
        {
            talk.Post("m2", "Where is my order?");
            talk.BotReply(talk.State.Epoch, talk.State.Seq);
        }),
        .. Told("an agent joins by replying", talk => { }, talk => talk.Reply(Talk.Mira, "a1")),
        .. Told("a visitor waits for a person", talk => talk.TalkToHuman(), talk => talk.Post("m2", "Anybody there?")),
        .. Told("an agent joins whom the bot has answered", talk => talk.BotReply(talk.State.Epoch, 1), talk => talk.Join(Talk.Mira)),
        .. Told("answered by the bot a visitor asks for a person", talk => talk.BotReply(talk.State.Epoch, 1), talk => talk.TalkToHuman()),
        .. Told("a solved talk with the bot is assigned", talk => talk.Solve(Talk.Mira), talk => talk.Assign(Talk.Mira, Talk.Jonas)),
        .. Told("a note and a snooze are the agents' own", talk => talk.Join(Talk.Mira), talk =>
        {
            talk.Reply(Talk.Mira, "n1", "Rude on the phone", note: true);
            talk.Snooze(Talk.Mira, TimeSpan.FromHours(1));
        }),
        .. Told("each agent has its own unread count", talk => talk.TalkToHuman(), talk =>
        {
            talk.Post("m2");
            talk.Seen(new Reader(AuthorType.Agent, Talk.Jonas.Id), talk.State.Seq);
            talk.Post("m3");
            talk.Seen(Talk.AsMira, talk.State.Seq - 1);
            talk.Seen(Talk.AsVisitor, 1);
        }),
        .. Told("an agent marks it unread", talk => talk.Seen(Talk.AsMira, 1), talk =>
        {
            talk.Post("m2");
            talk.Seen(Talk.AsMira, talk.State.Seq);
            talk.MarkUnread(Talk.Mira, 1);
        }),
        .. Told("solved and taken up again", talk => talk.Reply(Talk.Mira, "a1"), talk =>
        {
            talk.Solve(Talk.Mira);
            talk.Rate(5, "Quick!");
            talk.Post("m2", "One more thing");
        }),
        .. Told("handed back to the bot", talk => talk.Reply(Talk.Mira, "a1"), talk => talk.HandToBot(Talk.Mira)),
        .. Told("the visitor says who it is", talk => { }, talk => talk.SetContact(Talk.Visitor with { Name = "Kim Lee", Email = "kim@example.com" })),
        .. Told("the person is erased", talk => talk.Reply(Talk.Mira, "a1"), talk =>
        {
            talk.Post("m2", "My number is 555 0123");
            talk.Erase(Talk.Mira);
        }),
        .. Told("the bot is asked again", talk => { }, talk =>
        {
            talk.Pass(TimeSpan.FromMinutes(1));
            talk.Due();
        }),
    ];

    private static IEnumerable<Fixture> Random() => Enumerable.Range(1, 6).SelectMany(seed =>
    {
        var story = new RandomTalk(seed);
        return Told($"random {seed}", _ => Steps(5), _ => Steps(25), story.Talk);

        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
                story.Step();
        }
    });

    private static IEnumerable<Fixture> Told(string name, Action<Talk> first, Action<Talk> then, Talk? told = null)
    {
        var talk = told ?? new Talk();
        talk.Post("m1", "Hello");
        first(talk);
        talk.Pass(TimeSpan.FromSeconds(30));
        Reader[] readers = [Talk.AsMira, Talk.AsVisitor];
        var before = readers.Select(talk.Snapshot).ToArray();
        var known = talk.Events.Count;
        then(talk);
        return readers.Select((reader, i) => new Fixture(
            name,
            reader.Role,
            reader.Id,
            before[i],
            [.. talk.Events.Skip(known).Select(e => new WireEvent(talk.State.Id, Masking.For(reader.Role, e)))],
            talk.Snapshot(reader)));
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../web/shared/fixtures"));

    /// <param name="Reader">Who looks; <paramref name="ReaderId"/> is whose unread count it is.</param>
    private sealed record Fixture(
        string Name,
        AuthorType Reader,
        string ReaderId,
        ConversationSnapshot Before,
        WireEvent[] Events,
        ConversationSnapshot After);
}
