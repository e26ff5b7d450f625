using System.Collections.Immutable;
using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using LiveSupport.Tests.Queue;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace LiveSupport.Tests.Edge;

/// <summary>What is on screen against the plainest thing that could be right: the list, sorted anew, cut to what was asked for.</summary>
public sealed class WindowTests
{
    private const string Workspace = "default";
    private readonly IGrainFactory _grains = Substitute.For<IGrainFactory>();
    private readonly IQueueGrain _queue = Substitute.For<IQueueGrain>();
    private readonly WorkspaceRelay _relay;
    private readonly RelayWatch _watch;
    private readonly Dictionary<string, QueueRow> _rows = [];
    private readonly Queue<QueueChanged> _told = new();
    private readonly HashSet<string> _online = [];
    private Func<Task> _whileFetched = () => Task.CompletedTask;
    private Func<Task> _whileTallied = () => Task.CompletedTask;
    private int _pages;
    private long _version = 1_000;

    public WindowTests()
    {
        _grains.GetGrain<IQueueGrain>(Workspace).Returns(_queue);
        _queue.Tally().Returns(async _ =>
        {
            await _whileTallied();
            return Tally();
        });
        _queue.Page(Arg.Any<QueueQuery>()).Returns(async call =>
        {
            _pages++;
            var page = Page(call.Arg<QueueQuery>());
            await _whileFetched();
            return page;
        });
        _relay = new WorkspaceRelay(Workspace, _grains, TimeProvider.System);
        _watch = new RelayWatch(_relay, _ => Task.FromResult<Func<Task>>(() => Task.CompletedTask), _grains, TimeProvider.System, NullLogger.Instance);
    }

    [Fact]
    public async Task A_window_is_never_longer_than_it_was_asked_to_be()
    {
        Put(1, 2, 3);
        var screen = await Watch(limit: 2);
        Put(4, 5);
        await Tell();
        await screen.Shows("c5 c4");
    }

    [Fact]
    public async Task The_next_row_moves_up_in_the_moment_in_which_one_leaves_and_nobody_is_asked()
    {
        Put(1, 2, 3, 4);
        var screen = await Watch(QueueFilter.Active, limit: 2);
        await screen.Shows("c4 c3");
        Solve(4);
        await Tell();
        await screen.Shows("c3 c2");
        Assert.Equal(1, _pages);
    }

    [Fact]
    public async Task When_more_leave_than_are_known_to_follow_the_queue_is_asked_once()
    {
        Put([.. Enumerable.Range(1, 100)]);
        var screen = await Watch(QueueFilter.Active, limit: 2);
        foreach (var leaving in Enumerable.Range(61, 40))
        {
            Solve(leaving);
            await Tell();
        }
        Assert.Equal(1, _pages);
        await _watch.Look();
        await _watch.Look();
        await screen.Shows("c60 c59");
        Assert.Equal(2, _pages);
    }

