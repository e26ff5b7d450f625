using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Tests.Conversations;

public sealed class SnapshotReducerTests
{
    private static readonly Reader[] Readers = [Talk.AsMira, new(AuthorType.Agent, "jonas"), Talk.AsVisitor];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Events_on_an_old_snapshot_make_the_fresh_one(int seed)
    {
        var story = new RandomTalk(seed);
        while (!story.Talk.State.Exists)
            story.Step();
        var old = Readers.Select(story.Talk.Snapshot).ToArray();
        var rev = story.Talk.State.Rev;

        for (var step = 0; step < 150; step++)
        {
            story.Step();
            for (var i = 0; i < Readers.Length; i++)
            {
                foreach (var change in story.Talk.Events.Where(e => e.Rev > rev))
                    old[i] = SnapshotReducer.Apply(old[i], Masking.For(Readers[i].Role, change), Readers[i]);
                Assert.Equal(Json(story.Talk.Snapshot(Readers[i])), Json(old[i]));
            }
            rev = story.Talk.State.Rev;
        }
    }

    [Fact]
    public void An_event_that_is_in_it_already_changes_nothing()
    {
        var talk = new Talk();
        talk.Post("m1");
        var snapshot = talk.Snapshot(Talk.AsMira);

        Assert.Same(snapshot, SnapshotReducer.Apply(snapshot, talk.Events[^1], Talk.AsMira));
    }

    [Fact]
    public void A_gap_is_refused()
    {
        var talk = new Talk();
        talk.Post("m1");
        var snapshot = talk.Snapshot(Talk.AsMira);
        talk.Post("m2");
        talk.Post("m3");

        Assert.Throws<ArgumentException>(() => SnapshotReducer.Apply(snapshot, talk.Events[^1], Talk.AsMira));
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    private static string Json(ConversationSnapshot snapshot) => JsonSerializer.Serialize(snapshot, WireJson.Options);
}
