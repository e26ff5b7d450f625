using LiveSupport.Silo.Storage.Postgres;

namespace LiveSupport.Tests.Storage;

public sealed class PostgresSearchTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("My  blue-green Parcel!", "'my':1 'blue':2 'green':3 'parcel':4")]
    [InlineData("Zoë MÜLLER ę ñ", "'zoe':1 'muller':2 'e':3 'n':4")]
    [InlineData("Cafe\u0301", "'cafe':1")]
    [InlineData("it's \\ : & | <-> '", "'it':1 's':2")]
    [InlineData("荷物は 🧶 Ελλάδα", "'荷物は':1 'ελλάδα':2")]
    [InlineData("to a.b@c.com!", "'to':1 'a':2 'b':3 'c':4 'com':5 'a@b@c@com':5 'b@c@com':5")]
    public void A_text_is_its_words_with_their_places(string text, string vector) => Assert.Equal(vector, SearchText.Vector(text));

    [Fact]
    public void Words_carry_the_weight_of_their_text() =>
        Assert.Equal("'mia':1A 'c1':3", SearchText.Vector(("Mia", 'A'), (null, 'A'), ("c1", 'D')).Replace(":4", ":3", StringComparison.Ordinal));

    [Theory]
    [InlineData("", null)]
    [InlineData(" !? ", null)]
    [InlineData("Blue par", "'blue' & 'par':*")]
    [InlineData("Müller-Lund par", "'muller' <-> 'lund' & 'par':*")]
    [InlineData("mueller@exam mia", "'mueller@exam':* & 'mia':*")]
    [InlineData("mueller@ @mia", "'mueller' & 'mia':*")]
    public void A_query_wants_all_words_and_the_last_as_a_prefix(string text, string? query) => Assert.Equal(query, SearchText.Query(text));

    [Theory]
    [InlineData(" !? ", "")]
    [InlineData("Müller-Lund par", "'#/muller' '#/lund'")]
    [InlineData("a b c d a e f g h", "'#/a' '#/b'")]
    [InlineData("mueller@exam mia", "'#/mueller@exam':* '#/mia':*")]
    public void The_words_of_a_part_name_the_part(string text, string words) =>
        Assert.Equal(words, string.Join(' ', SearchText.WordsOfPart(text, new CommonWords.Shares(new Dictionary<string, double>())).LookedUp));

    [Theory]
    [InlineData("seldom ord", "'#/seldom'")]
    [InlineData("ord", "'#/ord':*")]
    [InlineData("parcel ord", "'#/parcel' '#/ord':*")]
    [InlineData("parcel shoe", "'#/shoe':* '#/parcel'")]
    [InlineData("seldom orx", "'#/seldom' '#/orx':*")]
    [InlineData("jacket parcel ord", "'#/jacket' '#/parcel'")]
    public void A_common_beginning_is_not_looked_up_beside_a_rare_word(string text, string words) => Assert.Equal(words, string.Join(' ', SearchText.WordsOfPart(
        text, new CommonWords.Shares(new Dictionary<string, double> { ["order"] = 0.1, ["ordeal"] = 0.001, ["parcel"] = 0.05, ["jacket"] = 0.05 })).LookedUp));

    [Theory]
    [InlineData("order ordeal parcel jacket", "'#/ordeal' '#/parcel' '#/order'")]
    [InlineData("seldom order ordeal parcel", "'#/seldom' '#/ordeal'")]
    [InlineData("order parcel jacket gift wool", "'#/wool':* '#/jacket'")]
    public void So_many_words_are_looked_up_as_leave_a_row_or_two(string text, string words) => Assert.Equal(words, string.Join(' ', SearchText.WordsOfPart(
        text, new CommonWords.Shares(new Dictionary<string, double> { ["order"] = 0.1, ["ordeal"] = 0.001, ["parcel"] = 0.05, ["jacket"] = 0.02, ["gift"] = 0.02 })).LookedUp));

    [Theory]
    [InlineData("parcel", false)]
    [InlineData("parcel ord", false)]
    [InlineData("gift jack", true)]
    [InlineData("seldom ord", true)]
    [InlineData("parcel 0190", false)]
    [InlineData("0190", false)]
    public void Words_that_are_seldom_together_are_not_looked_for_among_the_newest(string text, bool seldom) => Assert.Equal(seldom, SearchText.WordsOfPart(
        text, new CommonWords.Shares(new Dictionary<string, double> { ["order"] = 0.1, ["parcel"] = 0.05, ["jacket"] = 0.02, ["gift"] = 0.02 })).AreSeldomTogether);

    [Theory]
    [InlineData("ord", false)]
    [InlineData("parcel ord", true)]
    [InlineData("order par", false)]
    [InlineData("parcel orx", false)]
    [InlineData("seldom ord", false)]
    public void Whole_words_are_asked_for_first_beside_a_beginning_that_is_about_as_common(string text, bool wholeFirst) => Assert.Equal(wholeFirst, SearchText.WordsOfPart(
        text, new CommonWords.Shares(new Dictionary<string, double> { ["order"] = 0.1, ["ordeal"] = 0.001, ["parcel"] = 0.05 })).WholeFirst);

    [Fact]
    public void A_query_may_want_a_weight() => Assert.Equal("'mia':A & 'lar':*A", SearchText.Query("Mia Lar", 'A'));

    [Fact]
    public void A_word_without_end_is_cut() =>
        Assert.InRange(SearchText.Vector(new string('x', 5_000) + " " + new string('y', 5_000) + "@z").Length, 300, 420);

    [Theory]
    [InlineData("my blue parcel", "blue", "my \uE000blue\uE001 parcel")]
    [InlineData("Café, order Café", "cafe", "\uE000Café\uE001, order \uE000Café\uE001")]
    [InlineData("my blue parcel", "my par", "\uE000my\uE001 blue \uE000parcel\uE001")]
    public void A_snippet_marks_the_hits(string text, string query, string snippet) => Assert.Equal(snippet, SearchText.Snippet(text, query));

    [Fact]
    public void A_snippet_of_a_long_text_is_what_stands_round_the_first_hit()
    {
        var text = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"w{i}"));

        var snippet = SearchText.Snippet(text, "w50");

        Assert.Equal("…" + string.Join(' ', Enumerable.Range(42, 24).Select(i => i == 50 ? "\uE000w50\uE001" : $"w{i}")) + "…", snippet);
    }
}