    [Fact]
    public async Task Rows_behind_the_end_of_the_window_are_not_sent()
    {
        Put([.. Enumerable.Range(10, 60)]);
        var screen = await Watch(limit: 2);
        Put(1, 2, 3);
        await Tell();
        Put(70);
        await Tell();
        await screen.Shows("c70 c69");
        Assert.Equal(["c70", "c68"], screen.Told.Select(live => live.TryGetProperty("row", out var row) ? row.GetProperty("id").GetString() : live.GetProperty("removed").GetString()).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public async Task A_window_may_begin_at_a_cursor()
    {
        Put(1, 2, 3, 4, 5);
        var cursor = (await Watch(limit: 2)).Page.Cursor;
        var screen = await Watch(limit: 2, cursor: cursor);
        await screen.Shows("c3 c2");
        Put(6);
        Solve(3);
        await Tell();
        await screen.Shows("c3 c2");
        Move(2, to: 9);
        await Tell();
        await screen.Shows("c3 c1");
    }

    [Fact]
    public async Task Further_rows_join_the_window_even_if_its_end_has_moved_meanwhile()
    {
        Put([.. Enumerable.Range(1, 9)]);
        var screen = await Watch(QueueFilter.Active, limit: 2);
        Put(10, 11);
        await Tell();
        await screen.Shows("c11 c10");
        await screen.More(2);
        await screen.Shows("c11 c10 c9 c8");
        Solve(11);
        Solve(9);
        await Tell();
        await screen.Shows("c10 c8 c7 c6");
        await screen.More(2);
        await screen.Shows("c10 c8 c7 c6");
        await screen.More(2);
        await screen.Shows("c10 c8 c7 c6 c5 c4");
        Solve(8);
        await Tell();
        await screen.Shows("c10 c7 c6 c5 c4 c3");
    }

    [Fact]
    public async Task Who_turns_to_another_list_while_the_first_is_healed_is_told_nothing_of_it()
    {
        await _watch.Look();
        Put(1, 2);
        _told.Clear();
        var screen = await Watch(limit: 2);
        Put(3);
        _told.Clear();
        await _relay.Take(new Tick(_version));
        _whileFetched = async () =>
        {
            _whileFetched = () => Task.CompletedTask;
            await screen.Watch(new QueueQuery("mira", QueueView.Inbox, QueueFilter.All, QueueSort.Newest, 2));
        };
        await _watch.Look();
        await screen.Shows("");
        Assert.Empty(screen.Told);
    }

    [Fact]
    public async Task Who_comes_while_the_account_is_fetched_misses_nothing_that_it_holds()
    {
        Put(1);
        _told.Clear();
        Screen? screen = null;
        _whileTallied = async () =>
        {
            screen = await Watch(limit: 2);
            Put(2);
            await Tell();
        };
        await _watch.Look();
        await screen!.Shows("c2 c1");
    }

    [Fact]
    public async Task A_queue_whose_versions_begin_anew_below_ours_is_noticed_and_its_screens_come_back()
    {
        await _watch.Look();
        var screen = await Watch(limit: 2);
        _version -= 500;
        Put(1);
        await Tell();
        await _relay.Take(new Tick(_version));
        await _watch.Look();
        Assert.False(screen.IsTold("bye"), "A tick may be late.");
        await _relay.Take(new Tick(_version));
        await _watch.Look();
        await screen.Eventually(() => screen.IsTold("bye"));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task Every_screen_holds_its_part_of_the_list_at_every_moment(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 250; i++)
            Change(random);
        _told.Clear();
        await _watch.Look();

        List<Screen> screens = [];
        foreach (var view in Enum.GetValues<QueueView>())
            foreach (var filter in Enum.GetValues<QueueFilter>())
                foreach (var sort in Enum.GetValues<QueueSort>())
                    screens.Add(await Watch(filter, random.Next(1, 12), view: view, sort: sort, agent: random.Next(2) == 0 ? "mira" : "sam"));

        for (var moment = 0; moment < 60; moment++)
        {
            // Events that come while a page is fetched, pages that are newer than the events that have come, events that are lost.
            _whileFetched = async () =>
            {
                for (var changes = random.Next(12); changes > 0; changes--)
                    Change(random);
                if (random.Next(2) == 0)
                    await Tell();
            };
            for (var change = random.Next(60); change > 0; change--)
            {
                Change(random);
                if (random.Next(3) == 0)
                    await Tell(random.Next(3));
                if (random.Next(100) == 0 && _told.Count > 0)
                    _told.Dequeue();
                if (random.Next(8) == 0)
                    await screens[random.Next(screens.Count)].More(random.Next(1, 6));
                if (random.Next(15) == 0)
                    await _watch.Look();
                if (random.Next(30) == 0)
                    await ComeOrGo(random);
            }
            _whileFetched = () => Task.CompletedTask;
            await Tell();
            await _relay.Take(new Tick(_version));
            await _watch.Look();
            foreach (var screen in screens)
                await screen.IsRight();
        }
    }

    private void Change(Random random)
    {
        var id = $"c{random.Next(200)}";
        var known = _rows.GetValueOrDefault(id);
        var row = QueueIndexTests.Row(random, id, (known?.Rev ?? 0) + 1);
        if (known is not null && random.Next(3) == 0)
            row = known with { Rev = row.Rev, Reads = row.Reads, VisitorEntries = row.VisitorEntries };
        if (known is not null && random.Next(4) == 0)
            row = known with { Rev = row.Rev, Reads = known.Reads.SetItem("zoe", random.Next(4)) };
        Change(row);
    }

    private void Change(QueueRow row)
    {
        var before = _rows.GetValueOrDefault(row.Id);
        _rows[row.Id] = row;
        _version++;
        var tally = Tally();
        if (before is not null && before with { Rev = row.Rev, Reads = row.Reads } != row)
            before = null;
        _told.Enqueue(new QueueChanged(_version, [new RowChange(row, before, _online.Contains(row.Visitor.Id))], tally.Total, tally.Unassigned, tally.Owners));
    }

    private async Task ComeOrGo(Random random)
    {
        // As in the queue: what is untold is told with whoever is there then.
        await Tell();
        var visitor = $"vc{random.Next(200)}";
        var online = _online.Add(visitor) || !_online.Remove(visitor);
        await _relay.Take(new PresenceChanged(visitor, online));
    }

    private void Put(params int[] numbers)
    {
        foreach (var number in numbers)
            Change(Row(number));
    }

    private void Solve(int number) => Change(_rows[$"c{number}"] with { Rev = _rows[$"c{number}"].Rev + 1, Status = Status.Solved });

    private void Move(int number, int to) => Change(_rows[$"c{number}"] with { Rev = _rows[$"c{number}"].Rev + 1, LastAt = Row(to).LastAt });

    private static QueueRow Row(int number) => QueueIndexTests.Row(new Random(1), $"c{number}", 1) with
    {
        Status = Status.Active,
        Owner = null,
        LastAt = DateTimeOffset.UnixEpoch.AddMinutes(number),
    };

    private async Task Tell(int most = int.MaxValue)
    {
        while (most-- > 0 && _told.TryDequeue(out var change))
            await _relay.Take(change);
    }

    private async Task<Screen> Watch(
        QueueFilter filter = QueueFilter.All, int limit = 50, string? cursor = null, QueueView view = QueueView.All, QueueSort sort = QueueSort.Newest, string agent = "mira")
    {
        var screen = new Screen(this, agent);
        await screen.Watch(new QueueQuery(agent, view, filter, sort, limit, cursor));
        return screen;
    }

    private QueueTally Tally()
    {
        var rows = _rows.Values;
        static StatusTally Of(IEnumerable<QueueRow> rows) =>
            new(rows.Count(row => row.Status == Status.Active), rows.Count(row => row.Status == Status.Snoozed), rows.Count(row => row.Status == Status.Solved));
        return new QueueTally(_version, Of(rows), rows.Count(QueueRules.IsUnassigned),
            rows.Where(row => row.Owner is not null).GroupBy(row => row.Owner!.Id).ToImmutableDictionary(group => group.Key, Of));
    }

    private QueuePage Page(QueueQuery query)
    {
        var rows = QueueIndexTests.Sort(_rows.Values.Where(row => QueueRules.Holds(row, query.AgentId, query.View, query.Filter)), query.AgentId, query.Sort);
        if (QueueCursor.TryParse(query.Cursor, out var after))
            rows = rows.Where(row => QueueOrder.Compare(query.Sort, QueueOrder.PlaceOf(row, query.Sort, query.AgentId), after) > 0);
        var page = rows.Take(query.Limit + 1).ToList();
        return new QueuePage(
            [.. page.Take(query.Limit).Select(row => ConversationSummary.Of(row, query.AgentId, _online.Contains(row.Visitor.Id)))],
            Tally().For(query.AgentId, query.View),
            page.Count > query.Limit ? QueueOrder.PlaceOf(page[^2], query.Sort, query.AgentId).ToString() : null,
            _version);
    }

    /// <summary>An agent's list, kept as the protocol says.</summary>
    private sealed class Screen
    {
        private readonly WindowTests _test;
        private readonly AgentConnection _agent;
        private readonly Dictionary<string, (long Since, ConversationSummary? Row)> _rows = [];
        private readonly List<JsonElement> _told = [];
        private QueueCounts? _counts;
        private QueueQuery _query = null!;
        private long _since;

        public Screen(WindowTests test, string agent)
        {
            _test = test;
            _agent = new AgentConnection(
                new SignedIn(Workspace, new AgentRef(agent, agent), AgentRole.Agent, "session", "stamp"), new Outbox(Take, () => { }, new Impatience()));
            test._relay.Add(_agent);
        }

        public QueuePage Page { get; private set; } = null!;

        /// <summary>Of rows.</summary>
        public IReadOnlyList<JsonElement> Told
        {
            get
            {
                lock (_rows)
                    return [.. _told.Where(live => live.GetProperty("kind").ValueEquals("queue-row"))];
            }
        }

        public bool IsTold(string kind)
        {
            lock (_rows)
                return _told.Any(live => live.GetProperty("kind").ValueEquals(kind));
        }

        public async Task Watch(QueueQuery query)
        {
            lock (_rows)
                _since = long.MaxValue;
            _query = query;
            Page = await _test._relay.Watch(_agent, query);
            lock (_rows)
            {
                _rows.Clear();
                foreach (var row in Page.Rows)
                    _rows[row.Id] = (Page.Version, row);
                (_since, _counts) = (Page.Version, Page.Counts);
                foreach (var live in _told.ToList())
                    Apply(live);
            }
        }

        public async Task More(int limit)
        {
            if (Page.Cursor is null)
                return;
            var further = await _test._relay.Watch(_agent, _query with { Limit = limit, Cursor = Page.Cursor });
            Assert.InRange(further.Rows.Length, 0, limit);
            Page = Page with { Cursor = further.Cursor };
            lock (_rows)
            {
                foreach (var row in further.Rows)
                    _rows[row.Id] = (further.Version, row);
                foreach (var live in _told.ToList())
                    Apply(live);
            }
        }

        /// <summary>Those rows, in that order.</summary>
        public Task Shows(string ids) => Eventually(() => string.Join(' ', Shown().Select(row => row.Id)) == ids);

        /// <summary>What a new screen of the same part of the list would show.</summary>
        public async Task IsRight()
        {
            var size = _agent.Window!.Size;
            await Eventually(() =>
            {
                var page = _test.Page(_query with { Limit = size });
                return page.Rows.Select(Plain).SequenceEqual(Shown().Select(Plain)) && page.Counts == Counts();
            });
        }

        public async Task Eventually(Func<bool> holds)
        {
            using var limit = new CancellationTokenSource(TestServer.Patience);
            using var period = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
            while (!holds())
            {
                Assert.False(limit.IsCancellationRequested, $"{_query} shows {string.Join(' ', Shown().Select(row => row.Id))}, not {string.Join(' ', _test.Page(_query with { Limit = _agent.Window?.Size ?? 1 }).Rows.Select(row => row.Id))}");
                await period.WaitForNextTickAsync(CancellationToken.None);
            }
        }

        /// <summary>A colleague who reads raises the revision, which is no news to this screen.</summary>
        private static ConversationSummary Plain(ConversationSummary row) => row with { Rev = 0 };

        private QueueCounts? Counts()
        {
            lock (_rows)
                return _counts;
        }

        private List<ConversationSummary> Shown()
        {
            lock (_rows)
                return [.. _rows.Values.Where(one => one.Row is not null).Select(one => one.Row!).Order(Comparer<ConversationSummary>.Create((a, b) =>
                    QueueOrder.Compare(_query.Sort, QueueOrder.PlaceOf(a, _query.Sort), QueueOrder.PlaceOf(b, _query.Sort))))];
        }

        private Task Take(Frame[] batch)
        {
            lock (_rows)
            {
                foreach (var frame in batch)
                {
                    var live = JsonSerializer.Deserialize<JsonElement>(frame.Bytes);
                    _told.Add(live);
                    Apply(live);
                }
            }
            return Task.CompletedTask;
        }

        private void Apply(JsonElement live)
        {
            if (live.GetProperty("kind").ValueEquals("queue-counts"))
                _counts = live.GetProperty("counts").Deserialize<QueueCounts>(WireJson.Options);
            if (live.GetProperty("kind").ValueEquals("presence"))
            {
                foreach (var (id, (since, shown)) in _rows.ToList())
                    if (shown?.Visitor.Id == live.GetProperty("visitorId").GetString())
                        _rows[id] = (since, shown! with { Visitor = shown.Visitor with { Online = live.GetProperty("online").GetBoolean() } });
            }
            if (!live.GetProperty("kind").ValueEquals("queue-row"))
                return;
            var version = live.GetProperty("version").GetInt64();
            var row = live.TryGetProperty("row", out var told) ? told.Deserialize<ConversationSummary>(WireJson.Options) : null;
            var about = row?.Id ?? live.GetProperty("removed").GetString()!;
            var (known, before) = _rows.GetValueOrDefault(about, (_since, null));
            if (version > known && !(row?.Rev < before?.Rev))
                _rows[about] = (known, row);
        }
    }

    /// <summary>Lists are sent at once.</summary>
    private sealed class Impatience : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, System.TimestampFrequency);
    }
}
