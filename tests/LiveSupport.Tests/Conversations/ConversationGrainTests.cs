using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;
using LiveSupport.Silo.Workspaces;

namespace LiveSupport.Tests.Conversations;

/// <summary>The grain between its stores: what is acknowledged is there, what is refused can be sent again.</summary>
public abstract class ConversationGrainTests(bool rowsApart) : IAsyncLifetime
{
    private protected FaultySilo _silo = null!;

    private IConversationGrain Grain => _silo.Conversation();

    public async Task InitializeAsync() => _silo = await FaultySilo.Start(rowsApart);

    public Task DisposeAsync() => _silo.DisposeAsync().AsTask();

    [Fact]
    public async Task What_is_acknowledged_outlives_the_process_and_stands_in_the_queue()
    {
        var posted = Value(await Post("m1", "Where is my parcel?"));
        await _silo.Restart();

        var entry = Assert.Single(Value(await Grain.Snapshot(Talk.AsMira)).Entries);
        Assert.Equal((posted.Seq, posted.Rev, "m1"), (entry.Seq, entry.Rev, entry.Id));
        var row = await _silo.Store.Find(DefaultWorkspace.Id, "c1");
        Assert.Equal("Where is my parcel?", row?.Preview);
        Assert.Single((await _silo.Store.Search(DefaultWorkspace.Id, "parcel", 10)).Messages);
    }

    [Fact]
    public async Task Nothing_is_known_of_a_conversation_that_never_began_or_is_somebody_elses()
    {
        var stranger = new Reader(AuthorType.Visitor, "v2");
        Assert.Equal(Codes.NotFound, (await Grain.Snapshot(Talk.AsMira)).Refusal?.Code);
        Assert.Null(await Grain.Row());
        await Post("m1");

        Assert.Equal(Codes.NotFound, (await Grain.Snapshot(stranger)).Refusal?.Code);
        Assert.Equal(Codes.NotFound, (await Grain.Sync(stranger, 0)).Refusal?.Code);
        Assert.Equal(Codes.NotFound, (await Grain.Entries(stranger, null, 10)).Refusal?.Code);
        Assert.Equal(Codes.NotFound, (await Grain.End("v2")).Refusal?.Code);
    }

