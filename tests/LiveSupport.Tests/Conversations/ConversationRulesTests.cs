using LiveSupport.Contracts;
using LiveSupport.Silo.Conversations;

namespace LiveSupport.Tests.Conversations;

/// <summary>Each rule of a conversation, one by one.</summary>
public sealed class ConversationRulesTests
{
    private readonly Talk _talk = new();

    private ConversationState State => _talk.State;

    // ---- beginning ----

    [Fact]
    public void The_first_message_begins_a_talk_with_the_bot()
    {
        _talk.Post("m1");

        Assert.Equal((Mode.Bot, Status.Active, false), (State.Mode, State.Status, State.IsCase));
        Assert.Null(State.Owner);
        Assert.Equal([1L], State.Owed.AsEnumerable());
        Assert.Equal(_talk.Now + Conversation.BotAnswersWithin, State.DueAt);
    }

    [Fact]
    public void Without_a_bot_it_begins_as_an_unassigned_case()
    {
        _talk.Around = new Surroundings(BotEnabled: false, OwnerAccepts: false);
        _talk.Post("m1");

        Assert.Equal((Mode.HumanInteraction, true), (State.Mode, State.IsCase));
        Assert.True(QueueRules.IsUnassigned(State.Row()));
        Assert.Equal(_talk.Now, State.WaitingSince);
        Assert.Empty(State.Owed);
    }

    [Fact]
    public void Only_a_visitor_begins_it()
    {
        Refused(Codes.NotFound, _talk.Reply(Talk.Mira, "a1"));
        Refused(Codes.NotFound, _talk.Join(Talk.Mira));
        Refused(Codes.NotFound, _talk.Solve(Talk.Mira));
        Refused(Codes.NotFound, _talk.Rate(5));
        Refused(Codes.NotFound, _talk.Seen(Talk.AsMira, 0));
        Assert.False(State.Exists);
    }

    [Fact]
    public void Another_visitor_finds_nothing()
    {
        _talk.Post("m1");
        var stranger = new Contact("v2");

        Refused(Codes.NotFound, _talk.Do((s, now) => Conversation.Post(
            s, new VisitorMessage { ClientId = "x", Text = "Let me in", Visitor = stranger }, null, _talk.Around, now)));
        Refused(Codes.NotFound, _talk.Do((s, now) => Conversation.End(s, stranger.Id, now)));
        Refused(Codes.NotFound, _talk.Do((s, now) => Conversation.TalkToHuman(s, stranger, _talk.Around, now)));
        Refused(Codes.NotFound, _talk.Seen(new Reader(AuthorType.Visitor, stranger.Id), 1));
        Refused(Codes.NotFound, _talk.SetContact(stranger));
        Assert.Equal(1, State.Rev);
    }

    // ---- messages ----

    [Fact]
    public void What_is_no_text_is_refused()
    {
        foreach (var text in (string[])["", " \n\u200b\u2060", "a\0b", "half a \ud83d", "\ude00 the other half"])
            Refused(Codes.BadRequest, _talk.Post("m1", text));
        Assert.False(State.Exists);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("system:1")]
    [InlineData("ä")]
    public void What_is_no_id_is_refused(string id) => Refused(Codes.BadRequest, _talk.Post(id));

    [Fact]
    public void Texts_have_their_limits_and_those_that_fit_are_kept_as_sent()
    {
        Refused(Codes.TooLong, _talk.Post("m1", new string('x', Limits.VisitorText + 1)));
        Accepted(_talk.Post("m1", new string('x', Limits.VisitorText)));
        Refused(Codes.TooLong, _talk.Reply(Talk.Mira, "a1", new string('x', Limits.AgentText + 1)));
        Accepted(_talk.Reply(Talk.Mira, "a1", new string('x', Limits.AgentText)));
        Accepted(_talk.Post("m2", "<script>alert('😀')</script>\r\n\u202eodd"));

        Assert.Equal("<script>alert('😀')</script>\r\n\u202eodd", _talk.Entries.Last().Text);
        Assert.Equal(Limits.VisitorText, _talk.Entries.First().Text.Length);
    }

