using System.Text.RegularExpressions;

namespace LiveSupport.Silo.Bot;

/// <summary>
/// From text to the words that carry meaning: lower case, without stop words, cut to a common stem, and with the
/// shop's synonyms folded into one. English; other scripts pass through whole, so that exact words still meet.
/// </summary>
internal static partial class Words
{
    /// <summary>Longer text than any question needs; the rest is not looked at, so that cost is bounded.</summary>
    private const int MaxLength = 4_000;

    private static readonly HashSet<string> StopWords = new((
        "a an and any are aren't as at be been but by can can't could couldn't did didn't do does doesn't doing don't for from get got had has hasn't have haven't he hello help her hey hi him his how i i'd i'll i'm i've if in "
        + "into is isn't it it's its just know like make me my need no not of on or our out please she should so some tell than thank thanks that the "
        + "about already anything ever just long much now policy say says since something still take takes today tomorrow yesterday "
        + "able also both bought buy else ever few here last number one possible question really instead someone somebody something two very yet "
        + "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays "
        + "their them then there they this to too up us want was we were what what's when where which who why will with won't would you your").Split(' '));

    private static readonly string[] Endings = ["ing", "ed", "er", "y", "e"];

    /// <summary>What customers say, as stems → what help pages say.</summary>
    private static readonly Dictionary<string, string> Synonyms = Fold(
        "return: refuse",
        "exchange: swap trade replace",
        "deliver: ship shipment post arrive courier",
        "parcel: package pack box",
        "track: follow status",
        "refund: reimburse reimbursement moneyback",
        "discount: coupon promo promotion voucher rebate",
        "repair: fell",
        "damag: broken broke defect defective faulty fault torn rip hole stain unravelled apart",
        "size: fit fitt small large big bigger tight loose short measurement xs xl xxl",
        "pay: payment paid paypal charge",
        "warranty: guarantee",
        "material: made manufactured produced fabric",
        "cancel: abort stop",
        "shop: store",
        "wash: clean laundry launder",
        "cost: price expensive fee",
        "account: login profile",
        "custom: duty tariff dutie import",
        "stock: available availability restock",
        "gift: present",
        "zip: zipper",
        "country: international internationally abroad overseas",
        "colour: color",
        "invoice: receipt");

    /// <summary>The stems of a text, in order, with repeats.</summary>
    public static List<string> Of(string text)
    {
        var words = new List<string>();
        text = SendBack().Replace(text[..Math.Min(text.Length, MaxLength)], "return");
        text = HowItWorks().Replace(text, " ");
        text = WhereIsIt().Replace(text, "track parcel");
        text = NotThere().Replace(text, " track parcel");
        text = Gone().Replace(text, "track parcel");
        text = LogIn().Replace(text, "login");
        text = NotMine().Replace(text, "wrong item");
        text = MissingFrom().Replace(text, "item missing");
        text = NoMoreMail().Replace(text, "unsubscribe newsletter");
        text = Mail().Replace(text, "email");
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && (char.IsLetterOrDigit(text[i]) || (text[i] is '\'' or '’' && start >= 0));
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            var word = text[start..i].ToLowerInvariant().Replace('’', '\'').TrimEnd('\'');
            start = -1;
            if (word.Length == 0 || StopWords.Contains(word) || IsLetter(word))
                continue;
            var stem = Stem(word);
            words.Add(Synonyms.GetValueOrDefault(stem, stem));
        }

        return words;
    }

    /// <summary>A size, a list's mark or what a dot cut off: alone it says nothing.</summary>
    private static bool IsLetter(string word) => word.Length == 1 && char.IsAsciiLetter(word[0]);

    /// <summary>A light stemmer: plural, possessive, -ing, -ed and the like. Wrong now and then, but the same way on both sides.</summary>
    internal static string Stem(string word)
    {
        if (word.EndsWith("'s", StringComparison.Ordinal))
            word = word[..^2];
        if (word.Length < 4 || word.AsSpan().IndexOfAnyExceptInRange('a', 'z') >= 0)
            return word;

        if (word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4)
            word = word[..^3] + "y";
        else if (word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal))
            word = word[..^2];
        else if (word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i'))
            word = word[..^1];

        // Again and again, so that "delivery", "delivered" and "deliver" meet.
        while (Array.Find(Endings, e => word.Length - e.Length >= 3 && word.EndsWith(e, StringComparison.Ordinal)) is { } ending)
            word = word[..^ending.Length];

        // "wrapping" and "wrap".
        return word.Length > 3 && word[^1] == word[^2] && word[^1] is not ('l' or 's' or 'z' or 'e' or 'o') ? word[..^1] : word;
    }

    // Phrases whose words, one by one, do not say what is meant: "send it back", "where is my order?", "has not arrived",
    // "my parcel got lost", "I cannot log in", "somebody else's order", "one is missing from my order", "stop sending me e-mails".
    [GeneratedRegex(@"\b(send|sending|sent|bring|give)( \w+){0,3} back\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SendBack();

    // Asks of what was said before, not about what does not work.
    [GeneratedRegex(@"\bhow (does|do|would|will) (that|this|it|they) work\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex HowItWorks();

    [GeneratedRegex(@"\bwhere( is|['’]?s| are) (my|our|the) (order|parcel|package|delivery|shipment|stuff|things?|items?|purchase)\b|\b(order|parcel|package|delivery|shipment)[^.!?]{0,20} (is|was) (so |very |already )?(late|delayed|overdue)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex WhereIsIt();

    [GeneratedRegex(@"(\bnot|\bnever|n['’]t|\bstill waiting)( yet| been)* (arrived?|received?|come|shown up|turned up|for)( (my|the|any) (order|parcel|package|delivery|thing|item)s?)?\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex NotThere();

    [GeneratedRegex(@"\b(log|sign)(ging|ing)?[ -]?in(to)?\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex LogIn();

    [GeneratedRegex(@"\b(order|parcel|package|delivery|shipment)( (is|was|got|has|have|been|gone|went|seems|to|be)){1,4} (lost|missing|stolen|disappeared|vanished)\b|\b(lost|missing|stolen) (order|parcel|package|delivery|shipment)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Gone();

    [GeneratedRegex(@"\b(someone|somebody) else['’]?s (order|parcel|package|things?|items?)\b|\bnot what (i|we) (ordered|bought)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex NotMine();

    [GeneratedRegex(@"\b(missing|left out) (from|in|of) (my|our|the) (order|parcel|package|delivery|box)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex MissingFrom();

    [GeneratedRegex(@"\b(stop|no more|too many|don['’]?t want|not want)( \w+){0,4} (e-?mails?|newsletters?|advertising|adverts?)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex NoMoreMail();

    [GeneratedRegex(@"\be-mails?\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Mail();

    private static Dictionary<string, string> Fold(params string[] lines)
    {
        var map = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            var (meaning, others) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..]);
            var target = Stem(meaning);
            foreach (var other in others.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                map[Stem(other)] = target;
        }

        return map;
    }
}
