using System.Collections.Concurrent;
using System.Threading.Channels;
using LiveSupport.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Silo.Bot;

/// <summary>
/// Runs the bot's turns beside the grains, so that no conversation ever waits for an answer in the making. A turn
/// asks the conversation what is to be answered, lets the answerer think, and hands the answer in with the epoch it
/// began in; whoever joined meanwhile has raised it, and the answer is refused.
/// </summary>
public sealed partial class BotWorker(
    IGrainFactory grains,
    IClusterClient cluster,
    IAnswerer answerer,
    TimeProvider clock,
    ILogger<BotWorker> logger) : BackgroundService, IBotDispatcher
{
    /// <summary>Turns at the same time; an answerer that calls a model mostly waits.</summary>
    private const int Parallel = 16;

    /// <summary>Questions that may wait. One more is dropped and asked again when it falls due.</summary>
    private const int Waiting = 10_000;

    /// <summary>A turn that takes longer is given up; the conversation then falls due.</summary>
    private static readonly TimeSpan TurnTime = TimeSpan.FromSeconds(25);

    /// <summary>How long the workspace's articles are taken as read.</summary>
    private static readonly TimeSpan KnowledgeAge = TimeSpan.FromSeconds(10);

    private const string Apology = "I cannot answer right now. Would you like to talk to a person?";

    private readonly Channel<BotRequest> _questions = Channel.CreateBounded<BotRequest>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ConcurrentDictionary<string, (Knowledge Knowledge, DateTimeOffset ReadAt)> _knowledge = new();

    public void Enqueue(BotRequest request) => _questions.Writer.TryWrite(request);

    protected override Task ExecuteAsync(CancellationToken stopping) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            _questions.Reader.ReadAllAsync(stopping),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = stopping },
            async (request, _) =>
            {
                try
                {
                    await Turn(request, stopping);
                }
                catch (Exception error) when (!stopping.IsCancellationRequested)
                {
                    TurnFailed(error, request.ConversationKey, request.Seq);
                }
            });

    private async Task Turn(BotRequest request, CancellationToken stopping)
    {
        var conversation = grains.GetGrain<IConversationGrain>(request.ConversationKey);
        if (await conversation.BotTurn(request.Epoch, request.Seq) is not { } turn)
            return;

        using var measured = SiloMeasures.BotTurn();
        var (workspaceId, conversationId) = Ids.Split(request.ConversationKey);
        var stream = cluster.GetStreamProvider(WorkspaceStream.Provider)
            .GetStream<WorkspaceEvent>(StreamId.Create(WorkspaceStream.Namespace, workspaceId));
        await stream.OnNextAsync(new TypingChanged(conversationId, turn.Visitor.Id, new Author(AuthorType.Bot), IsTyping: true));

        var answer = await Think(turn, workspaceId, request, stopping);
        var posted = await conversation.BotReply(new BotMessage
        {
            Epoch = request.Epoch,
            InReplyTo = request.Seq,
            Text = answer.Text,
            Sources = answer.Sources.IsEmpty ? null : answer.Sources,
            OffersPerson = answer.OffersPerson,
            HandOffReason = answer.HandOffReason,
        });
        // So that whoever takes it up finds orders and tickets there.
        if (answer.HandOffReason is not null && posted.Accepted)
            await grains.GetGrain<ICustomerGrain>(Ids.Key(workspaceId, turn.Visitor.Id)).Panel();
        measured.Ended(posted.Refusal is { } refusal ? refusal.Code : answer.HandOffReason is null ? "answered" : "handed-off");
    }

    private async Task<BotAnswer> Think(BotTurn turn, string workspaceId, BotRequest request, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(TurnTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            var knowledge = await KnowledgeOf(workspaceId);
            return await answerer.Answer(turn, knowledge, either.Token).WaitAsync(either.Token);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested)
        {
            TurnFailed(error, request.ConversationKey, request.Seq);
            return new BotAnswer(Apology, [], OffersPerson: true);
        }
    }

    private async Task<Knowledge> KnowledgeOf(string workspaceId)
    {
        var now = clock.GetUtcNow();
        if (_knowledge.TryGetValue(workspaceId, out var kept) && now - kept.ReadAt < KnowledgeAge)
            return kept.Knowledge;
        var knowledge = await grains.GetGrain<IWorkspaceGrain>(workspaceId).Knowledge();
        _knowledge[workspaceId] = (knowledge, now);
        return knowledge;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bot could not answer entry {Seq} of {Conversation}.")]
    private partial void TurnFailed(Exception error, string conversation, long seq);
}
