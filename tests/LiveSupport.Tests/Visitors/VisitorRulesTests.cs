using System.Collections.Immutable;
using LiveSupport.Contracts;
using LiveSupport.Silo.Visitors;

namespace LiveSupport.Tests.Visitors;

public sealed class VisitorRulesTests
{
    [Fact]
    public void A_day_has_twenty_beginnings_wherever_it_starts()
    {
        var start = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        ImmutableArray<DateTimeOffset> begun = [];
        for (var n = 0; n < Limits.ConversationsADay; n++)
            begun = VisitorRules.Begin(begun, start.AddMinutes(n)).Value;

        var refused = VisitorRules.Begin(begun, start.AddHours(20)).Refusal;
        Assert.Equal((Codes.RateLimited, "You have begun 20 conversations within a day. The next can begin in 4 hours."), (refused?.Code, refused?.Sentence));
        Assert.NotNull(VisitorRules.Begin(begun, start.AddDays(1).AddSeconds(-1)).Refusal);

        begun = VisitorRules.Begin(begun, start.AddDays(1)).Value;
        Assert.Equal((Limits.ConversationsADay, start.AddMinutes(1)), (begun.Length, begun[0]));
        Assert.NotNull(VisitorRules.Begin(begun, start.AddDays(1)).Refusal);
        Assert.Single(VisitorRules.Begin(begun, start.AddDays(3)).Value);
    }

    [Theory]
    [InlineData("Zoë Ortega", "Zoë Ortega")]
    [InlineData("  Mira\t\nK  ", "Mira K")]
    [InlineData("Evil\u202Egpj.exe", "Evilgpj.exe")]
    [InlineData("\u200B\u2060\uFEFF", null)]
    [InlineData("a\0b", "ab")]
    [InlineData("👩‍💻", "👩‍💻")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_name_is_one_visible_line(string? name, string? clean) => Assert.Equal(clean, VisitorRules.CleanName(name));

    [Theory]
    [InlineData("dev.anand@example.com", null)]
    [InlineData("ü@例え.jp", null)]
    [InlineData("nobody", Codes.BadRequest)]
    [InlineData("@example.com", Codes.BadRequest)]
    [InlineData("a@", Codes.BadRequest)]
    [InlineData("a@b@c", Codes.BadRequest)]
    [InlineData("a b@c", Codes.BadRequest)]
    [InlineData("a@b\r\nBcc: x@y", Codes.BadRequest)]
    [InlineData("<script>@x", Codes.BadRequest)]
    public void An_address_has_what_no_address_can_be_without(string email, string? code) =>
        Assert.Equal(code, VisitorRules.CheckEmail(email)?.Code);

    [Fact]
    public void Too_long_is_said_so()
    {
        Assert.Equal(Codes.TooLong, VisitorRules.CheckEmail(new string('a', Limits.Email) + "@b")?.Code);
        Assert.Equal(Codes.TooLong, VisitorRules.CheckName(new string('a', Limits.Name + 1))?.Code);
        Assert.Null(VisitorRules.CheckName(new string('a', Limits.Name)));
    }
}
