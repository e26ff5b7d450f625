using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Storage;
using LiveSupport.Silo.Storage.Sqlite;
using LiveSupport.Tests.Conversations;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Queue;

public sealed class QueueGrainTests : IAsyncLifetime
{
    private static readonly AgentRef Mira = new("mira", "Mira");
    private static readonly QueueQuery All = new("mira", QueueView.All, QueueFilter.All, QueueSort.Newest, Limit: 100);

    private SiloHost _silo = null!;

    public async Task InitializeAsync() => _silo = await SiloHost.Start();

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task A_row_that_is_answered_for_survives_a_restart()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 200).Select(i => QueueIndexTests.Row(random, $"c{i}", 1)).ToList();
        await Task.WhenAll(rows.Select(row => _silo.Queue.Upsert(row, [new IndexedEntry(1, $"word{row.Id}", row.LastAt)])));
        Assert.True(_silo.Store.Writes < rows.Count, "Rows that come together are written together.");
        var before = await Everything();

        _silo = await _silo.Restart();

        Assert.Equal(before.Select(row => row.Id), (await Everything()).Select(row => row.Id));
        Assert.Equal("c77", Assert.Single((await _silo.Queue.Search("wordc77", "mira", 10)).Messages).ConversationId);
        Assert.Equal(200, (await _silo.Queue.Tally()).Total.All);
    }

    [Fact]
    public async Task An_old_row_and_a_repeat_change_nothing()
    {
        var row = Active("c1", rev: 5);
        await _silo.Queue.Upsert(row, []);
        var version = (await _silo.Queue.Tally()).Version;

        await _silo.Queue.Upsert(row, []);
        await _silo.Queue.Upsert(row with { Rev = 4, Preview = "old" }, []);

        Assert.Equal(row.Preview, Assert.Single((await _silo.Queue.Page(All)).Rows).Preview);
        Assert.Equal(version, (await _silo.Queue.Tally()).Version);
    }

    [Fact]
    public async Task A_solved_conversation_leaves_memory_and_can_come_back_with_exact_counts()
    {
        await _silo.Queue.Upsert(Active("c1", rev: 1) with { Owner = Mira }, []);
        await _silo.Queue.Upsert(Active("c1", rev: 2) with { Owner = Mira, Status = Status.Solved }, []);
        Assert.Equal(new StatusTally(0, 0, 1), (await _silo.Queue.Tally()).Total);
        Assert.Equal("c1", Assert.Single((await _silo.Queue.Page(All with { Filter = QueueFilter.Solved })).Rows).Id);

        await _silo.Queue.Upsert(Active("c1", rev: 1) with { Owner = Mira }, []);
        Assert.Equal(new StatusTally(0, 0, 1), (await _silo.Queue.Tally()).Total);

        await _silo.Queue.Upsert(Active("c1", rev: 3) with { Owner = Mira }, []);
        Assert.Equal(new StatusTally(1, 0, 0), (await _silo.Queue.Tally()).Total);
        Assert.Equal(new StatusTally(1, 0, 0), (await _silo.Queue.Tally()).Owners["mira"]);
        Assert.Empty((await _silo.Queue.Page(All with { Filter = QueueFilter.Solved })).Rows);
    }

    [Fact]
    public async Task A_store_that_fails_acknowledges_nothing_and_shows_nothing()
    {
        _silo.Store.Broken = true;
        await Assert.ThrowsAnyAsync<Exception>(() => _silo.Queue.Upsert(Active("c1", rev: 1), []));
        Assert.Empty((await _silo.Queue.Page(All)).Rows);
        Assert.Equal(0, (await _silo.Queue.Tally()).Total.All);

        _silo.Store.Broken = false;
        await _silo.Queue.Upsert(Active("c1", rev: 1), []);
        Assert.Single((await _silo.Queue.Page(All)).Rows);
    }

    [Fact]
    public async Task Versions_of_changes_are_dense_and_carry_the_row_before_where_somebody_has_only_read()
    {
        await _silo.Queue.Upsert(Active("c1", rev: 1), []);
        var first = await _silo.Hear<QueueChanged>();
        var claimed = Active("c1", rev: 2) with { Owner = Mira };
        await _silo.Queue.Upsert(claimed, []);
        var second = await _silo.Hear<QueueChanged>();

        Assert.Equal(first.Version + 1, second.Version);
        Assert.Null(Assert.Single(first.Rows).Before);
        Assert.Null(Assert.Single(second.Rows).Before);
        Assert.Equal(new StatusTally(1, 0, 0), second.Owners["mira"]);

        await _silo.Queue.Upsert(claimed with { Rev = 3, Reads = ImmutableDictionary<string, int>.Empty.Add("mira", 1) }, []);
        var third = await _silo.Hear<QueueChanged>();
        Assert.Equal(2, Assert.Single(third.Rows).Before?.Rev);
        await _silo.Hear<Tick>(tick => tick.Version == third.Version);
    }

    [Fact]
    public async Task A_cursor_that_is_not_ours_is_refused() =>
        await Assert.ThrowsAnyAsync<Exception>(() => _silo.Queue.Page(All with { Cursor = "' or 1=1--" }));

    [Fact]
    public async Task A_row_left_behind_by_a_crash_is_brought_up_to_its_conversation()
    {
        await _silo.DisposeAsync();
        _silo = await SiloHost.Start(configure: RowsApart);
        var visitor = new Contact("v1");
        await _silo.Conversation("c1").Post(new VisitorMessage { ClientId = "m1", Text = "hello", Visitor = visitor });
        _silo.Store.Broken = true;
        var refused = await _silo.Conversation("c1").Post(new VisitorMessage { ClientId = "m2", Text = "wherever", Visitor = visitor });
        Assert.Equal(Codes.Unavailable, refused.Refusal?.Code);

        _silo = await _silo.Restart(RowsApart);

        await _silo.Hear<QueueChanged>(changed => changed.Rows.Any(change => change.Row.Id == "c1" && change.Row.Seq >= 2));
        var head = await _silo.Conversation("c1").Row();
        Assert.Equal(head!.Rev, Assert.Single((await _silo.Queue.Page(All)).Rows).Rev);
        Assert.Single((await _silo.Queue.Search("wherever", "mira", 10)).Messages);
    }

    [Fact]
    public async Task A_stored_row_that_is_heard_of_counts_once_whatever_happened_to_it()
    {
        await Hears(Active("c1", rev: 1), revBefore: 0);
        Assert.Equal(new StatusTally(1, 0, 0), (await _silo.Queue.Tally()).Total);

        var solved = Active("c1", rev: 2) with { Status = Status.Solved, Owner = Mira };
        await Hears(solved, revBefore: 1);
        await Hears(solved, revBefore: 1);
        Assert.Equal(new StatusTally(0, 0, 1), (await _silo.Queue.Tally()).Owners["mira"]);

        await Hears(solved with { Rev = 3 }, revBefore: 2, solvedBefore: solved);
        Assert.Equal(new StatusTally(0, 0, 1), (await _silo.Queue.Tally()).Total);

        await Hears(Active("c1", rev: 4) with { Owner = Mira }, revBefore: 3, solvedBefore: solved with { Rev = 3 });
        Assert.Equal(new StatusTally(1, 0, 0), (await _silo.Queue.Tally()).Total);
        Assert.Equal(4, Assert.Single((await _silo.Queue.Page(All)).Rows).Rev);
    }

    [Fact]
    public async Task A_queue_that_missed_something_reads_everything_anew()
    {
        await Hears(Active("c1", rev: 1) with { Status = Status.Solved }, revBefore: 0);
        // Reopened, but nobody told the queue; then written to.
        var written = Active("c1", rev: 3);
        await _silo.Store.Upsert(SiloHost.Workspace, [new RowWrite(written, [])]);
        var version = (await _silo.Queue.Tally()).Version;

        await _silo.Queue.Took([new RowTaken(written, 2, null)]);

        await _silo.Queue.Touch();
        await _silo.Hear<Tick>(tick => tick.Version > version);
        Assert.Equal(new StatusTally(1, 0, 0), (await _silo.Queue.Tally()).Total);
        Assert.Equal(3, Assert.Single((await _silo.Queue.Page(All)).Rows).Rev);
    }

    [Fact]
    public async Task What_changes_within_a_moment_shares_an_event()
    {
        await Task.WhenAll(Enumerable.Range(1, 200).Select(i => _silo.Queue.Took([new RowTaken(Active($"c{i % 20}", rev: i), Math.Max(0, i - 20), null)])));

        var events = 0;
        for (var rows = new Dictionary<string, long>(); rows.Values.Sum() < Enumerable.Range(181, 20).Sum(); events++)
        {
            foreach (var change in (await _silo.Hear<QueueChanged>()).Rows)
                rows[change.Row.Id] = change.Row.Rev;
        }
        Assert.InRange(events, 1, 100);
    }

    [Fact]
    public async Task A_rebuild_ends_although_people_go_on_writing()
    {
        await _silo.Queue.Upsert(Active("c1", rev: 1), []);
        var pages = 0;
        _silo.Store.BeforeChangedSince = async () =>
        {
            if (Interlocked.Increment(ref pages) > 20)
                return;
            _silo.Clock.Advance(TimeSpan.FromSeconds(1));
            await _silo.Queue.Upsert(Active("c1", rev: 1 + pages) with { LastAt = _silo.Clock.GetUtcNow() }, []);
        };

        await _silo.Queue.Rebuild(null);

        Assert.InRange(pages, 1, 10);
    }

    [Fact]
    public async Task A_snooze_ends_when_its_time_has_come()
    {
        await _silo.Conversation("c1").Post(new VisitorMessage { ClientId = "m1", Text = "hello", Visitor = new Contact("v1") });
        await _silo.Conversation("c1").Join(Mira);
        await _silo.Conversation("c1").Snooze(Mira, _silo.Clock.GetUtcNow().AddHours(3));
        await _silo.Hear<QueueChanged>(changed => changed.Rows[^1].Row.Status == Status.Snoozed);

        _silo.Clock.Advance(TimeSpan.FromHours(3));

        await _silo.Hear<QueueChanged>(changed => changed.Rows[^1].Row.Status == Status.Active);
    }

    [Fact]
    public async Task Shows_who_is_there()
    {
        await _silo.Queue.Upsert(Active("c1", rev: 1), []);
        await _silo.Queue.Presence("vc1", online: true);
        Assert.True(Assert.Single((await _silo.Queue.Page(All)).Rows).Visitor.Online);
        await _silo.Queue.Presence("vc1", online: false);
        Assert.False(Assert.Single((await _silo.Queue.Page(All)).Rows).Visitor.Online);
    }

    [Fact]
    public async Task A_tick_is_not_ahead_of_what_was_told()
    {
        // Each page closes the event that is being gathered, before it is told.
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var rev = 1; !enough.IsCancellationRequested; rev++)
            {
                await _silo.Queue.Took([new RowTaken(Active("c1", rev), rev - 1, null)]);
                await _silo.Queue.Page(All);
            }
        });
        await _silo.Hear<QueueChanged>();
        await _silo.Hear<Tick>();
        var told = (await _silo.Hear<QueueChanged>()).Version;
        for (var ticks = 0; ticks < 3;)
        {
            switch (await _silo.Hear<WorkspaceEvent>())
            {
                case QueueChanged changed:
                    told = changed.Version;
                    break;
                case Tick tick:
                    Assert.Equal(told, tick.Version);
                    ticks++;
                    break;
            }
        }
        await enough.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task Who_came_while_a_change_waited_to_be_told_is_there_when_it_is()
    {
        await _silo.Queue.Upsert(Active("c1", rev: 1), []);
        await _silo.Queue.Upsert(Active("c1", rev: 2), []);
        await _silo.Queue.Presence("vc1", online: true);

        var (there, told) = (false, false);
        for (var come = false; !(come && told);)
        {
            switch (await _silo.Hear<WorkspaceEvent>(happened => happened is PresenceChanged or QueueChanged))
            {
                case PresenceChanged presence:
                    come = there = presence.Online;
                    break;
                case QueueChanged changed:
                    there = changed.Rows[^1].Online;
                    told = changed.Rows[^1].Row.Rev == 2;
                    break;
            }
        }
        Assert.True(there, "The last that a screen is told is that the visitor is offline.");
    }

    [Fact]
    public async Task A_queue_that_learns_anew_who_is_there_tells_those_who_asked_it_before()
    {
        await _silo.Queue.Upsert(Active("c1", rev: 1), []);
        await _silo.Queue.Presence("vc1", online: true);
        _silo = await _silo.Restart();
        Assert.False(Assert.Single((await _silo.Queue.Page(All)).Rows).Visitor.Online);

        await _silo.Queue.Presence("vc1", online: true);
        await _silo.Queue.Presence("vc1", online: true);
        Assert.True((await _silo.Hear<PresenceChanged>()).Online);
        await _silo.Queue.Presence("vc1", online: false);
        Assert.False((await _silo.Hear<PresenceChanged>()).Online);
    }

    /// <summary>As a conversation does: stored first, told then.</summary>
    private async Task Hears(QueueRow row, long revBefore, QueueRow? solvedBefore = null)
    {
        await _silo.Store.Upsert(SiloHost.Workspace, [new RowWrite(row, [])]);
        await _silo.Queue.Took([new RowTaken(row, revBefore, solvedBefore)]);
    }

    private static void RowsApart(IServiceCollection services) =>
        services.AddKeyedSingleton<IGrainStorage>(StorageNames.Grains, (provider, _) =>
            new RowsApart(new SqliteGrainStorage(provider.GetRequiredService<SqliteDatabase>())));

    private async Task<List<ConversationSummary>> Everything()
    {
        List<ConversationSummary> rows = [];
        string? cursor = null;
        do
        {
            var page = await _silo.Queue.Page(All with { Limit = 30, Cursor = cursor });
            rows.AddRange(page.Rows);
            cursor = page.Cursor;
        }
        while (cursor is not null);
        return rows;
    }

    private static QueueRow Active(string id, long rev) =>
        QueueIndexTests.Row(new Random(3), id, rev) with { Status = Status.Active, Owner = null, Mode = Mode.Bot, IsCase = false };
}