    [Fact]
    public void The_same_message_again_gets_the_first_answer_whatever_came_between()
    {
        var first = Accepted(_talk.Post("m1", "Hello"));
        _talk.Reply(Talk.Mira, "a1", "Hi");
        var reply = Accepted(_talk.Reply(Talk.Mira, "a2", "How can I help?"));
        _talk.End();
        var rev = State.Rev;

        Assert.Equal(first, Accepted(_talk.Post("m1", "Hello")));
        Assert.Equal(reply, Accepted(_talk.Reply(Talk.Mira, "a2", "How can I help?")));
        Assert.Equal(rev, State.Rev);
    }

    [Fact]
    public void The_same_id_with_another_text_or_from_another_sender_is_a_conflict()
    {
        _talk.Post("m1", "Hello");

        Refused(Codes.Conflict, _talk.Post("m1", "Hello!"));
        Refused(Codes.Conflict, _talk.Reply(Talk.Mira, "m1", "Hello"));
        Refused(Codes.Conflict, _talk.Reply(Talk.Mira, "m1", "Hello", note: true));
    }

    [Fact]
    public void An_answer_says_the_entrys_own_revision()
    {
        _talk.Post("m1");
        var posted = Accepted(_talk.Reply(Talk.Mira, "a1"));

        Assert.Equal(_talk.Entries.Last().Rev, posted.Rev);
        Assert.Equal(State.Rev, posted.Rev);
    }

    // ---- joining ----

    [Fact]
    public void A_reply_joins_when_nobody_has_it_and_stops_the_bot()
    {
        _talk.Post("m1");
        var epoch = State.Epoch;
        _talk.Reply(Talk.Mira, "a1");

        Assert.Equal((Talk.Mira, Mode.HumanInteraction, true), (State.Owner, State.Mode, State.IsCase));
        Assert.True(State.Epoch > epoch);
        Assert.Equal([SystemCodes.Joined], _talk.Codes);
        Refused(Codes.Stale, _talk.BotReply(epoch, 1));
    }

    [Fact]
    public void A_join_has_one_winner_and_the_other_learns_the_name()
    {
        _talk.Post("m1");

        Assert.Equal(JoinOutcome.Joined, Accepted(_talk.Join(Talk.Mira)).Outcome);
        Assert.Equal(new JoinResult(JoinOutcome.ClaimedByOther, Talk.Mira), Accepted(_talk.Join(Talk.Jonas)));
        Assert.Equal(JoinOutcome.AlreadyMine, Accepted(_talk.Join(Talk.Mira)).Outcome);
        Assert.Equal(Talk.Mira, State.Owner);
    }

    [Fact]
    public void A_join_is_undone_as_if_it_had_not_been_and_the_bot_still_owes_its_answer()
    {
        _talk.Post("m1");
        _talk.Join(Talk.Mira);
        Accepted(_talk.UndoJoin(Talk.Mira));

        Assert.Equal((Mode.Bot, null), (State.Mode, State.Owner));
        Assert.False(QueueRules.IsUnassigned(State.Row()));
        Assert.Null(State.WaitingSince);
        Accepted(_talk.BotReply(State.Epoch, 1));
    }

    [Fact]
    public void A_join_of_a_waiting_case_goes_back_to_the_waiting_case()
    {
        _talk.Post("m1");
        _talk.TalkToHuman();
        _talk.Join(Talk.Mira);
        Accepted(_talk.UndoJoin(Talk.Mira));

        Assert.True(QueueRules.IsUnassigned(State.Row()));
        Assert.NotNull(State.WaitingSince);
    }

    [Theory]
    [InlineData("reply")]
    [InlineData("visitor")]
    [InlineData("colleague")]
    [InlineData("twice")]
    public void Once_something_happened_a_join_stays(string what)
    {
        _talk.Post("m1");
        _talk.Join(Talk.Mira);
        _ = what switch
        {
            "reply" => _talk.Reply(Talk.Mira, "a1").Accepted,
            "visitor" => _talk.Post("m2").Accepted,
            "colleague" => _talk.TakeOver(Talk.Jonas).Accepted,
            _ => _talk.UndoJoin(Talk.Mira).Accepted,
        };

        Refused(Codes.Conflict, _talk.UndoJoin(Talk.Mira));
        Refused(Codes.Conflict, _talk.UndoJoin(Talk.Jonas));
    }

