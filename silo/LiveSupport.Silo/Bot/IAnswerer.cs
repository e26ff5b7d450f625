using System.Collections.Immutable;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Bot;

/// <summary>
/// What the bot knows how to do: answer one question from what the workspace knows. Runs outside every grain's
/// turn; whatever it throws becomes "I could not answer" with the offer of a person.
/// </summary>
public interface IAnswerer
{
    Task<BotAnswer> Answer(BotTurn turn, Knowledge knowledge, CancellationToken cancellation);
}

/// <param name="OffersPerson">Shows "Talk to a person" beside the answer.</param>
/// <param name="HandOffReason">Hands over to people after the answer, and says why, as the end of "The bot handed over: …"; null: the bot goes on.</param>
public sealed record BotAnswer(
    string Text,
    ImmutableArray<Source> Sources,
    bool OffersPerson = false,
    string? HandOffReason = null);
