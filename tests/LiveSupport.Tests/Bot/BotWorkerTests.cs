using System.Threading.Channels;
using LiveSupport.Contracts;
using LiveSupport.Silo.Bot;
using LiveSupport.Tests.Conversations;
using LiveSupport.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Tests.Bot;

/// <summary>The bot's turns between the conversation and an answerer that the test leads by the hand.</summary>
public sealed class BotWorkerTests : IAsyncLifetime
{
    private readonly LedAnswerer _answerer = new();
    private SiloHost _silo = null!;

    private bool _losesQuestions;

    private IConversationGrain Grain => _silo.Conversation("c1");

    public async Task InitializeAsync() => _silo = await SiloHost.Start(configure: services => services
        .AddSingleton<IAnswerer>(_answerer)
        .AddSingleton<IBotDispatcher>(provider => new Dispatcher(provider.GetRequiredService<BotWorker>(), () => _losesQuestions)));

    public Task DisposeAsync() => _silo.DisposeAsync().AsTask();

    [Fact]
    public async Task An_answer_goes_into_the_conversation_with_its_sources()
    {
        await Post("m1", "How long does delivery take?");
        var question = await _answerer.Asked();
        Assert.Equal("How long does delivery take?", question.Turn.Context[^1].Text);
        question.Answer(new BotAnswer("Two days.", [new Source("Delivery", "/help/delivery")]));

        var entry = await NextEntry(after: 1);
        Assert.Equal((AuthorType.Bot, "Two days.", "Delivery"), (entry.Author.Type, entry.Text, entry.Sources!.Value[0].Title));
        Assert.False(entry.OffersPerson);
    }

    [Fact]
    public async Task An_answer_that_comes_after_an_agent_is_not_heard()
    {
        await Post("m1", "Help");
        var question = await _answerer.Asked();
        await Grain.Join(Talk.Mira);
        question.Answer(new BotAnswer("Too late.", []));

        await Grain.HandToBot(Talk.Mira);
        await Post("m2", "Hello, bot?");
        var asked = (await Grain.Row())!.Seq;
        (await _answerer.Asked()).Answer(new BotAnswer("In time.", []));
        await NextEntry(after: asked);
        Assert.Equal(["In time."], (await Transcript()).Where(e => e.Author.Type == AuthorType.Bot).Select(e => e.Text));
    }

    [Fact]
    public async Task An_answerer_that_fails_becomes_an_apology_with_the_offer_of_a_person()
    {
        await Post("m1", "Help");
        (await _answerer.Asked()).Fail(new InvalidOperationException("The model is gone."));

        var entry = await NextEntry(after: 1);
        Assert.Equal(AuthorType.Bot, entry.Author.Type);
        Assert.True(entry.OffersPerson);
        Assert.DoesNotContain("model", entry.Text);
        Assert.Equal(Mode.Bot, (await Grain.Row())!.Mode);
    }

    [Fact]
    public async Task A_handover_follows_the_bots_last_words()
    {
        await Post("m1", "I want my money back");
        (await _answerer.Asked()).Answer(new BotAnswer("A colleague will help.", [], HandOffReason: "a refund"));

        var entry = await NextEntry(after: 2);
        Assert.Equal(SystemCodes.BotHandedOff, entry.Code);
        Assert.True(QueueRules.IsUnassigned((await Grain.Row())!));
    }

    [Fact]
    public async Task A_question_that_was_lost_is_asked_again_when_it_is_due()
    {
        _losesQuestions = true;
        await Post("m1", "Help");
        _losesQuestions = false;
        _silo.Clock.Advance(TimeSpan.FromSeconds(31));

        (await _answerer.Asked()).Answer(new BotAnswer("Here I am.", []));
        Assert.Equal("Here I am.", (await NextEntry(after: 1)).Text);
    }

    private Task Post(string id, string text) =>
        Grain.Post(new VisitorMessage { ClientId = id, Text = text, Visitor = Talk.Visitor });

    private async Task<Entry> NextEntry(long after)
    {
        var heard = await _silo.Hear<ConversationChanged>(change => change.Events.OfType<EntryAdded>().Any(added => added.Entry.Seq > after));
        return heard.Events.OfType<EntryAdded>().First(added => added.Entry.Seq > after).Entry;
    }

    private async Task<IEnumerable<Entry>> Transcript() => (await Grain.Snapshot(Talk.AsMira)).Value!.Entries;

    private sealed class Dispatcher(BotWorker worker, Func<bool> losesIt) : IBotDispatcher
    {
        public void Enqueue(BotRequest request)
        {
            if (!losesIt())
                worker.Enqueue(request);
        }
    }

    /// <summary>Answers when the test says so.</summary>
    private sealed class LedAnswerer : IAnswerer
    {
        private readonly Channel<Question> _questions = Channel.CreateUnbounded<Question>();

        public async Task<Question> Asked() => await _questions.Reader.ReadAsync().AsTask().WaitAsync(TestServer.Patience);

        public Task<BotAnswer> Answer(BotTurn turn, Knowledge knowledge, CancellationToken cancellation)
        {
            var question = new Question(turn);
            _questions.Writer.TryWrite(question);
            return question.Answered;
        }
    }

    private sealed class Question(BotTurn turn)
    {
        private readonly TaskCompletionSource<BotAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public BotTurn Turn { get; } = turn;
        public Task<BotAnswer> Answered => _answer.Task;

        public void Answer(BotAnswer answer) => _answer.SetResult(answer);

        public void Fail(Exception error) => _answer.SetException(error);
    }
}
