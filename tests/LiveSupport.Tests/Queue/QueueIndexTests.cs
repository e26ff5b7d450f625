using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Queue;
using LiveSupport.Silo.Storage;

namespace LiveSupport.Tests.Queue;

/// <summary>The index against the plainest thing that could be right: a list of all rows, filtered and sorted anew.</summary>
public sealed class QueueIndexTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Agents = ["mira", "sam", "zoe"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Holds_what_a_plain_list_would_hold(int seed)
    {
        var random = new Random(seed);
        Dictionary<string, QueueRow> model = [];
        var index = new QueueIndex([], ImmutableDictionary<string, int>.Empty);

        for (var step = 0; step < 3_000; step++)
        {
            var id = $"c{random.Next(60)}";
            var known = model.GetValueOrDefault(id);
            // Late and repeated rows among the new ones.
            var rev = random.Next(5) == 0 ? random.Next(1, (int)(known?.Rev ?? 1) + 1) : (known?.Rev ?? 0) + random.Next(1, 4);
            var row = Row(random, id, rev);
            var newer = known is null || rev > known.Rev;

            Assert.Equal(newer, index.Take(row, known?.Status == Status.Solved ? known : null, out var before));
            Assert.Equal(known, before);
            if (newer)
                model[id] = row;

            if (step % 50 == 0)
                Compare(model.Values, index, random);
        }
    }

    [Fact]
    public void Counts_the_same_when_it_is_loaded_anew()
    {
        var random = new Random(7);
        var rows = Enumerable.Range(0, 200).Select(i => Row(random, $"c{i}", 1)).ToList();
        var grown = new QueueIndex([], ImmutableDictionary<string, int>.Empty);
        foreach (var row in rows)
            grown.Take(row, null, out _);

        var loaded = new QueueIndex(
            rows.Where(row => row.Status != Status.Solved),
            rows.Where(row => row.Status == Status.Solved).GroupBy(row => row.Owner?.Id ?? "").ToDictionary(g => g.Key, g => g.Count()));

        foreach (var agent in Agents)
            Assert.Equal(grown.Account(1).For(agent, QueueView.All), loaded.Account(1).For(agent, QueueView.All));
    }

    [Fact]
    public void Wakes_each_due_conversation_once_and_again_only_later()
    {
        var index = new QueueIndex([], ImmutableDictionary<string, int>.Empty);
        var random = new Random(1);
        index.Take(Row(random, "later", 1) with { Status = Status.Snoozed, DueAt = Start.AddHours(1) }, null, out _);
        index.Take(Row(random, "now", 1) with { Status = Status.Snoozed, DueAt = Start }, null, out _);
        var retry = TimeSpan.FromSeconds(30);

        Assert.Equal(["now"], index.TakeDue(Start, retry, 10));
        Assert.Empty(index.TakeDue(Start.AddSeconds(29), retry, 10));
        Assert.Equal(["now"], index.TakeDue(Start.AddSeconds(30), retry, 10));

        index.Take(Row(random, "now", 2) with { Status = Status.Active, DueAt = null }, null, out _);
        Assert.Equal(["later"], index.TakeDue(Start.AddHours(2), retry, 10));
    }

    private static void Compare(IEnumerable<QueueRow> model, QueueIndex index, Random random)
    {
        var rows = model.ToList();
        var agent = Agents[random.Next(Agents.Length)];
        var account = index.Account(1);
        foreach (var view in Enum.GetValues<QueueView>())
        {
            var counts = account.For(agent, view);
            int Count(QueueView v, QueueFilter f) => rows.Count(row => QueueRules.Holds(row, agent, v, f));
            Assert.Equal(new ViewCounts(Count(QueueView.All, QueueFilter.All), Count(QueueView.Inbox, QueueFilter.All), Count(QueueView.Unassigned, QueueFilter.All)), counts.Views);
            Assert.Equal(
                new FilterCounts(Count(view, QueueFilter.All), Count(view, QueueFilter.Active), Count(view, QueueFilter.Solved),
                    Count(view, QueueFilter.Mine), Count(view, QueueFilter.Unassigned)),
                counts.Filters);

            foreach (var filter in Enum.GetValues<QueueFilter>())
            {
                foreach (var sort in Enum.GetValues<QueueSort>())
                {
                    var expected = Sort(rows.Where(row => QueueRules.Holds(row, agent, view, filter)), agent, sort).Select(row => row.Id);
                    Assert.Equal(expected, Walk(rows, index, new QueueQuery(agent, view, filter, sort, Limit: 7)));
                }
            }
        }
    }

    /// <summary>All pages one after the other, the way that a screen asks for them.</summary>
    private static IEnumerable<string> Walk(List<QueueRow> rows, QueueIndex index, QueueQuery query)
    {
        QueueCursor? after = null;
        do
        {
            var memory = query.Filter == QueueFilter.Solved ? [] : index.Page(query, after);
            var stored = QueuePages.ForStore(query, after) is { } question ? Store(rows, question) : [];
            var (page, next) = QueuePages.Merge(query, memory, stored);
            foreach (var row in page)
                yield return row.Id;
            after = next is { } cursor ? Reread(cursor) : null;
        }
        while (after is not null);
    }

    private static QueueCursor Reread(QueueCursor cursor)
    {
        Assert.True(QueueCursor.TryParse(cursor.ToString(), out var again));
        Assert.Equal(cursor, again);
        return again;
    }

    private static List<QueueRow> Store(List<QueueRow> rows, RowQuery query)
    {
        var held = Sort(
            rows.Where(row => row.Status == Status.Solved && QueueRules.Holds(row, query.AgentId, query.View, query.Filter)),
            query.AgentId,
            query.Sort == QueueSort.Oldest ? QueueSort.Oldest : QueueSort.Newest);
        if (query.After is { } after)
        {
            held = held.Where(row =>
            {
                var order = (row.LastAt.CompareTo(after.LastAt), string.CompareOrdinal(row.Id, after.Id)) is (0, var byId) ? byId : row.LastAt.CompareTo(after.LastAt);
                return query.Sort == QueueSort.Oldest ? order > 0 : order < 0;
            });
        }
        return held.Take(query.Limit).ToList();
    }

    internal static IEnumerable<QueueRow> Sort(IEnumerable<QueueRow> rows, string agent, QueueSort sort) => sort switch
    {
        QueueSort.Oldest => rows.OrderBy(row => row.LastAt).ThenBy(row => row.Id, StringComparer.Ordinal),
        QueueSort.Newest => rows.OrderByDescending(row => row.LastAt).ThenByDescending(row => row.Id, StringComparer.Ordinal),
        _ => rows.OrderBy(row => row.Status == Status.Solved).ThenBy(row => row.Status != Status.Solved && row.UnreadFor(agent) <= 0)
            .ThenBy(row => row.Status != Status.Solved && row.PreviewBy?.Type != AuthorType.Visitor)
            .ThenByDescending(row => row.LastAt).ThenByDescending(row => row.Id, StringComparer.Ordinal),
    };

    internal static QueueRow Row(Random random, string id, long rev)
    {
        var owner = random.Next(3) == 0 ? null : Agents[random.Next(Agents.Length)];
        var written = random.Next(4);
        return new QueueRow
        {
            Id = id,
            Rev = rev,
            Seq = rev,
            Visitor = new Contact("v" + id),
            Mode = owner is null ? Mode.Bot : Mode.HumanInteraction,
            Status = (Status)random.Next(3),
            IsCase = owner is not null || random.Next(2) == 0,
            Owner = owner is null ? null : new AgentRef(owner, owner),
            Preview = "text",
            PreviewBy = new Author(random.Next(2) == 0 ? AuthorType.Visitor : AuthorType.Bot),
            StartedAt = Start,
            // Few different times, so that ties happen.
            LastAt = Start.AddMinutes(random.Next(20)),
            VisitorEntries = written,
            Reads = Agents.ToImmutableDictionary(agent => agent, _ => random.Next(written + 1)),
        };
    }
}