    [Fact]
    public void Taking_over_is_explicit_and_says_from_whom()
    {
        _talk.Post("m1");
        _talk.Join(Talk.Mira);
        Accepted(_talk.TakeOver(Talk.Jonas));
        Accepted(_talk.TakeOver(Talk.Jonas));

        Assert.Equal(Talk.Jonas, State.Owner);
        Assert.Equal([SystemCodes.Joined, SystemCodes.TookOver], _talk.Codes);
        Assert.Contains("from Mira", _talk.Entries.Last().Text);
    }

    [Fact]
    public void A_colleague_may_help_without_taking_it()
    {
        _talk.Post("m1");
        _talk.Join(Talk.Mira);
        Accepted(_talk.Reply(Talk.Jonas, "a1"));

        Assert.Equal(Talk.Mira, State.Owner);
    }

    [Fact]
    public void Whoever_has_not_seen_a_colleagues_reply_is_told_before_sending()
    {
        _talk.Post("m1");
        var seen = State.Seq;
        _talk.Reply(Talk.Mira, "a1");
        _talk.Reply(Talk.Mira, "a2");

        var refusal = Refused(Codes.Conflict, _talk.Reply(Talk.Jonas, "b1", basedOn: seen));
        Assert.Equal(Talk.Mira, refusal.By);
        Accepted(_talk.Reply(Talk.Jonas, "b1", basedOn: State.Seq));
        Refused(Codes.Conflict, _talk.Reply(Talk.Mira, "a3", basedOn: seen));
        Accepted(_talk.Reply(Talk.Mira, "n1", note: true, basedOn: seen));
        Accepted(_talk.Reply(Talk.Jonas, "b2", basedOn: State.Seq - 1));
        Accepted(_talk.Reply(Talk.Jonas, "b3"));
    }

    [Fact]
    public void A_note_joins_nothing_and_answers_nobody()
    {
        _talk.Post("m1");
        _talk.TalkToHuman();
        var waiting = State.WaitingSince;
        _talk.Reply(Talk.Mira, "n1", "VIP", note: true);

        Assert.Null(State.Owner);
        Assert.Equal(waiting, State.WaitingSince);
        Assert.Equal("Hello", State.Preview);
    }

    // ---- the bot ----

    [Fact]
    public void The_bot_answers_each_question_once()
    {
        _talk.Post("m1");
        _talk.Post("m2");
        var first = Accepted(_talk.BotReply(State.Epoch, 1, "One"));

        Assert.Equal(first, Accepted(_talk.BotReply(State.Epoch, 1, "One, again")));
        Accepted(_talk.BotReply(State.Epoch, 2, "Two"));
        Refused(Codes.Stale, _talk.BotReply(State.Epoch, 3));
        Assert.Equal(["One", "Two"], _talk.Entries.Where(e => e.Author.Type == AuthorType.Bot).Select(e => e.Text));
        Assert.Empty(State.Owed);
    }

    [Fact]
    public void The_bot_hands_over_after_its_last_words()
    {
        _talk.Post("m1");
        _talk.BotReply(State.Epoch, 1, "A colleague will help you.", handOff: "refund over 100 €");

        Assert.Equal((Mode.HumanInteraction, true), (State.Mode, State.IsCase));
        Assert.True(QueueRules.IsUnassigned(State.Row()));
        Assert.Equal(_talk.Now, State.WaitingSince);
        Assert.Contains("refund", _talk.Entries.Last().Text);
    }

    [Fact]
    public void A_question_that_was_lost_is_asked_again_when_due_and_only_then()
    {
        _talk.Post("m1");
        _talk.Due();
        Assert.Equal(1, State.Rev);

        _talk.Pass(Conversation.BotAnswersWithin);
        _talk.Due();
        Assert.Equal(AuthorType.Bot, Assert.IsType<ReadMoved>(_talk.Events[^1]).By.Type);
        Assert.Equal(_talk.Now + Conversation.BotAnswersWithin, State.DueAt);
        _talk.Due();
        Assert.Equal(2, State.Rev);
        Accepted(_talk.BotReply(State.Epoch, 1));
    }

    [Fact]
    public void An_idle_talk_with_the_bot_is_solved_silently()
    {
        _talk.Post("m1");
        _talk.BotReply(State.Epoch, 1);
        _talk.Pass(Conversation.BotIdleAfter);
        _talk.Due();

        Assert.Equal(Status.Solved, State.Status);
        Assert.Equal(2, State.Seq);
    }