    [Fact]
    public async Task A_write_that_fails_is_refused_and_may_be_tried_again()
    {
        await Post("m1");
        _silo.Faults.BeforeWrite = Faults.Once("head");

        Assert.Equal(Codes.Unavailable, (await Post("m2")).Refusal?.Code);
        Assert.Single(Value(await Grain.Snapshot(Talk.AsMira)).Entries);
        Assert.Equal(2, Value(await Post("m2")).Seq);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_not_done_twice()
    {
        await Post("m1");
        _silo.Faults.AfterWrite = Faults.Once("head");

        Assert.Equal(Codes.Unavailable, (await Post("m2")).Refusal?.Code);
        Assert.Equal(2, Value(await Post("m2")).Seq);
        Assert.Equal(2, Value(await Grain.Snapshot(Talk.AsMira)).Entries.Length);
        Assert.Equal(2, (await _silo.Store.Find(DefaultWorkspace.Id, "c1"))?.Seq);
    }

    [Fact]
    public async Task A_retry_of_any_message_is_recognised_however_old()
    {
        var first = new Dictionary<string, Posted>();
        for (var i = 1; i <= 3 * Pages.Length; i++)
            first[$"m{i}"] = Value(await Post($"m{i}", $"Message {i}"));
        await _silo.Restart();

        foreach (var (id, posted) in first)
            Assert.Equal(posted, Value(await Post(id, $"Message {posted.Seq}")));
        Assert.Equal(Codes.Conflict, (await Post("m1", "Something else")).Refusal?.Code);
        Assert.Equal(first.Count, (await Grain.Row())?.Seq);
    }

    [Fact]
    public async Task A_crash_between_the_page_and_the_head_leaves_every_entry_in_one_place()
    {
        for (var i = 1; i <= Pages.Length; i++)
            await Post($"m{i}");
        _silo.Faults.BeforeWrite = Faults.Once("head");
        Assert.Equal(Codes.Unavailable, (await Post("next")).Refusal?.Code);

        Assert.Equal(Pages.Length + 1, Value(await Post("next")).Seq);
        Assert.Equal(Enumerable.Range(1, Pages.Length + 1), (await All(Talk.AsMira)).Select(entry => (int)entry.Seq));
    }

    [Fact]
    public async Task What_is_erased_is_in_no_record_and_whoever_is_behind_gets_what_is_left()
    {
        for (var i = 1; i <= 3 * Pages.Length; i++)
            await Post($"m{i}", "zebra");
        var rev = (await Grain.Row())!.Rev;
        var at = DateTimeOffset.UnixEpoch;

        var erased = Value(await Grain.Erase(Talk.Visitor.Id, Talk.Mira, at));
        Assert.Equal(new ErasedConversation(at, 3 * Pages.Length, 0), erased);
        Assert.Equal(erased, Value(await Grain.Erase(Talk.Visitor.Id, Talk.Jonas, at.AddDays(1))));
        Assert.Equal(Codes.NotFound, (await Grain.Erase("another", Talk.Mira, at)).Refusal?.Code);
        await _silo.Restart();

        Assert.Equal(erased.Entries + 1, Assert.Single(await All(Talk.AsMira)).Seq);
        Assert.Equal(SystemCodes.Erased, Assert.Single(Value(await Grain.Sync(Talk.AsMira, rev)).Snapshot!.Entries).Code);
        Assert.Equal(SystemCodes.Erased, Assert.Single(Value(await Grain.Entries(Talk.AsMira, 3, 10)).Entries).Code);
        Assert.True((await Grain.Seen(Talk.AsMira, 2)).Accepted);
        Assert.True((await Grain.Seen(Talk.AsMira, erased.Entries + 1)).Accepted);
        Assert.Equal(0, (await Grain.Row())!.UnreadFor("jonas"));
        Assert.Equal(Codes.NotFound, (await Post("m1", "zebra")).Refusal?.Code);
    }

    [Fact]
    public async Task Old_pages_are_read_page_by_page_and_without_notes_for_the_visitor()
    {
        for (var i = 1; i <= 60; i++)
        {
            await Post($"m{i}");
            if (i % 5 == 0)
                await Grain.Reply(new AgentMessage { ClientId = $"n{i}", Text = "Note", Agent = Talk.Mira, IsNote = true });
        }

        Assert.Equal(72, (await All(Talk.AsMira)).Count);
        Assert.Equal(60, (await All(Talk.AsVisitor)).Count);
        Assert.DoesNotContain(await All(Talk.AsVisitor), entry => entry.Kind == EntryKind.Note);
        Assert.True(Value(await Grain.Snapshot(Talk.AsVisitor)).HasMore);
    }

    [Fact]
    public async Task Whoever_is_behind_gets_every_event_or_a_snapshot()
    {
        await Post("m1");
        await Grain.Join(Talk.Mira);
        for (var i = 2; i <= 40; i++)
        {
            await Post($"m{i}");
            await Grain.Reply(new AgentMessage { ClientId = $"n{i}", Text = "Note", Agent = Talk.Mira, IsNote = true });
        }
        var rev = (await Grain.Row())!.Rev;

        for (var from = 0; from <= rev; from++)
        {
            var caught = Value(await Grain.Sync(Talk.AsVisitor, from)).Events!.Value;
            Assert.Equal(Enumerable.Range(from + 1, (int)rev - from), caught.Select(e => (int)e.Rev));
            Assert.DoesNotContain(caught, e => e is EntryAdded { Entry.Kind: EntryKind.Note });
        }
        Assert.NotNull(Value(await Grain.Sync(Talk.AsVisitor, rev + 1)).Snapshot);
        Assert.NotNull(Value(await Grain.Sync(Talk.AsVisitor, -1)).Snapshot);

        for (var i = 1; i <= 40; i++)
            await Grain.Seen(Talk.AsMira, i);
        Assert.Equal(40, Value(await Grain.Sync(Talk.AsMira, rev)).Events!.Value.Length);
        Assert.Equal(rev + 40, Value(await Grain.Sync(Talk.AsMira, 0)).Events!.Value.Length);

        // The record keeps fewer of those that are no entries.
        await _silo.Restart();
        Assert.NotNull(Value(await Grain.Sync(Talk.AsMira, rev)).Snapshot);
        Assert.Equal(10, Value(await Grain.Sync(Talk.AsMira, rev + 30)).Events!.Value.Length);
    }

    [Fact]
    public async Task Whoever_is_very_far_behind_gets_a_snapshot_and_nobody_what_an_erased_person_was_called()
    {
        await Post("m1");
        for (var i = 1; i <= 260; i++)
        {
            await Grain.Seen(Talk.AsMira, 1);
            await Grain.MarkUnread(Talk.Mira, 1);
        }
        Assert.Equal(521, (await Grain.Row())!.Rev);
        Assert.NotNull(Value(await Grain.Sync(Talk.AsMira, 20)).Snapshot);
        Assert.Equal(500, Value(await Grain.Sync(Talk.AsMira, 21)).Events!.Value.Length);

        await Grain.Erase(Talk.Visitor.Id, Talk.Mira, DateTimeOffset.UnixEpoch);
        Assert.NotNull(Value(await Grain.Sync(Talk.AsMira, 300)).Snapshot);
    }

    [Fact]
    public async Task Unread_is_right_when_the_reader_was_far_back()
    {
        for (var i = 1; i <= 50; i++)
            await Post($"m{i}");
        await Grain.Seen(Talk.AsMira, 7);
        Assert.Equal(43, Value(await Grain.Snapshot(Talk.AsMira)).Summary.Unread);
        await Grain.Seen(Talk.AsMira, 48);
        Assert.Equal(2, Value(await Grain.Snapshot(Talk.AsMira)).Summary.Unread);
        Assert.Equal(50, (await Grain.Row())!.UnreadFor("jonas"));

        Value(await Grain.MarkUnread(Talk.Mira, 8));
        Assert.Equal(43, (await Grain.Row())!.UnreadFor("mira"));
        await Grain.Seen(Talk.AsMira, 50);
        Value(await Grain.MarkUnread(Talk.Mira, null));
        Assert.Equal(1, (await Grain.Row())!.UnreadFor("mira"));
        Value(await Grain.MarkUnread(Talk.Jonas, null));
        Assert.Equal(50, (await Grain.Row())!.UnreadFor("jonas"));
    }

    [Fact]
    public async Task It_knows_all_that_its_visitor_said_however_far_back()
    {
        for (var i = 1; i <= 50; i++)
            await Post($"m{i}");
        await Grain.Reply(new AgentMessage { ClientId = "a1", Text = "Hi", Agent = Talk.Mira, IsNote = false });
        await _silo.Restart();

        Assert.Equal(Enumerable.Range(1, 50).Select(i => $"m{i}").Order(), (await Grain.Said(Talk.Visitor.Id)).Order());
        Assert.Empty(await Grain.Said("v2"));
        Assert.Equal(1, Value(await Post("m1")).Seq);
    }

    [Fact]
    public async Task Of_many_who_join_at_once_exactly_one_wins()
    {
        await Post("m1");
        var agents = Enumerable.Range(1, 20).Select(i => new AgentRef($"a{i}", $"Agent {i}")).ToArray();
        var outcomes = await Task.WhenAll(agents.Select(agent => Grain.Join(agent)));

        var winner = agents[Array.FindIndex(outcomes, o => o.Value?.Outcome == JoinOutcome.Joined)];
        Assert.Equal(19, outcomes.Count(o => o.Value?.Outcome == JoinOutcome.ClaimedByOther && o.Value.By == winner));
    }

    [Fact]
    public async Task The_same_message_sent_three_times_at_once_is_one_entry()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Post($"m{i / 3}", $"Text {i / 3}")));

        Assert.All(answers.Chunk(3), same => Assert.Single(same.Select(Value).Distinct()));
        Assert.Equal(10, (await All(Talk.AsMira)).Count);
    }

    [Fact]
    public async Task The_bot_is_asked_once_for_each_question_and_again_when_an_undone_join_made_it_stale()
    {
        await Post("m1");
        await Post("m1");
        Assert.Equal([1L], _silo.Questions.All.Select(q => q.Seq));

        await Grain.Join(Talk.Mira);
        await Grain.UndoJoin(Talk.Mira);
        var asked = _silo.Questions.All.Last();
        Assert.Equal(1, asked.Seq);
        Assert.Equal("Hello", (await Grain.BotTurn(asked.Epoch, asked.Seq))?.Context[^1].Text);
        Assert.Null(await Grain.BotTurn(asked.Epoch - 1, asked.Seq));
    }

    [Fact]
    public async Task The_bots_context_begins_where_it_was_handed_the_conversation()
    {
        await Post("m1", "Before");
        await Grain.Join(Talk.Mira);
        await Grain.HandToBot(Talk.Mira);
        await Post("m2", "After");
        await Grain.Reply(new AgentMessage { ClientId = "n1", Text = "Note", Agent = Talk.Mira, IsNote = true });
        await Post("m3", "And this");

        var asked = _silo.Questions.All.Last();
        var turn = await Grain.BotTurn(asked.Epoch, asked.Seq);
        Assert.Equal(["After", "And this"], turn!.Context.Select(entry => entry.Text));
    }

    [Fact]
    public async Task Viewers_are_seen_while_they_look()
    {
        await Post("m1");
        await Grain.View(Talk.Mira, viewing: true);
        await Grain.View(Talk.Jonas, viewing: true);
        await Grain.View(Talk.Jonas, viewing: false);

        Assert.Equal([new Viewer("mira", "Mira")], Value(await Grain.Snapshot(Talk.AsMira)).Viewers.AsEnumerable());
        Assert.Empty(Value(await Grain.Snapshot(Talk.AsVisitor)).Viewers);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_fails_nothing_acknowledged_is_lost_doubled_or_reordered(int seed)
    {
        var random = new Random(seed);
        var sent = new List<(string Id, string Text)>();
        ConversationSnapshot? screen = null;
        await Post("first", "First");
        sent.Add(("first", "First"));

        for (var step = 1; step <= 120; step++)
        {
            _silo.Faults.BeforeWrite = _ => random.Next(8) == 0;
            _silo.Faults.AfterWrite = _ => random.Next(8) == 0;
            _silo.Faults.BeforeUpsert = () => random.Next(8) == 0;
            if (step % 40 == 0)
            {
                _silo.Faults.Heal();
                await _silo.Restart();
            }
            var agent = random.Next(2) == 0 ? Talk.Mira : Talk.Jonas;
            switch (random.Next(8))
            {
                case <= 2:
                    sent.Add(($"m{step}", $"Text {step}"));
                    await Until(() => Post($"m{step}", $"Text {step}"));
                    break;
                case 3:
                    sent.Add(($"m{step}", $"Text {step}"));
                    await Until(() => Grain.Reply(new AgentMessage { ClientId = $"m{step}", Text = $"Text {step}", Agent = agent, IsNote = false }));
                    break;
                case 4:
                    await Until(() => random.Next(2) == 0 ? Grain.HandToBot(agent) : Grain.Solve(agent));
                    break;
                case 5:
                    await Until(() => Grain.Join(agent));
                    break;
                case 6:
                    await Until(() => Grain.Seen(Talk.AsMira, random.Next(1, sent.Count + 1)));
                    break;
                default:
                    // A sender that never got its answer comes back late.
                    var (id, text) = sent[random.Next(sent.Count)];
                    var again = await Until(() => Post(id, text));
                    Assert.True(again.Accepted || again.Refusal?.Code == Codes.Conflict, again.Refusal?.Sentence);
                    break;
            }
            screen = await CatchUp(screen);
        }

        _silo.Faults.Heal();
        await Until(() => Post("last", "Last"));
        sent.Add(("last", "Last"));
        var all = await All(Talk.AsMira);
        Assert.Equal(sent, all.Where(SnapshotReducer.IsMessage).Select(entry => (entry.Id, entry.Text)));
        Assert.Equal(Enumerable.Range(1, all.Count), all.Select(entry => (int)entry.Seq));
        Assert.Equal((await Grain.Row())!.Rev, (await _silo.Store.Find(DefaultWorkspace.Id, "c1"))!.Rev);

        var fresh = Value(await Grain.Snapshot(Talk.AsMira));
        screen = await CatchUp(screen);
        Assert.Equal(fresh.Summary, screen.Summary);
        Assert.Equal(fresh.Entries.Select(e => (e.Seq, e.Id)), screen.Entries.TakeLast(fresh.Entries.Length).Select(e => (e.Seq, e.Id)));
    }

    /// <summary>A screen that only ever asks for what it lacks.</summary>
    private async Task<ConversationSnapshot> CatchUp(ConversationSnapshot? screen)
    {
        if (screen is null)
            return Value(await Grain.Snapshot(Talk.AsMira));
        var caught = Value(await Grain.Sync(Talk.AsMira, screen.Summary.Rev));
        return caught.Snapshot ?? caught.Events!.Value.Aggregate(screen, (shown, e) => SnapshotReducer.Apply(shown, e, Talk.AsMira));
    }

    /// <summary>As a client does: the same command again until it is answered.</summary>
    private static async Task<Outcome<T>> Until<T>(Func<Task<Outcome<T>>> command)
    {
        while (true)
        {
            var outcome = await command();
            if (outcome.Refusal?.Code != Codes.Unavailable)
                return outcome;
        }
    }

    private async Task<List<Entry>> All(Reader reader)
    {
        var all = new List<Entry>();
        EntryPage page;
        do
        {
            page = Value(await Grain.Entries(reader, all.Count == 0 ? null : all[0].Seq, 7));
            all.InsertRange(0, page.Entries);
        }
        while (page.HasMore);
        return all;
    }

    private protected Task<Outcome<Posted>> Post(string id, string text = "Hello") =>
        Grain.Post(new VisitorMessage { ClientId = id, Text = text, Visitor = Talk.Visitor });

    private protected static T Value<T>(Outcome<T> outcome)
        where T : class
    {
        Assert.True(outcome.Accepted, outcome.Refusal?.Sentence);
        return outcome.Value!;
    }
}

