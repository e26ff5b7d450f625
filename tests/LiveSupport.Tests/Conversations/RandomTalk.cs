using LiveSupport.Contracts;

namespace LiveSupport.Tests.Conversations;

/// <summary>Does one thing after the other that a visitor, two agents, the bot and the clock might do. The same seed, the same story.</summary>
internal sealed class RandomTalk(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<(long Epoch, long Question)> _turns = [];
    private int _messages;

    public Talk Talk { get; } = new();

    public void Step()
    {
        Talk.Pass(TimeSpan.FromSeconds(_random.Next(1, _random.Next(10) == 0 ? 3_000 : 40)));
        var agent = _random.Next(2) == 0 ? Talk.Mira : Talk.Jonas;
        var reader = _random.Next(2) == 0 ? Talk.AsVisitor : new Reader(AuthorType.Agent, agent.Id);
        switch (_random.Next(22))
        {
            case <= 5:
                Talk.Post($"v{_random.Next(8) switch { 0 => _messages, _ => ++_messages }}", Words(), wantsPerson: _random.Next(8) == 0);
                break;
            case 6 or 7:
                Talk.Reply(agent, $"a{++_messages}", Words(), basedOn: _random.Next(3) == 0 ? _random.NextInt64(Talk.State.Seq + 1) : null);
                break;
            case 8:
                Talk.Reply(agent, $"n{++_messages}", Words(), note: true);
                break;
            case 9 or 10:
                var (epoch, question) = _turns.Count > 0 ? _turns[_random.Next(_turns.Count)] : (0, 0);
                Talk.BotReply(epoch, question, Words(), _random.Next(4) == 0 ? "it is complicated" : null);
                break;
            case 11:
                Talk.Join(agent);
                break;
            case 12:
                Talk.TakeOver(agent);
                break;
            case 13:
                Talk.UndoJoin(agent);
                break;
            case 14:
                Talk.HandToBot(agent);
                break;
            case 15:
                Talk.TalkToHuman();
                break;
            case 16:
                _ = _random.Next(3) == 0 ? Talk.Solve(agent) : Talk.Reopen(agent);
                break;
            case 17:
                Talk.Snooze(agent, TimeSpan.FromSeconds(_random.Next(1, 200)));
                break;
            case 18:
                Talk.Assign(agent, _random.Next(3) switch { 0 => null, 1 => Talk.Mira, _ => Talk.Jonas });
                break;
            case 19:
                _ = _random.Next(2) == 0
                    ? Talk.Rate(_random.Next(0, 7), _random.Next(2) == 0 ? Words() : null)
                    : Talk.SetContact(Talk.Visitor with { Email = $"kim{_random.Next(3)}@example.com" });
                break;
            case 20:
                Talk.Due();
                break;
            case 21 when _random.Next(3) == 0:
                Talk.MarkUnread(agent, _random.NextInt64(Talk.State.Seq + 2));
                break;
            default:
                Talk.Seen(reader, _random.NextInt64(Talk.State.Seq + 2));
                break;
        }
        foreach (var owed in Talk.State.Owed)
            _turns.Add((Talk.State.Epoch, owed));
    }

    private string Words() => _random.Next(12) switch
    {
        0 => new string('x', Limits.Preview - 1) + "😀 and on",
        1 => "<b>\"bold\"</b> & 'so'\non two lines",
        _ => $"Message {_random.Next(1_000)}",
    };
}