    [Fact]
    public void Handing_back_begins_a_new_context_for_the_bot()
    {
        _talk.Post("m1");
        _talk.Reply(Talk.Mira, "a1");
        Accepted(_talk.HandToBot(Talk.Mira));

        Assert.Equal((Mode.Bot, null, Status.Active), (State.Mode, State.Owner, State.Status));
        Assert.False(QueueRules.IsUnassigned(State.Row()));
        Assert.Empty(State.Owed);
        Assert.True(State.BotContextFrom >= 3);
        _talk.Post("m2");
        Assert.Equal([State.Seq], State.Owed.AsEnumerable());
    }

    [Fact]
    public void What_is_solved_or_has_no_bot_is_not_handed_to_it()
    {
        _talk.Post("m1");
        _talk.Reply(Talk.Mira, "a1");
        _talk.Around = new Surroundings(BotEnabled: false, OwnerAccepts: true);
        Refused(Codes.Conflict, _talk.HandToBot(Talk.Mira));
        _talk.Around = new Surroundings(BotEnabled: true, OwnerAccepts: true);
        _talk.Solve(Talk.Mira);
        Refused(Codes.Conflict, _talk.HandToBot(Talk.Mira));
    }

    [Fact]
    public void A_visitor_may_ask_for_a_person_at_any_time()
    {
        Accepted(_talk.TalkToHuman());
        Accepted(_talk.TalkToHuman());

        Assert.Equal([SystemCodes.AskedForPerson], _talk.Codes);
        Assert.True(QueueRules.IsUnassigned(State.Row()));
    }

    [Fact]
    public void A_message_that_asks_for_a_person_is_no_question_to_the_bot()
    {
        var posted = Accepted(_talk.Post("m1", wantsPerson: true));

        Assert.Equal([SystemCodes.AskedForPerson], _talk.Codes);
        Assert.Equal(Mode.HumanInteraction, State.Mode);
        Refused(Codes.Stale, _talk.BotReply(State.Epoch, posted.Seq));
        Assert.Equal(posted, Accepted(_talk.Post("m1", wantsPerson: true)));
        Accepted(_talk.Post("m2", wantsPerson: true));
        Assert.Equal([SystemCodes.AskedForPerson], _talk.Codes);
    }

    [Fact]
    public void A_message_brings_what_is_known_of_its_sender_and_takes_nothing_away()
    {
        _talk.Do((state, now) => Conversation.TalkToHuman(state, new Contact(Talk.Visitor.Id), _talk.Around, now));
        _talk.Post("m1");
        Assert.Equal(Talk.Visitor, State.Visitor);

        _talk.SetContact(Talk.Visitor with { Email = "kim@example.com" });
        var rev = State.Rev;
        _talk.Post("m2");
        Assert.Equal("kim@example.com", State.Visitor.Email);
        Assert.Equal(rev + 1, State.Rev);
    }

    // ---- solved and taken up again ----

    [Fact]
    public void A_message_on_a_solved_case_goes_back_to_its_owner()
    {
        Solved();
        _talk.Pass(TimeSpan.FromHours(1));
        _talk.Post("m2");

        Assert.Equal((Status.Active, Mode.HumanInteraction, Talk.Mira), (State.Status, State.Mode, State.Owner));
        Assert.Equal(_talk.Now, State.WaitingSince);
        Assert.Equal("m2", _talk.Entries.Last().Id);
    }

    [Fact]
    public void Or_to_the_bot_when_the_owner_takes_none()
    {
        Solved();
        _talk.Around = new Surroundings(BotEnabled: true, OwnerAccepts: false);
        _talk.Post("m2");

        Assert.Equal((Status.Active, Mode.Bot, null), (State.Status, State.Mode, State.Owner));
        Assert.Equal([State.Seq], State.Owed.AsEnumerable());
        Assert.Equal(State.Seq - 1, State.BotContextFrom + 1);
    }

    [Fact]
    public void Or_to_whoever_is_free_when_there_is_no_bot_either()
    {
        Solved();
        _talk.Around = new Surroundings(BotEnabled: false, OwnerAccepts: false);
        _talk.Post("m2");

        Assert.True(QueueRules.IsUnassigned(State.Row()));
    }

