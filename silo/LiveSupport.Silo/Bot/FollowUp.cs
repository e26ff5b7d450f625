using System.Text.RegularExpressions;

namespace LiveSupport.Silo.Bot;

/// <summary>Tells a question that says itself what it is about from one that leans on the one before ("And to Switzerland?").</summary>
internal static partial class FollowUp
{
    /// <param name="question">What is asked.</param>
    /// <param name="isClear">It finds its answer by itself: what its "it" stands for is then in it ("My order is late, where is it?").</param>
    public static bool Leans(string question, bool isClear)
    {
        var own = Words.Of(question).Distinct().Count();
        return own == 0
            || (GoesOn().IsMatch(question) && !ComesTo().IsMatch(question))
            || (own <= (isClear ? 1 : 2) && PointsBack().IsMatch(question));
    }

    /// <summary>What the next question may lean on: the last one and, as long as that leans as well, those before it.</summary>
    public static string? Before(IEnumerable<string> asked)
    {
        var before = new List<string>();
        foreach (var question in asked.Reverse())
        {
            before.Add(question);
            if (!Leans(question, isClear: false))
                break;
        }

        return before.Count > 0 ? string.Join('\n', before) : null;
    }

    // A part of a question. A whole one after "and" is one of its own: "And when are your shops open?".
    [GeneratedRegex(@"^((and|but|or|so|then|also)[\s,]+)?(what|how) (about|if)\b|^(and|but|or)[\s,]+(if|to|from|in|on|for|with|without|at|by|after|the|a|an)\b|^(and|but|or)([\s,]+\w+){1,2}[\s?.!]*$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex GoesOn();

    // "What about my refund?" comes to another thing, and names it.
    [GeneratedRegex(@"\babout (my|your)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex ComesTo();

    // "There" only at the end: "Is there a discount?" points to nothing.
    [GeneratedRegex(@"\b(it|its|that|this|they|them|those|these|one)\b|\bthere[\s?.!]*$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex PointsBack();
}
