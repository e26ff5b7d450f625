using System.Text.RegularExpressions;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Bot;

/// <summary>
/// Answers from the workspace's articles without a key and without a network: finds the passage, quotes it, names
/// its source; says so when it does not know. Rules come first, because a person who asks for a person must get one.
/// </summary>
public sealed partial class BuiltInAnswerer : IAnswerer
{
    /// <summary>Below this share of the question's meaning an answer would be a guess (tuned on the test's questions).</summary>
    internal const double Threshold = 0.42;

    /// <summary>From here on it is hardly a guess.</summary>
    private const double Clear = 0.9;

    private const string Unsure = "I could not find that in our help pages. Would you like to talk to a person?";
    private const string UnsureAgain = "I am sorry, I do not find that either. A person from our team can help: just say so.";
    private const string HandsOver = "Of course. I am asking a person from our team to join; you can go on writing here.";

    private const string SeesNoFiles = "I cannot look into files. Would you like to talk to a person?";
    private const string IsNoPerson = "I am an automated assistant and answer from our help pages. Would you like to talk to a person?";

    /// <summary>What ends by offering a person: "yes" after it asks for one.</summary>
    private static readonly string[] Offers = [Unsure, UnsureAgain, SeesNoFiles, IsNoPerson];

    private KnowledgeIndex? _index;

    public Task<BotAnswer> Answer(BotTurn turn, Knowledge knowledge, CancellationToken cancellation) =>
        Task.FromResult(Answer(turn, IndexOf(knowledge)));

    internal static BotAnswer Answer(BotTurn turn, KnowledgeIndex index)
    {
        var asked = turn.Context.Where(e => e.Author.Type == AuthorType.Visitor).Select(e => e.Text.Trim()).ToList();
        var question = asked[^1];

        if (Texts.IsBlank(question))
            return new BotAnswer(SeesNoFiles, [], OffersPerson: true);
        if (AsksWhoThisIs().IsMatch(question))
            return new BotAnswer(IsNoPerson, [], OffersPerson: true);
        if (AsksForPerson().IsMatch(question) || (Agrees().IsMatch(question) && Offers.Contains(LastAnswer(turn))))
            return new BotAnswer(HandsOver, [], HandOffReason: "the visitor asked for a person");
        if (Greeting().IsMatch(question))
            return new BotAnswer("Hello! What can I help you with?", []);
        if (AsksForHelp().IsMatch(question))
            return new BotAnswer("Of course. What is it about?", []);
        if (Ends().IsMatch(question))
            return new BotAnswer("All right. Write here whenever you need something.", []);
        if (Agrees().IsMatch(question))
            return new BotAnswer("Good. What else can I help you with?", []);
        if (Thanks().IsMatch(question))
            return new BotAnswer("You are welcome! Is there anything else I can help with?", []);

        if (Best(asked, index) is not { } best)
            return new BotAnswer(LastAnswer(turn) == Unsure ? UnsureAgain : Unsure, [], OffersPerson: true);

        // Asked the same again, or in anger: the passage did not help, so a person is offered beside it.
        var doubts = asked.Count > 1 && (string.Equals(asked[^2], question, StringComparison.OrdinalIgnoreCase) || Frustration().IsMatch(question));
        return new BotAnswer(best.Text, [new Source(best.Article.Title, best.Article.Url)], OffersPerson: doubts);
    }

    private static string? LastAnswer(BotTurn turn) => turn.Context.LastOrDefault(e => e.Author.Type == AuthorType.Bot)?.Text;

    /// <summary>What answers the last question: by itself, or with what was asked before if it leans on that.</summary>
    private static Hit? Best(List<string> asked, KnowledgeIndex index)
    {
        var question = asked[^1];
        var alone = Best(question, index);
        var leans = FollowUp.Leans(question, isClear: alone is { Coverage: >= Clear });
        if ((alone is not null && !leans) || FollowUp.Before(asked.SkipLast(1).Where(text => !IsSmallTalk(text))) is not { } before)
            return alone;
        // One that found nothing may be about something else altogether, so a passage must speak of nearly all of both.
        return Sure(index.Follow(question, before, 1), leans ? Threshold : Clear) ?? alone;
    }