    [Fact]
    public void A_day_later_it_is_over_and_so_it_is_at_once_when_the_visitor_ended_it()
    {
        Solved();
        _talk.Pass(Conversation.ReopensWithin);
        Accepted(_talk.Post("m2"));
        _talk.Solve(Talk.Mira);
        _talk.Pass(Conversation.ReopensWithin + TimeSpan.FromSeconds(1));
        Refused(Codes.Ended, _talk.Post("m3"));
        Refused(Codes.Ended, _talk.TalkToHuman());
        Accepted(_talk.Reopen(Talk.Mira));
        Accepted(_talk.End());
        Refused(Codes.Ended, _talk.Post("m3"));
        Refused(Codes.Conflict, _talk.Reopen(Talk.Mira));
        Refused(Codes.Conflict, _talk.Reply(Talk.Mira, "a9"));
        Accepted(_talk.Reply(Talk.Mira, "n9", note: true));
        Accepted(_talk.Rate(4));
    }

    [Fact]
    public void Solving_twice_says_it_once()
    {
        _talk.Post("m1");
        _talk.Solve(Talk.Mira);
        var rev = State.Rev;
        Accepted(_talk.Solve(Talk.Jonas));

        Assert.Equal(rev, State.Rev);
        Assert.Null(State.DueAt);
    }

    [Fact]
    public void An_agents_reply_takes_a_solved_case_up_again()
    {
        Solved();
        _talk.Reply(Talk.Mira, "a2");
        Assert.Equal(Status.Active, State.Status);
    }

    // ---- snooze ----

    [Fact]
    public void A_snooze_ends_on_time()
    {
        _talk.Post("m1");
        _talk.Reply(Talk.Mira, "a1");
        Accepted(_talk.Snooze(Talk.Mira, TimeSpan.FromHours(1)));
        Assert.Equal(_talk.Now + TimeSpan.FromHours(1), State.DueAt);
        _talk.Due();
        Assert.Equal(Status.Snoozed, State.Status);

        _talk.Pass(TimeSpan.FromHours(1));
        _talk.Due();
        Assert.Equal((Status.Active, null, Talk.Mira), (State.Status, State.SnoozedUntil, State.Owner));
    }

