using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Tests.Storage;

/// <summary>What a storage must do that keeps records and rows together: both, or neither.</summary>
public abstract class RowsAlongContract
{
    private readonly string _workspace = $"w{Guid.NewGuid():N}";

    protected abstract IGrainStorage Records { get; }

    protected abstract IConversationStore Rows { get; }

    [Fact]
    public void Says_that_it_does() => Assert.IsAssignableFrom<IKeepsRows>(Records);

    [Fact]
    public async Task A_record_brings_its_row_and_texts()
    {
        var head = Head("c1", rev: 1, "Where is my parcel?");
        await Write("c1", head);

        Assert.Null(head.State!.Row);
        Assert.Equal(1, (await Rows.Find(_workspace, "c1"))?.Rev);
        Assert.Single((await Rows.Search(_workspace, "parcel", 10)).Messages);
        Assert.Equal("c1", Assert.Single((await Rows.Load(_workspace)).Unsolved).Id);
    }

    [Fact]
    public async Task A_refused_record_takes_its_row_with_it()
    {
        await Write("c1", Head("c1", rev: 1, "First"));
        var stale = Head("c1", rev: 2, "Twofold");

        await Assert.ThrowsAsync<InconsistentStateException>(() => Write("c1", stale));

        Assert.Equal(1, (await Rows.Find(_workspace, "c1"))?.Rev);
        Assert.Empty((await Rows.Search(_workspace, "twofold", 10)).Messages);
    }

    [Fact]
    public async Task The_next_record_brings_the_next_row()
    {
        var head = Head("c1", rev: 1, "First");
        await Write("c1", head);
        Bring(head, "c1", rev: 2, "Second");
        await Write("c1", head);

        Assert.Equal(2, (await Rows.Find(_workspace, "c1"))?.Rev);
        Assert.Equal(2, (await Rows.Search(_workspace, "first", 10)).Messages.Count + (await Rows.Search(_workspace, "second", 10)).Messages.Count);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_row_of_the_same_person_is_the_newer_one_and_its_person_still_found(bool said)
    {
        var head = Head("c1", rev: 1, "First", "Ann Other");
        await Write("c1", head);
        Bring(head, "c1", rev: 2, "Second", "Ann Other", samePerson: said);
        head.State!.Row = head.State.Row! with { Write = head.State.Row.Write with { Row = head.State.Row.Write.Row with { Status = Status.Solved } } };
        await Write("c1", head);

        var stored = await Rows.Find(_workspace, "c1");
        Assert.Equal((2, Status.Solved, DateTimeOffset.UnixEpoch.AddMinutes(2)), (stored?.Rev, stored?.Status, stored?.LastAt));
        Assert.Empty((await Rows.Load(_workspace)).Unsolved);
        Assert.Equal(2, Assert.Single((await Rows.Search(_workspace, "Ann", 10)).Conversations).Rev);
        Assert.Single((await Rows.Search(_workspace, "second", 10)).Messages);
    }

    [Fact]
    public async Task A_new_name_is_found_and_the_old_one_not()
    {
        var head = Head("c1", rev: 1, "First", "Ann Other");
        await Write("c1", head);
        Bring(head, "c1", rev: 2, "Second", "Beth Different");
        await Write("c1", head);

        Assert.Empty((await Rows.Search(_workspace, "Other", 10)).Conversations);
        Assert.Single((await Rows.Search(_workspace, "Different", 10)).Conversations);
    }

    [Fact]
    public async Task A_record_without_a_row_changes_none()
    {
        var head = Head("c1", rev: 1, "First");
        await Write("c1", head);
        await Write("c1", head);

        Assert.Equal(1, (await Rows.Find(_workspace, "c1"))?.Rev);
    }

    [Fact]
    public async Task Of_many_at_once_the_refused_ones_spoil_no_other()
    {
        var heads = Enumerable.Range(0, 40).Select(i => (Id: $"c{i}", Head: Head($"c{i}", rev: 1, "First"))).ToList();
        await Task.WhenAll(heads.Select(one => Write(one.Id, one.Head)));
        var next = heads.Select((one, i) =>
        {
            // Every other one comes from a writer that has not seen the record.
            var head = i % 2 == 0 ? one.Head : Head(one.Id, rev: 2, "");
            Bring(head, one.Id, rev: 2, $"word{one.Id}end");
            return (one.Id, Refused: i % 2 != 0, Written: Write(one.Id, head));
        }).ToList();

        foreach (var (id, refused, written) in next)
        {
            var error = await Record.ExceptionAsync(() => written);
            Assert.Equal(refused, error is InconsistentStateException);
            Assert.Equal(refused ? 1 : 2, (await Rows.Find(_workspace, id))?.Rev);
            Assert.Equal(refused ? 0 : 1, (await Rows.Search(_workspace, $"word{id}end", 10)).Messages.Count);
        }
    }

    private GrainState<ConversationHead> Head(string id, long rev, string text, string? name = null)
    {
        var head = new GrainState<ConversationHead>(new ConversationHead { State = ConversationState.Unknown(id) });
        Bring(head, id, rev, text, name);
        return head;
    }

    private void Bring(GrainState<ConversationHead> head, string id, long rev, string text, string? name = null, bool samePerson = false)
    {
        var row = (ConversationState.Unknown(id) with { Rev = rev, Seq = rev, LastAt = DateTimeOffset.UnixEpoch.AddMinutes(rev), Visitor = new Contact($"v-{id}", name) }).Row();
        head.State!.Row = new RowAlong(_workspace, new RowWrite(row, [new IndexedEntry(rev, text, row.LastAt)]), samePerson);
    }

    private Task Write(string id, GrainState<ConversationHead> head) =>
        Records.WriteStateAsync("head", GrainId.Create("conversation", Ids.Key(_workspace, id)), head);
}
