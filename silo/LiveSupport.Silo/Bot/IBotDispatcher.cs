namespace LiveSupport.Silo.Bot;

/// <summary>
/// Takes a question that the bot owes an answer to. Returns at once and never fails: a question that is lost here
/// (a full queue, a crash) is asked again when the conversation's row falls due.
/// </summary>
public interface IBotDispatcher
{
    void Enqueue(BotRequest request);
}

/// <param name="ConversationKey">The conversation grain's key.</param>
/// <param name="Epoch">The epoch in which the question was asked; an answer of another one is refused.</param>
/// <param name="Seq">The visitor's entry that asks.</param>
public sealed record BotRequest(string ConversationKey, long Epoch, long Seq);
