using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Tests.Storage;

/// <summary>What every store of the queue's rows must do. Derived once for each store.</summary>
public abstract class ConversationStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _workspace = $"w{Guid.NewGuid():N}";

    /// <summary>The store under test. It may hold what other tests wrote: each test has a workspace of its own.</summary>
    protected abstract IConversationStore Store { get; }

    [Fact]
    public async Task A_row_is_found_as_it_was_written()
    {
        var row = Row("c1") with
        {
            Owner = new AgentRef("a1", "Åsa"),
            PreviewBy = new Author(AuthorType.Agent, "a1", "Åsa"),
            Visitor = new Contact("v1", "Żaneta", "zaneta@example.com", true),
            WaitingSince = Noon.AddTicks(3),
            DueAt = Noon.AddDays(1),
            Reads = ImmutableDictionary<string, int>.Empty.Add("a1", 2),
        };
        await Write(row);

        var found = await Store.Find(_workspace, "c1");

        Assert.NotNull(found);
        Assert.Equal(row.Reads, found.Reads);
        Assert.Equal(row, found with { Reads = row.Reads });
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_so_is_what_another_workspace_has()
    {
        await Write(Row("c1"));

        Assert.Null(await Store.Find(_workspace, "c2"));
        Assert.Null(await Store.Find(_workspace + "x", "c1"));
    }

    [Fact]
    public async Task Many_rows_are_found_at_once_and_missing_ones_are_left_out()
    {
        await Write(Row("c1"), Row("c2"), Row("c3"));

        Assert.Equal(["c1", "c3"], (await Store.Find(_workspace, ["c3", "missing", "c1"])).Select(row => row.Id).Order());
        Assert.Empty(await Store.Find(_workspace, []));
    }

    [Fact]
    public async Task Only_a_newer_revision_replaces_a_row()
    {
        await Write(Row("c1", rev: 5) with { Preview = "five" });
        await Write(Row("c1", rev: 5) with { Preview = "five again" });
        await Write(Row("c1", rev: 4) with { Preview = "four", Status = Status.Solved });
        Assert.Equal("five", (await Store.Find(_workspace, "c1"))!.Preview);
        Assert.Single((await Store.Load(_workspace)).Unsolved);

        await Write(Row("c1", rev: 6) with { Preview = "six" });
        Assert.Equal("six", (await Store.Find(_workspace, "c1"))!.Preview);
    }

    [Fact]
    public async Task Within_one_call_the_newest_row_wins_too()
    {
        await Write(Row("c1", rev: 2) with { Preview = "two" }, Row("c1", rev: 3) with { Preview = "three" }, Row("c1", rev: 1));

        Assert.Equal("three", (await Store.Find(_workspace, "c1"))!.Preview);
    }

    [Fact]
    public async Task Unsolved_rows_are_loaded_and_solved_ones_counted_by_owner()
    {
        var anna = new AgentRef("anna", "Anna");
        await Write(
            Row("active"),
            Row("snoozed") with { Status = Status.Snoozed },
            Row("solved") with { Status = Status.Solved },
            Row("annas") with { Status = Status.Solved, Owner = anna },
            Row("annas-too") with { Status = Status.Solved, Owner = anna });

        Assert.Equal(["active", "snoozed"], (await Store.Load(_workspace)).Unsolved.Select(row => row.Id).Order());
        var counts = (await Store.Load(_workspace)).Solved;
        Assert.Equal(2, counts.Count);
        Assert.Equal(1, counts[""]);
        Assert.Equal(2, counts["anna"]);

        await Write(Row("solved", rev: 2), Row("active", rev: 2) with { Status = Status.Solved });
        Assert.Equal(["snoozed", "solved"], (await Store.Load(_workspace)).Unsolved.Select(row => row.Id).Order());
    }

    [Fact]
    public async Task Pages_hold_what_the_rules_say_in_order_for_every_view_filter_and_sort()
    {
        var rows = Assortment();
        await Write([.. rows]);

        foreach (var view in Enum.GetValues<QueueView>())
        {
            foreach (var filter in Enum.GetValues<QueueFilter>())
            {
                foreach (var sort in Enum.GetValues<QueueSort>())
                {
                    foreach (var onlySolved in new[] { false, true })
                    {
                        var expected = rows
                            .Where(row => QueueRules.Holds(row, "anna", view, filter) && (!onlySolved || row.Status == Status.Solved))
                            .OrderBy(row => row.LastAt).ThenBy(row => row.Id, StringComparer.Ordinal).Select(row => row.Id).ToList();
                        if (sort != QueueSort.Oldest)
                            expected.Reverse();
                        var query = new RowQuery("anna", view, filter, sort, onlySolved, 7);
                        Assert.Equal((query, string.Join(" ", expected)), (query, string.Join(" ", await Ids(query))));
                    }
                }
            }
        }
    }

    [Fact]
    public async Task A_page_goes_on_after_its_last_row_while_rows_move()
    {
        for (var i = 0; i < 6; i++)
            await Write(Row($"c{i}", at: i) with { Status = Status.Solved });
        var query = new RowQuery("anna", QueueView.All, QueueFilter.Solved, QueueSort.Newest, true, 2);
        var first = await Store.Page(_workspace, query);
        await Write(Row("c3", rev: 2, at: 100) with { Status = Status.Solved });

        var second = await Store.Page(_workspace, query with { After = new RowCursor(first[^1].LastAt, first[^1].Id) });

        Assert.Equal(["c5", "c4"], first.Select(row => row.Id));
        Assert.Equal(["c2", "c1"], second.Select(row => row.Id));
    }

    [Fact]
    public async Task A_visitors_conversations_come_newest_first()
    {
        var visitor = new Contact("v7");
        await Write(Row("old", at: 1) with { Visitor = visitor }, Row("new", at: 3) with { Visitor = visitor, Status = Status.Solved }, Row("mid", at: 2) with { Visitor = visitor }, Row("other", at: 4));

        Assert.Equal(["new", "mid", "old"], (await Store.ByVisitor(_workspace, "v7", 10)).Select(row => row.Id));
        Assert.Equal(["new", "mid"], (await Store.ByVisitor(_workspace, "v7", 2)).Select(row => row.Id));
        Assert.Empty(await Store.ByVisitor(_workspace, "nobody", 10));
    }

    [Fact]
    public async Task Rows_changed_since_come_oldest_first_page_by_page()
    {
        for (var i = 0; i < 9; i++)
            await Write(Row($"c{9 - i}", at: i / 2) with { Status = (Status)(i % 3) });

        var ids = new List<string>();
        var (since, after) = (Noon.AddMinutes(1), (string?)null);
        while (await Store.ChangedSince(_workspace, since, after, 3) is { Count: > 0 } rows)
        {
            ids.AddRange(rows.Select(row => row.Id));
            (since, after) = (rows[^1].LastAt, rows[^1].Id);
        }

        Assert.Equal(["c6", "c7", "c4", "c5", "c2", "c3", "c1"], ids);
    }

    [Fact]
    public async Task A_list_by_id_holds_what_the_filter_asks_for_and_no_row_moves_in_it()
    {
        var anna = new AgentRef("anna", "Anna");
        for (var i = 0; i < 9; i++)
        {
            await Write(Row($"c{i}") with
            {
                Status = (Status)(i % 3),
                Owner = i < 4 ? anna : null,
                Visitor = new Contact($"v{i % 2}", null, i == 8 ? "Mia@example.com" : null),
            });
        }

        Assert.Equal(["c0", "c3", "c6"], await List(new RowFilter(10, Status: Status.Active)));
        Assert.Equal(["c1", "c4", "c7"], await List(new RowFilter(10, Status: Status.Snoozed)));
        Assert.Equal(["c2", "c5", "c8"], await List(new RowFilter(10, Status: Status.Solved)));
        Assert.Equal(["c0", "c1", "c2", "c3"], await List(new RowFilter(10, OwnerId: "anna")));
        Assert.Equal(["c8", "c7", "c6", "c5", "c4"], await List(new RowFilter(10, OwnerId: "", NewestFirst: true)));
        Assert.Equal(["c5"], await List(new RowFilter(10, Status: Status.Solved, OwnerId: "", VisitorId: "v1")));
        Assert.Equal(["c8"], await List(new RowFilter(10, Email: "mia@EXAMPLE.com")));
        Assert.Equal(["c0", "c1"], await List(new RowFilter(2)));

        // Touched between two pages: it would have jumped ahead in an order by time.
        await Write(Row("c2", rev: 2, at: 5));
        Assert.Equal(["c2", "c3"], await List(new RowFilter(2, AfterId: "c1")));
        Assert.Equal(["c1", "c0"], await List(new RowFilter(10, AfterId: "c2", NewestFirst: true)));
        Assert.Empty(await Store.List(_workspace + "x", new RowFilter(10)));
    }

    [Fact]
    public async Task Who_follows_the_changes_misses_none()
    {
        for (var i = 0; i < 5; i++)
            await Write(Row($"c{i}"));

        var seen = new Dictionary<string, long>();
        var point = await Follow(default, seen);
        Assert.Equal(5, seen.Count);

        // Nothing of it changes the time of the last message.
        await Write(Row("c1", rev: 2) with { Status = Status.Solved }, Row("c5"));
        await Write(Row("c3", rev: 3));
        await Follow(point, seen);
        Assert.Equal((2, 3, 1), (seen["c1"], seen["c3"], seen["c5"]));
        Assert.Empty((await Store.Changed(_workspace + "x", default, 2)).Rows);

        async Task<ChangePoint> Follow(ChangePoint from, Dictionary<string, long> revs)
        {
            while (true)
            {
                var changed = await Store.Changed(_workspace, from, 2);
                Assert.True(changed.Rows.Count <= 2);
                foreach (var row in changed.Rows)
                    revs[row.Id] = row.Rev;
                from = changed.Next;
                if (!changed.More)
                    return from;
            }
        }
    }

    [Fact]
    public async Task A_message_is_found_by_all_of_its_words_the_last_one_as_a_prefix()
    {
        await WriteText("c1", 3, "Where is my blue parcel? Café order");

        Assert.Equal("c1", Assert.Single((await Search("parcel")).Messages).ConversationId);
        Assert.Single((await Search("BLUE par")).Messages);
        Assert.Single((await Search("cafe")).Messages);
        Assert.Empty((await Search("par blue")).Messages);
        Assert.Empty((await Search("blue green")).Messages);
        Assert.Empty((await Store.Search(_workspace + "x", "parcel", 10)).Messages);
    }

    [Fact]
    public async Task A_found_message_says_where_and_who_and_marks_the_hit()
    {
        var visitor = new Contact("v1", "Mia", "mia@example.com");
        await Store.Upsert(_workspace, [new RowWrite(Row("c1") with { Visitor = visitor }, [new IndexedEntry(3, "my blue parcel", Noon)])]);

        var found = Assert.Single((await Search("blue")).Messages);

        Assert.Equal(new FoundMessage("c1", 3, "my \uE000blue\uE001 parcel", Noon, visitor), found);
    }

    [Fact]
    public async Task Newer_messages_come_first_and_the_limit_holds()
    {
        for (var i = 1; i <= 5; i++)
            await WriteText($"c{i}", 1, "parcel");

        Assert.Equal(["c5", "c4", "c3"], (await Search("parcel", 3)).Messages.Select(message => message.ConversationId));
    }

    [Fact]
    public async Task A_text_is_indexed_once_however_often_it_is_written_and_even_with_an_old_row()
    {
        await WriteText("c1", 3, "parcel", rev: 5);
        await WriteText("c1", 3, "parcel", rev: 6);
        await WriteText("c1", 4, "another parcel", rev: 2);

        Assert.Equal([4L, 3L], (await Search("parcel")).Messages.Select(message => message.Seq));
        Assert.Equal(6, (await Store.Find(_workspace, "c1"))!.Rev);
    }

    [Fact]
    public async Task People_are_found_by_name_e_mail_and_id_under_their_newest_name()
    {
        var visitor = new Contact("0193f0aa", "Zoë Müller", "zoe.mueller@example.com");
        await Write(Row("c1", at: 1) with { Visitor = visitor }, Row("c2", at: 2) with { Visitor = visitor }, Row("c3", at: 3));

        foreach (var text in new[] { "zoe", "Muller zo", "zoe.mueller@example.com", "mueller@exam", "0193f0" })
        {
            var hits = await Search(text);
            Assert.Equal(["c2", "c1"], hits.Conversations.Select(row => row.Id));
            Assert.Equal(new FoundVisitor("0193f0aa", "Zoë Müller", "zoe.mueller@example.com", "c2"), Assert.Single(hits.Visitors));
        }

        await Write(Row("c1", rev: 2, at: 1) with { Visitor = visitor with { Name = "Ines" } });
        Assert.Equal(["c1"], (await Search("ines")).Conversations.Select(row => row.Id));
        Assert.Equal(["c2"], (await Search("zoe muller")).Conversations.Select(row => row.Id));
    }

    [Fact]
    public async Task A_conversation_is_found_by_its_id_without_naming_its_visitor()
    {
        await Write(Row("0193abcdef") with { Visitor = new Contact("v1") });

        var hits = await Search("0193abc");

        Assert.Equal(["0193abcdef"], hits.Conversations.Select(row => row.Id));
        Assert.Empty(hits.Visitors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\"")]
    [InlineData("\"\"\"parcel")]
    [InlineData("parcel*")]
    [InlineData("par* AND OR NOT NEAR(")]
    [InlineData("text:parcel")]
    [InlineData("{name} : x")]
    [InlineData("-parcel +blue ^x")]
    [InlineData("a\0b \u0001 \ud800 \udc00")]
    [InlineData("' OR 1=1; DROP TABLE conversation; --")]
    [InlineData("! ? … ( ) [ ] \\ & | <-> :*")]
    [InlineData("👍🏽 👨‍👩‍👧")]
    [InlineData("\u0301\u0301")]
    [InlineData("%_%")]
    public async Task Any_input_is_a_legal_query(string text)
    {
        await WriteText("c1", 1, "parcel");

        await Search(text);
        await Search(text + " parcel");
        await Search(string.Concat(Enumerable.Repeat(text + " ", 200)));
        Assert.Single((await Search("parcel")).Messages);
    }

    [Fact]
    public async Task Words_of_signs_alone_are_passed_over()
    {
        await WriteText("c1", 1, "my parcel, please");

        Assert.Single((await Search("parcel - !! \"please\"")).Messages);
        Assert.Empty((await Search("!!")).Messages);
    }

    [Fact]
    public async Task Whatever_was_written_before_a_search_began_is_found_once_however_many_write_and_search()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 1; i <= 40; i++)
            {
                await WriteText($"c{writer}", i, $"parcel from writer{writer}", rev: i);
                Assert.Equal(i, (await Search($"writer{writer}", 100)).Messages.DistinctBy(message => message.Seq).Count());
            }
        }));

        Assert.Equal(8 * 40, (await Search("parcel", 1_000)).Messages.Count);
    }

    [Fact]
    public async Task An_empty_text_and_a_text_of_any_bytes_are_taken()
    {
        await WriteText("c1", 1, "");
        await WriteText("c1", 2, "before\0after \ud800 lone", rev: 2);

        Assert.Single((await Search("before")).Messages);
    }

    [Fact]
    public async Task Forgotten_texts_are_found_no_more_and_what_is_written_after_them_is()
    {
        await WriteText("c1", 1, "zebra one");
        await WriteText("c2", 1, "zebra two");
        Assert.Equal(2, (await Search("zebra")).Messages.Count);
        // The newest of all, and one that no search has seen yet.
        await WriteText("c2", 2, "zebra three", rev: 2);

        await Store.ForgetTexts(_workspace, ["c2"]);
        Assert.Equal("c1", Assert.Single((await Search("zebra")).Messages).ConversationId);
        await Store.ForgetTexts(_workspace, ["c2", "nobody"]);
        await Store.ForgetTexts(_workspace, []);

        await WriteText("c3", 1, "zebra four");
        Assert.Equal(["c1", "c3"], (await Search("zebra")).Messages.Select(message => message.ConversationId).Order());
    }

    [Fact]
    public async Task A_person_whose_row_names_nobody_any_more_is_not_found()
    {
        await Write(Row("c1") with { Visitor = new Contact("v1", "Quagga Zorn", "quagga@example.com") });
        Assert.Single((await Search("quagga")).Visitors);

        await Write(Row("c1", rev: 2) with { Visitor = new Contact("v1"), Preview = "" });

        Assert.Empty((await Search("quagga")).Visitors);
        Assert.Empty((await Search("zorn")).Conversations);
        Assert.Empty(await List(new RowFilter(10, Email: "quagga@example.com")));
    }

    internal static QueueRow Row(string id, long rev = 1, int at = 0) => new()
    {
        Id = id,
        Rev = rev,
        Seq = 1,
        Visitor = new Contact("visitor-of-" + id),
        Mode = Mode.Bot,
        Status = Status.Active,
        IsCase = false,
        Preview = "Hello",
        StartedAt = Noon,
        LastAt = Noon.AddMinutes(at),
        VisitorEntries = 1,
        Reads = ImmutableDictionary<string, int>.Empty,
    };

    /// <summary>Every combination of status, owner, mode and case, some of which share their time.</summary>
    private static List<QueueRow> Assortment()
    {
        var rows = new List<QueueRow>();
        foreach (var status in Enum.GetValues<Status>())
        {
            foreach (var owner in new[] { null, new AgentRef("anna", "Anna"), new AgentRef("ben", "Ben") })
            {
                foreach (var mode in Enum.GetValues<Mode>())
                {
                    foreach (var isCase in new[] { false, true })
                    {
                        rows.Add(Row($"c{rows.Count * 7 % 36:00}", at: rows.Count / 2 * 5 % 9)
                            with
                        { Status = status, Owner = owner, Mode = mode, IsCase = isCase });
                    }
                }
            }
        }

        return rows;
    }

    private async Task<List<string>> Ids(RowQuery query)
    {
        var ids = new List<string>();
        for (RowCursor? after = null; ;)
        {
            var page = await Store.Page(_workspace, query with { After = after });
            ids.AddRange(page.Select(row => row.Id));
            if (page.Count < query.Limit)
                return ids;
            after = new RowCursor(page[^1].LastAt, page[^1].Id);
        }
    }

    private Task Write(params QueueRow[] rows) => Store.Upsert(_workspace, [.. rows.Select(row => new RowWrite(row, []))]);

    private Task WriteText(string id, long seq, string text, long rev = 1) =>
        Store.Upsert(_workspace, [new RowWrite(Row(id, rev), [new IndexedEntry(seq, text, Noon)])]);

    private async Task<IEnumerable<string>> List(RowFilter filter) => (await Store.List(_workspace, filter)).Select(row => row.Id);

    private Task<StoreHits> Search(string text, int limit = 10) => Store.Search(_workspace, text, limit);
}
