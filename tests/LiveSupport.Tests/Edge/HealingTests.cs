using System.Collections.Immutable;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace LiveSupport.Tests.Edge;

/// <summary>The stream loses events, falls silent, comes back: every screen ends up right.</summary>
public sealed class HealingTests
{
    private const string Workspace = "default";
    private readonly ManualClock _clock = new();
    private readonly IGrainFactory _grains = Substitute.For<IGrainFactory>();
    private readonly IQueueGrain _queue = Substitute.For<IQueueGrain>();
    private readonly IConversationGrain _conversation = Substitute.For<IConversationGrain>();
    private readonly FakeStream _stream = new();
    private readonly WorkspaceRelay _relay;
    private readonly RelayWatch _watch;
    private readonly List<JsonElement> _seen = [];
    private readonly AgentConnection _agent;
    private QueueTally _tally = new(10, new StatusTally(0, 0, 0), 0, ImmutableDictionary<string, StatusTally>.Empty);
    private QueuePage _page;

    public HealingTests()
    {
        _page = Page(10);
        _grains.GetGrain<IQueueGrain>(Workspace).Returns(_queue);
        _grains.GetGrain<IConversationGrain>(Arg.Any<string>()).Returns(_conversation);
        _queue.Tally().Returns(_ => Task.FromResult(_tally));
        _queue.Page(Arg.Any<QueueQuery>()).Returns(_ => Task.FromResult(_page));
        _relay = new WorkspaceRelay(Workspace, _grains, _clock);
        _watch = new RelayWatch(_relay, _stream.Subscribe, _grains, _clock, NullLogger.Instance);
        _agent = new AgentConnection(new SignedIn(Workspace, new AgentRef("mira", "Mira"), AgentRole.Agent, "session", "stamp"), Outbox());
        _relay.Add(_agent);
    }

    [Fact]
    public async Task A_gap_in_the_queue_s_versions_fetches_the_window_anew()
    {
        await Watching(Row("a", 1), Row("b", 1));
        await _stream.Send(Changed(11, Row("a", 2)));
        await _stream.Send(Changed(13, Row("a", 4)));
        _tally = _tally with { Version = 13 };
        _page = Page(13, Row("a", 4), Row("c", 1));
        await _watch.Look();
        await Shown(live => Text(live, "removed") == "b");
        await Shown(live => live.TryGetProperty("row", out var row) && Text(row, "id") == "c");
    }

    [Fact]
    public async Task A_tick_that_is_ahead_says_that_a_change_was_lost()
    {
        await Watching(Row("a", 1));
        await _stream.Send(new Tick(12));
        _page = Page(12);
        _tally = _tally with { Version = 12 };
        await _watch.Look();
        await Shown(live => Text(live, "removed") == "a");
    }

    [Fact]
    public async Task What_changes_while_the_window_is_fetched_is_not_undone_by_it()
    {
        await Watching(Row("a", 1));
        await _stream.Send(new Tick(12));
        _tally = _tally with { Version = 12 };
        _queue.Page(Arg.Any<QueueQuery>()).Returns(async _ =>
        {
            await _stream.Send(Changed(13, Row("new", 1)));
            return Page(12, Row("a", 1));
        });
        await _watch.Look();
        await Shown(live => live.TryGetProperty("row", out var row) && Text(row, "id") == "new");
        lock (_seen)
            Assert.DoesNotContain(_seen, live => Text(live, "removed") == "new");
    }