    private static bool IsSmallTalk(string text) =>
        Greeting().IsMatch(text) || AsksForHelp().IsMatch(text) || Ends().IsMatch(text) || Agrees().IsMatch(text) || Thanks().IsMatch(text);

    /// <summary>
    /// What answers the message as a whole, or else the question in it: people tell first what happened ("My shirt is too
    /// tight. Can I exchange it?"), and the story must not hide the question.
    /// </summary>
    private static Hit? Best(string message, KnowledgeIndex index)
    {
        var whole = Sure(index.Find(message, null, 1));
        if (whole is { Coverage: >= Clear })
            return whole;
        var question = SentenceEnd().Split(message).Where(sentence => sentence.EndsWith('?') && sentence.Length < message.Length)
            .Select(sentence => Sure(index.Find(sentence, message.Replace(sentence, "", StringComparison.Ordinal), 1)))
            .OfType<Hit>().MaxBy(hit => hit.Coverage);
        return whole is null || question is { Coverage: >= Clear } ? question : whole;
    }

    private static Hit? Sure(IReadOnlyList<Hit> hits, double threshold = Threshold) => hits is [{ } best] && best.Coverage >= threshold ? best : null;

    private KnowledgeIndex IndexOf(Knowledge knowledge)
    {
        // Two turns may build it at the same time; the same input gives the same index, and one of them stays.
        var index = _index;
        if (index is null || index.Version != knowledge.Version)
            _index = index = new KnowledgeIndex(knowledge);
        return index;
    }

    [GeneratedRegex(@"\b(talk|speak|chat|connect|transfer|put|pass|want|need|get|ask|give)\b.{0,40}\b(human|person|people|agent|someone|somebody|representative|advisor|operator|staff|colleague)\b|^(a |an |real |live )*(human|person|agent|operator|representative)( please)?[.!?]*$|\b(real|actual|live) (human|person|agent)\b",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AsksForPerson();

    [GeneratedRegex(@"\b(are you|is this|am i (talking|speaking|chatting|writing) (to|with)) (a |an |the )?((real|actual|live) )?(bot|chatbot|robot|machine|computer|ai|human|person)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AsksWhoThisIs();

    [GeneratedRegex(@"^(yes|yeah|yep|yup|sure|ok|okay|alright|please do|go ahead|yes i (do|would)|i would|i['’]d like that|that would be (great|nice|good))([\s,]+(please|thanks|thank you|that would be (great|nice|good)))?[\s.!]*$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Agrees();

    [GeneratedRegex(@"^((no|nope|nah)[\s,.!]*)?((that['’]?s|that is|that was) (all|it|everything)|nothing( else)?|(bye|goodbye|good night|see you)( bye)?|no(pe)?|no,? (thanks|thank you|need))([\s,.!]+(thanks|thank you|bye))*[\s.!]*$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Ends();

    [GeneratedRegex(@"^(hi|hello|hey|hiya|good (morning|afternoon|evening|day))( there| all| everyone)?[\s.!,?]*$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"^((hi|hello|hey)[\s,.!]*)?(please |(can|could) (you|anyone|somebody) (please )?|i (really )?need (some |your )?)?help( me)?( out)?( please)?[\s.!?]*$|^i have a question[\s.!]*$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AsksForHelp();

    [GeneratedRegex(@"^((ok|okay|great|perfect|super|cool|nice)[\s,.!]*)*(thanks|thank you|thx|ty|cheers|that helped|that helps)( a lot| so much| very much)?[\s.!]*$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Thanks();

    [GeneratedRegex(@"\b(not helpful|useless|does ?n[o']?t help|did ?n[o']?t help|wrong answer|not what i (asked|meant)|ridiculous|terrible|annoying|frustrat\w*|again and again)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Frustration();
}
