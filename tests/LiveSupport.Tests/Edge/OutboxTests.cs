using System.Text.Json;
using LiveSupport.Api.Edge;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>A connection's queue: bounded, in order, the latest of a row, and never anybody else's burden.</summary>
public sealed class OutboxTests
{
    private readonly List<string> _sent = [];
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _sending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _gate = new(0);

    [Fact]
    public async Task Frames_go_out_in_order()
    {
        using var outbox = New();
        for (var n = 1; n <= 100; n++)
            outbox.Post(Frame.Tick(n));
        await Sent(100);
        Assert.Equal(Enumerable.Range(1, 100).Select(n => $"tick {n}"), _sent);
    }

    [Fact]
    public async Task Of_one_row_only_the_latest_waits()
    {
        using var outbox = New();
        for (var n = 1; n <= 1_000; n++)
            outbox.PostLatest("row", Frame.Tick(n));
        await Sent(1);
        Assert.Equal("tick 1000", Assert.Single(_sent));
    }

    [Fact]
    public async Task What_is_sent_at_once_passes_the_lists_and_those_keep_the_order_in_which_they_last_changed()
    {
        using var outbox = New(hangs: true);
        outbox.Post(Frame.Tick(0));
        await _sending.Task;
        // Row n is told last of all rows but those after it, and many times before.
        for (var round = 0; round < 100; round++)
            for (var row = 0; row < 9; row++)
            {
                outbox.PostLatest($"row {row}", Frame.Tick((100 * row) + round));
                if (round == 99 && row % 3 == 0)
                    outbox.Post(Frame.Tick(10_000 + row));
            }
        outbox.DropRow("row 4");
        _gate.Release(10);
        await Sent(1 + 3 + 8);

        var rows = _sent.Where(said => said.Length < "tick 10000".Length).Skip(1);
        Assert.Equal(new[] { 0, 1, 2, 3, 5, 6, 7, 8 }.Select(row => $"tick {(100 * row) + 99}"), rows);
        Assert.Equal(["tick 10000", "tick 10003", "tick 10006"], _sent.Where(said => said.Length == "tick 10000".Length));
        Assert.Equal(12, _sent.Count);
    }

    [Fact]
    public async Task A_reader_that_hangs_is_told_to_come_back_and_cut_off()
    {
        using var outbox = New(hangs: true);
        outbox.Post(Frame.Tick(0));
        await _sending.Task;
        for (var n = 1; n <= Outbox.MostFrames + 1; n++)
            outbox.Post(Frame.Tick(n));
        // The pump is stuck in the first send: the timer cuts the connection.
        await _aborted.Task.WaitAsync(TestServer.Patience);
        _gate.Release(10);
        await Sent(2);
        Assert.Equal(["tick 0", "bye too-slow"], _sent);
    }

    [Fact]
    public async Task A_few_large_frames_fill_it_as_well()
    {
        using var outbox = New(hangs: true);
        var large = Frame.Agent(new AgentProfile("a", new string('x', 60_000), "a@b.example", AgentRole.Agent, Availability.Online));
        for (var n = 0; n < 8; n++)
            outbox.Post(large);
        await _aborted.Task.WaitAsync(TestServer.Patience);
        _gate.Release(10);
    }

    [Fact]
    public async Task Closing_says_good_bye_last()
    {
        using var outbox = New();
        outbox.Post(Frame.Tick(1));
        await Sent(1);
        outbox.Close("not-signed-in", reconnect: false);
        outbox.Post(Frame.Tick(2));
        await _aborted.Task.WaitAsync(TestServer.Patience);
        Assert.Equal(["tick 1", "bye not-signed-in"], _sent);
    }

    private Outbox New(bool hangs = false) => new(
        async batch =>
        {
            _sending.TrySetResult();
            if (hangs)
                await _gate.WaitAsync();
            lock (_sent)
                _sent.AddRange(batch.Select(Say));
        },
        () => _aborted.TrySetResult(),
        TimeProvider.System);

    private async Task Sent(int count)
    {
        using var limit = new CancellationTokenSource(TestServer.Patience);
        using var period = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            lock (_sent)
                if (_sent.Count >= count)
                    return;
            await period.WaitForNextTickAsync(limit.Token);
        }
    }

    private static string Say(Frame frame)
    {
        var live = JsonSerializer.Deserialize<JsonElement>(frame.Bytes);
        var kind = live.GetProperty("kind").GetString();
        return kind switch
        {
            "tick" => $"tick {live.GetProperty("version").GetInt64()}",
            "bye" => $"bye {live.GetProperty("code").GetString()}",
            _ => kind!,
        };
    }
}