    [Fact]
    public void The_visitor_or_a_colleague_ends_a_snooze_its_owner_does_not()
    {
        _talk.Post("m1");
        _talk.Reply(Talk.Mira, "a1");
        _talk.Snooze(Talk.Mira, TimeSpan.FromHours(1));
        _talk.Reply(Talk.Mira, "a2");
        Assert.Equal(Status.Snoozed, State.Status);
        _talk.Reply(Talk.Jonas, "b1");
        Assert.Equal(Status.Active, State.Status);
        _talk.Snooze(Talk.Mira, TimeSpan.FromHours(1));
        _talk.Post("m2");
        Assert.Equal((Status.Active, Talk.Mira), (State.Status, State.Owner));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-60)]
    [InlineData(367 * 24 * 60)]
    public void A_snooze_ends_in_the_future_and_in_this_life(int minutes)
    {
        _talk.Post("m1");
        Refused(Codes.BadRequest, _talk.Snooze(Talk.Mira, TimeSpan.FromMinutes(minutes)));
    }

    // ---- assigning, reading, rating ----

    [Fact]
    public void Assigning_makes_it_the_agents_and_taking_it_back_a_waiting_case()
    {
        _talk.Post("m1");
        Accepted(_talk.Assign(Talk.Mira, Talk.Jonas));
        Assert.Equal((Talk.Jonas, Mode.HumanInteraction), (State.Owner, State.Mode));
        Accepted(_talk.Assign(Talk.Mira, null));
        Assert.True(QueueRules.IsUnassigned(State.Row()));
    }

    [Fact]
    public void Unread_counts_the_visitors_messages_for_each_agent_alone()
    {
        _talk.Post("m1");
        _talk.Reply(Talk.Mira, "a1");
        _talk.Post("m2");
        _talk.Post("m3");
        Assert.Equal(3, State.Row().UnreadFor("mira"));

        _talk.Seen(Talk.AsMira, _talk.Entries.Single(e => e.Id == "m2").Seq);
        Assert.Equal(1, State.Row().UnreadFor("mira"));
        Assert.Equal(3, State.Row().UnreadFor("jonas"));
    }

    [Fact]
    public void Marked_unread_it_counts_again_for_that_agent_alone_until_it_is_seen_again()
    {
        _talk.Post("m1");
        _talk.Reply(Talk.Mira, "a1");
        _talk.Post("m2");
        _talk.Post("m3");
        _talk.Seen(Talk.AsMira, State.Seq);
        _talk.Seen(new Reader(AuthorType.Agent, Talk.Jonas.Id), State.Seq);
        var m2 = _talk.Entries.Single(e => e.Id == "m2").Seq;

        Accepted(_talk.MarkUnread(Talk.Mira, m2));
        var rev = State.Rev;
        Assert.Equal(m2 - 1, Assert.IsType<ReadMoved>(_talk.Events[^1]).Seq);
        Assert.Equal((2, 0), (State.Row().UnreadFor("mira"), State.Row().UnreadFor("jonas")));
        // What the visitor was told of as seen was seen.
        Assert.Equal(State.Seq, State.AgentSeenSeq);

        // It again, or the call of another tab that has not come so far.
        Accepted(_talk.MarkUnread(Talk.Mira, m2));
        Accepted(_talk.MarkUnread(Talk.Mira, m2 + 1));
        Accepted(_talk.Seen(Talk.AsMira, m2 - 1));
        Assert.Equal((rev, 2), (State.Rev, State.Row().UnreadFor("mira")));

        _talk.Seen(Talk.AsMira, State.Seq);
        Assert.Equal(0, State.Row().UnreadFor("mira"));
        Refused(Codes.BadRequest, _talk.MarkUnread(Talk.Mira, 0));
        Refused(Codes.BadRequest, _talk.MarkUnread(Talk.Mira, State.Seq + 1));
    }

    [Fact]
    public void A_cursor_never_goes_back_nor_beyond_the_end()
    {
        _talk.Post("m1");
        _talk.Post("m2");
        _talk.Seen(Talk.AsVisitor, 2);
        var rev = State.Rev;
        Accepted(_talk.Seen(Talk.AsVisitor, 1));
        Refused(Codes.BadRequest, _talk.Seen(Talk.AsVisitor, 3));

        Assert.Equal((rev, 2), (State.Rev, State.VisitorSeenSeq));
    }

    [Fact]
    public void A_rating_is_one_to_five_and_said_once()
    {
        _talk.Post("m1");
        Refused(Codes.BadRequest, _talk.Rate(0));
        Refused(Codes.BadRequest, _talk.Rate(6));
        Refused(Codes.TooLong, _talk.Rate(5, new string('x', 2_001)));
        Accepted(_talk.Rate(5, "Great"));
        Accepted(_talk.Rate(5, "Great"));

        Assert.Equal([SystemCodes.Rated], _talk.Codes);
        Assert.Equal("Rated 5 of 5: Great", _talk.Entries.Last().Text);
    }

    // ---- what always holds ----

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_happens_the_records_agree(int seed)
    {
        var story = new RandomTalk(seed);
        for (var step = 0; step < 400; step++)
        {
            var before = story.Talk.State;
            story.Step();
            var (state, events) = (story.Talk.State, story.Talk.Events);

            Assert.Equal(events.Count, state.Rev);
            Assert.Equal(state.Seq, state.Tail.Length);
            Assert.True(state.Owner is null || state.Mode == Mode.HumanInteraction);
            Assert.True(state.Mode == Mode.Bot || state.IsCase);
            Assert.True(state.Owed.IsEmpty || state is { Mode: Mode.Bot, Status: not Status.Solved });
            Assert.Equal(state.Owed.IsEmpty, state.OwedSince is null);
            Assert.True(state.Epoch > before.Epoch || (state.Mode, state.Owner, state.Status) == (before.Mode, before.Owner, before.Status));
            Assert.Equal(state.Tail.Count(e => e.Author.Type == AuthorType.Visitor), state.VisitorEntries);
            Assert.All(state.Row().Reads, read => Assert.InRange(read.Value, 0, state.VisitorEntries));
        }

        var told = story.Talk;
        Assert.Equal(Enumerable.Range(1, told.Events.Count), told.Events.Select(e => (int)e.Rev));
        Assert.Equal(Enumerable.Range(1, (int)told.State.Seq), told.Entries.Select(e => (int)e.Seq));
        Assert.Equal(told.State.Tail.Length, told.Entries.Select(e => e.Id).Distinct().Count());
        Assert.Equal(told.Entries, told.Events.OfType<EntryAdded>().Select(e => e.Entry));
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(100, 20)];

    private void Solved()
    {
        _talk.Post("m1");
        _talk.Reply(Talk.Mira, "a1");
        _talk.Solve(Talk.Mira);
    }

    private static T Accepted<T>(Outcome<T> outcome)
        where T : class
    {
        Assert.True(outcome.Accepted, outcome.Refusal?.Sentence);
        return outcome.Value!;
    }

    private static Refusal Refused<T>(string code, Outcome<T> outcome)
    {
        Assert.Equal(code, outcome.Refusal?.Code);
        Assert.EndsWith(".", outcome.Refusal!.Sentence);
        return outcome.Refusal;
    }

    [Fact]
    public void Of_an_erased_person_one_line_is_left()
    {
        var talk = new Talk();
        talk.SetContact(Talk.Visitor);
        talk.Post("m1", "My number is 555 0123");
        talk.SetContact(Talk.Visitor with { Email = "kim@example.com" });
        talk.Reply(Talk.Mira, "a1", "Hi Kim");
        talk.Reply(Talk.Mira, "n1", "Rude on the phone", note: true);
        talk.Rate(2, "I am Kim Lee of 5 Elm Street");
        var (rev, seq) = (talk.State.Rev, talk.State.Seq);

        Assert.True(talk.Erase(Talk.Mira).Accepted);

        var line = Assert.Single(talk.State.Tail);
        Assert.Equal((SystemCodes.Erased, seq + 1, "Mira erased this person"), (line.Code, line.Seq, line.Text));
        Assert.Equal(new Contact(Talk.Visitor.Id), talk.State.Visitor);
        Assert.Equal(new ErasedMark(seq, 0, talk.Now), talk.State.Erased);
        Assert.Equal(Enumerable.Range((int)rev + 1, (int)(talk.State.Rev - rev)), talk.Events.Where(e => e.Rev > rev).Select(e => (int)e.Rev));
        // Whatever is stored and shown of it.
        var all = System.Text.Json.JsonSerializer.Serialize(talk.State, WireJson.Options) + System.Text.Json.JsonSerializer.Serialize(talk.State.Row(), WireJson.Options);
        Assert.All(["555", "Kim", "kim@", "Rude", "Elm"], word => Assert.DoesNotContain(word, all, StringComparison.Ordinal));
        Assert.Equal(2, talk.State.Rating?.Score);

        var told = talk.Events.Count;
        Assert.True(talk.Erase(Talk.Jonas).Accepted);
        Assert.Equal(told, talk.Events.Count);
    }

    [Fact]
    public void Nobody_adds_to_what_was_erased()
    {
        var talk = new Talk();
        talk.Post("m1");
        talk.Erase(Talk.Mira);
        var told = talk.Events.Count;

        Assert.Equal(Codes.NotFound, talk.Post("m2").Refusal?.Code);
        Assert.Equal(Codes.NotFound, talk.Post("m1").Refusal?.Code);
        Assert.Equal(Codes.NotFound, talk.TalkToHuman().Refusal?.Code);
        Assert.Equal(Codes.NotFound, talk.Rate(5).Refusal?.Code);
        Assert.Equal(Codes.NotFound, talk.End().Refusal?.Code);
        Assert.Equal(Codes.NotFound, talk.SetContact(Talk.Visitor).Refusal?.Code);
        Assert.Equal(Codes.Conflict, talk.Reply(Talk.Mira, "a1").Refusal?.Code);
        Assert.Equal(Codes.Conflict, talk.Reply(Talk.Mira, "n1", note: true).Refusal?.Code);
        Assert.Equal(Codes.Conflict, talk.Join(Talk.Mira).Refusal?.Code);
        Assert.Equal(Codes.Conflict, talk.TakeOver(Talk.Mira).Refusal?.Code);
        Assert.Equal(Codes.Conflict, talk.Assign(Talk.Mira, Talk.Jonas).Refusal?.Code);
        Assert.Equal(Codes.Conflict, talk.Reopen(Talk.Mira).Refusal?.Code);
        Assert.Equal(Codes.Conflict, talk.Snooze(Talk.Mira, TimeSpan.FromHours(1)).Refusal?.Code);
        Assert.False(Conversation.MayRead(talk.State, Talk.AsVisitor));
        Assert.True(Conversation.MayRead(talk.State, Talk.AsMira));
        Assert.Null(talk.State.DueAt);
        Assert.Equal(told, talk.Events.Count);
    }

    [Fact]
    public void A_message_that_is_on_its_way_to_an_erased_person_s_next_conversation_does_not_begin_it()
    {
        var talk = new Talk();
        talk.Erase(Talk.Mira);

        Assert.Equal(Codes.NotFound, talk.Post("m1").Refusal?.Code);
        Assert.Equal(1, talk.State.Seq);
    }

    [Fact]
    public void Another_visitors_conversation_is_not_erased()
    {
        var talk = new Talk();
        talk.Post("m1");

        var refused = talk.Do((state, now) => Conversation.Erase(state, "another", Talk.Mira, 0, now, now));

        Assert.Equal(Codes.NotFound, refused.Refusal?.Code);
        Assert.Equal("Hello", Assert.Single(talk.State.Tail).Text);
    }

    [Fact]
    public void Who_waits_still_waits_after_a_snooze()
    {
        var talk = new Talk();
        talk.Post("m1");
        talk.TalkToHuman();
        var since = talk.State.WaitingSince;
        talk.Snooze(Talk.Mira, TimeSpan.FromHours(1));
        talk.Reopen(Talk.Mira);

        Assert.NotNull(since);
        Assert.Equal((Status.Active, since), (talk.State.Status, talk.State.WaitingSince));
    }

    [Theory]
    [InlineData("join")]
    [InlineData("take over")]
    [InlineData("assign")]
    public void Whom_the_bot_has_answered_does_not_wait_because_an_agent_comes_by_themselves(string how)
    {
        Come("unanswered");
        Assert.Equal(_talk.Now, State.WaitingSince);
        _talk.Reply(Talk.Mira, "a1");
        _talk.HandToBot(Talk.Mira);
        var asked = Accepted(_talk.Post("m2")).Seq;
        _talk.BotReply(State.Epoch, asked);
        Come("answered");

        Assert.Equal((Mode.HumanInteraction, Talk.Mira, null), (State.Mode, State.Owner, State.WaitingSince));
        _talk.Post("m3");
        Assert.Equal(_talk.Now, State.WaitingSince);

        void Come(string id)
        {
            _talk.Pass(TimeSpan.FromSeconds(5));
            if (!State.Exists)
                _talk.Post(id);
            _ = how switch
            {
                "join" => _talk.Join(Talk.Mira).Accepted,
                "take over" => _talk.TakeOver(Talk.Mira).Accepted,
                _ => _talk.Assign(Talk.Jonas, Talk.Mira).Accepted,
            };
        }
    }

    [Fact]
    public void Whom_the_bot_has_answered_and_handed_over_waits_and_so_does_who_asks_for_a_person_then()
    {
        _talk.Post("m1");
        _talk.BotReply(State.Epoch, 1);
        _talk.Pass(TimeSpan.FromSeconds(5));
        _talk.TalkToHuman();

        Assert.Equal(_talk.Now, State.WaitingSince);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Assigning_what_is_solved_gives_it_to_somebody_and_that_is_all(bool ended)
    {
        _talk.Post("m1");
        _ = ended ? _talk.End() : _talk.Solve(Talk.Mira);
        Accepted(_talk.Assign(Talk.Mira, Talk.Jonas));

        Assert.Equal((Status.Solved, Talk.Jonas, null), (State.Status, State.Owner, State.WaitingSince));
        // What has an owner is never the bot's.
        Assert.Equal(Mode.HumanInteraction, State.Mode);
    }

    [Fact]
    public void Who_asks_for_a_person_waits_also_where_one_had_answered()
    {
        var talk = new Talk();
        talk.Post("m1");
        talk.Reply(Talk.Mira, "a1");
        talk.Solve(Talk.Mira);
        talk.TalkToHuman();

        Assert.Equal((Status.Active, Mode.HumanInteraction), (talk.State.Status, talk.State.Mode));
        Assert.NotNull(talk.State.WaitingSince);
    }
}