    [Fact]
    public async Task Without_a_tick_for_six_seconds_it_subscribes_anew_and_catches_up()
    {
        await Watching();
        _relay.Open(_agent, "c1");
        _relay.Opened(Snapshot("c1", rev: 5));
        _conversation.Sync(Arg.Any<Reader>(), 5).Returns(new CatchUp([Mode(6), Mode(7)], null));
        await _stream.Send(new Tick(10));
        _clock.Advance(TimeSpan.FromSeconds(5));
        await _watch.Look();
        Assert.Equal(1, _stream.Subscribed);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_watch.Hears);
        await _watch.Look();
        Assert.Equal(2, _stream.Subscribed);
        await _stream.Send(new Tick(10));
        Assert.True(_watch.Hears);
        await Shown(live => live.TryGetProperty("rev", out var rev) && rev.GetInt64() == 7);
    }

    [Fact]
    public async Task A_conversation_s_lost_event_is_fetched_once_the_queue_tells_of_its_revision()
    {
        await Watching();
        _relay.Open(_agent, "c1");
        _relay.Opened(Snapshot("c1", rev: 5));
        _conversation.Sync(Arg.Any<Reader>(), 5).Returns(new CatchUp([Mode(6)], null));
        await _stream.Send(Changed(11, Row("c1", 6)));
        await _watch.Look();
        await Shown(live => live.TryGetProperty("rev", out var rev) && rev.GetInt64() == 6);
        await _watch.Look();
        await _conversation.Received(1).Sync(Arg.Any<Reader>(), Arg.Any<long>());
    }

    [Fact]
    public async Task What_comes_late_or_while_it_is_being_fetched_is_told_once()
    {
        await Watching();
        var visitor = new VisitorConnection(new VisitorPass(Workspace, "v", "default", "c1", null, DateTimeOffset.MaxValue), Outbox());
        _relay.Add(visitor);
        _relay.Knows(visitor.Visitor, "c1", 5);
        _relay.Open(_agent, "c1");
        _relay.Opened(Snapshot("c1", rev: 5));
        _conversation.Sync(Arg.Any<Reader>(), 5).Returns(_ => Meanwhile());

        async Task<Outcome<CatchUp>> Meanwhile()
        {
            await _stream.Send(new ConversationChanged("c1", "v", [Mode(6)]));
            return new CatchUp([Mode(6), Mode(7)], null);
        }

        await _stream.Send(Changed(11, Row("c1", 7)));
        await _watch.Look();
        await _stream.Send(new ConversationChanged("c1", "v", [Mode(7), Mode(8)]));

        await Shown(2, live => live.TryGetProperty("rev", out var rev) && rev.GetInt64() == 8);
        lock (_seen)
            Assert.Equal([6L, 6, 7, 7, 8, 8], _seen.Where(live => Text(live, "kind") == "mode").Select(live => live.GetProperty("rev").GetInt64()).Order());
    }

    [Theory, InlineData(0), InlineData(5)]
    public async Task So_is_a_visitor_s_whose_conversation_no_agent_has_open(long known)
    {
        await Watching();
        var visitor = new VisitorConnection(new VisitorPass(Workspace, "v", "default", "c1", null, DateTimeOffset.MaxValue), Outbox());
        _relay.Add(visitor);
        _relay.Knows(visitor.Visitor, "c1", known);
        _conversation.Sync(new Reader(AuthorType.Visitor, "v"), known).Returns(new CatchUp([Mode(known + 1)], null));
        await _stream.Send(Changed(11, Row("c1", known + 1)));
        await _watch.Look();
        await Shown(live => live.TryGetProperty("rev", out var rev) && rev.GetInt64() == known + 1);
        await _watch.Look();
        await _conversation.Received(1).Sync(Arg.Any<Reader>(), Arg.Any<long>());
    }

    [Fact]
    public async Task What_one_screen_has_fetched_hides_from_nobody_that_another_is_behind()
    {
        await Watching();
        var visitor = new VisitorConnection(new VisitorPass(Workspace, "v", "default", "c1", null, DateTimeOffset.MaxValue), Outbox());
        _relay.Add(visitor);
        _relay.Knows(visitor.Visitor, "c1", 5);
        // Revision 6 was lost, and its row too; who opens the conversation now is given it.
        _relay.Open(_agent, "c1");
        _relay.Opened(Snapshot("c1", rev: 6));
        _conversation.Sync(Arg.Any<Reader>(), 5).Returns(new CatchUp([Mode(6)], null));
        await _watch.Look();
        await Shown(live => live.TryGetProperty("rev", out var rev) && rev.GetInt64() == 6);

        // And so between two agents.
        var second = new AgentConnection(_agent.Who, Outbox());
        _relay.Add(second);
        _relay.Open(second, "c1");
        _relay.Opened(Snapshot("c1", rev: 7));
        _conversation.Sync(Arg.Any<Reader>(), 6).Returns(new CatchUp([Mode(7)], null));
        await _watch.Look();
        await Shown(live => live.TryGetProperty("rev", out var rev) && rev.GetInt64() == 7);
        await _watch.Look();
        await _conversation.Received(2).Sync(Arg.Any<Reader>(), Arg.Any<long>());
    }

    [Fact]
    public async Task When_the_events_are_gone_the_screen_sees_a_gap_and_asks()
    {
        await Watching();
        _relay.Open(_agent, "c1");
        _relay.Opened(Snapshot("c1", rev: 5));
        _conversation.Sync(Arg.Any<Reader>(), 5).Returns(new CatchUp(null, Snapshot("c1", rev: 900)));
        await _stream.Send(Changed(11, Row("c1", 900)));
        await _watch.Look();
        await Shown(live => Text(live, "kind") == "hidden" && live.GetProperty("rev").GetInt64() == 900);
    }

    [Fact]
    public async Task Whoever_loses_events_of_the_queue_may_have_lost_those_of_a_conversation_too()
    {
        await Watching();
        _relay.Open(_agent, "c1");
        _relay.Opened(Snapshot("c1", rev: 5));
        _conversation.Sync(Arg.Any<Reader>(), 5).Returns(new CatchUp([Mode(6)], null));
        await _stream.Send(new Tick(12));
        await _watch.Look();
        await Shown(live => live.TryGetProperty("rev", out var rev) && rev.GetInt64() == 6);
    }

    [Fact]
    public async Task A_cluster_that_comes_back_piece_by_piece_leaves_no_conversation_behind()
    {
        await Watching();
        _relay.Open(_agent, "c1");
        _relay.Opened(Snapshot("c1", rev: 5));
        _conversation.Sync(Arg.Any<Reader>(), 5).Returns(new CatchUp([Mode(6)], null));
        _clock.Advance(TimeSpan.FromSeconds(7));
        _queue.Tally().Returns(_ => Task.FromException<QueueTally>(new TimeoutException()), _ => Task.FromResult(_tally));
        await _watch.Look();
        Assert.Equal(2, _stream.Subscribed);
        await _stream.Send(new Tick(10));
        await _watch.Look();
        Assert.Equal(2, _stream.Subscribed);
        await Shown(live => live.TryGetProperty("rev", out var rev) && rev.GetInt64() == 6);
    }

    [Fact]
    public async Task A_queue_that_does_not_answer_is_asked_again()
    {
        await Watching();
        await _stream.Send(new Tick(12));
        _queue.Tally().Returns(
            _ => Task.FromException<QueueTally>(new TimeoutException()), _ => Task.FromResult(_tally with { Version = 12 }));
        await _watch.Look();
        await _stream.Send(new Tick(12));
        await _watch.Look();
        await _stream.Send(Changed(13, Row("later", 1)));
        await Shown(live => live.TryGetProperty("row", out var row) && Text(row, "id") == "later");
    }

    private async Task Watching(params QueueRow[] rows)
    {
        _page = Page(10, rows);
        await _watch.Look();
        await _relay.Watch(_agent, new QueueQuery("mira", QueueView.All, QueueFilter.All, QueueSort.Newest, 50));
    }

    private Outbox Outbox() => new(
        batch =>
        {
            lock (_seen)
                _seen.AddRange(batch.Select(frame => JsonSerializer.Deserialize<JsonElement>(frame.Bytes)));
            return Task.CompletedTask;
        },
        () => { },
        TimeProvider.System);

    private Task Shown(Func<JsonElement, bool> match) => Shown(1, match);

    private async Task Shown(int times, Func<JsonElement, bool> match)
    {
        using var limit = new CancellationTokenSource(TestServer.Patience);
        using var period = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            lock (_seen)
                if (_seen.Count(match) >= times)
                    return;
            await period.WaitForNextTickAsync(limit.Token);
        }
    }

    private static string? Text(JsonElement live, string name) => live.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static QueuePage Page(long version, params QueueRow[] rows) => new(
        [.. rows.Select(row => ConversationSummary.Of(row, "mira", online: false))],
        new QueueTally(version, StatusTally.None, 0, ImmutableDictionary<string, StatusTally>.Empty).For("mira", QueueView.All),
        null,
        version);

    private static QueueChanged Changed(long version, params QueueRow[] rows) => new(
        version, [.. rows.Select(row => new RowChange(row, null, Online: false))], new StatusTally(rows.Length, 0, 0), 0,
        ImmutableDictionary<string, StatusTally>.Empty);

    private static ModeChanged Mode(long rev) => new() { Rev = rev, At = DateTimeOffset.UnixEpoch, Mode = Contracts.Mode.Bot, Epoch = rev };

    private static QueueRow Row(string id, long rev) => new()
    {
        Id = id,
        Rev = rev,
        Seq = rev,
        Visitor = new Contact("v"),
        Mode = Contracts.Mode.Bot,
        Status = Status.Active,
        IsCase = false,
        Preview = "",
        StartedAt = DateTimeOffset.UnixEpoch,
        LastAt = DateTimeOffset.UnixEpoch,
        VisitorEntries = 1,
        Reads = ImmutableDictionary<string, int>.Empty,
    };

    private static ConversationSnapshot Snapshot(string id, long rev) => new()
    {
        Summary = ConversationSummary.Of(Row(id, rev), "mira", online: false),
        Epoch = 1,
        Entries = [],
        HasMore = false,
        Viewers = [],
    };

    private sealed class ManualClock : TimeProvider
    {
        private long _now = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }

    /// <summary>A stream whose subscriptions are counted.</summary>
    private sealed class FakeStream
    {
        public int Subscribed { get; private set; }

        public Func<WorkspaceEvent, Task> Send { get; private set; } = _ => Task.CompletedTask;

        public Task<Func<Task>> Subscribe(Func<WorkspaceEvent, Task> take)
        {
            Subscribed++;
            Send = take;
            return Task.FromResult<Func<Task>>(() => Task.CompletedTask);
        }
    }
}