public sealed class ConversationGrainTestsRowsAlong() : ConversationGrainTests(rowsApart: false)
{
    [Fact]
    public async Task What_is_stored_is_acknowledged_although_the_queue_cannot_write()
    {
        _silo.Faults.BeforeUpsert = () => true;

        Assert.Equal(1, Value(await Post("m1", "Help me")).Seq);
        Assert.Equal("Help me", (await _silo.Store.Find(DefaultWorkspace.Id, "c1"))?.Preview);
    }
}

public sealed class ConversationGrainTestsRowsApart() : ConversationGrainTests(rowsApart: true)
{
    [Fact]
    public async Task What_the_queue_did_not_take_is_not_acknowledged_until_it_has()
    {
        _silo.Faults.BeforeUpsert = () => true;
        Assert.Equal(Codes.Unavailable, (await Post("m1", "Help me")).Refusal?.Code);
        Assert.Equal(Codes.Unavailable, (await Post("m1", "Help me")).Refusal?.Code);
        Assert.Null(await _silo.Store.Find(DefaultWorkspace.Id, "c1"));
        _silo.Faults.Heal();

        Assert.Equal(1, Value(await Post("m1", "Help me")).Seq);
        Assert.Equal("Help me", (await _silo.Store.Find(DefaultWorkspace.Id, "c1"))?.Preview);
        Assert.Single((await _silo.Store.Search(DefaultWorkspace.Id, "help", 10)).Messages);
    }

    [Fact]
    public async Task A_row_that_a_dead_process_owed_is_paid_by_the_next()
    {
        await Post("m1");
        _silo.Faults.BeforeUpsert = () => true;
        await Post("m2", "Second");
        await _silo.Restart();
        _silo.Faults.Heal();

        Assert.Equal(2, Value(await Post("m2", "Second")).Seq);
        Assert.Equal("Second", (await _silo.Store.Find(DefaultWorkspace.Id, "c1"))?.Preview);
    }
}
