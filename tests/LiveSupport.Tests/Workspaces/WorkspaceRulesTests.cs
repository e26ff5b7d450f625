using System.Security.Cryptography;
using LiveSupport.Contracts;
using LiveSupport.Silo.Workspaces;

namespace LiveSupport.Tests.Workspaces;

public sealed class WorkspaceRulesTests
{
    private static readonly WorkspaceSettings Good = new() { Name = "Linnea", TeamName = "Linnea", SiteKeys = ["default"] };
    private static readonly Article Page = new("returns", "Returns", "# Returns\n\nWithin 30 days.", "/demo/help.html#returns");

    [Theory]
    [InlineData("https://shop.example.com", true)]
    [InlineData("http://localhost:5080", true)]
    [InlineData("https://*.example.com", true)]
    [InlineData("https://*.com", false)]
    [InlineData("https://*", false)]
    [InlineData("https://a.*.example.com", false)]
    [InlineData("*", false)]
    [InlineData("null", false)]
    [InlineData("https://shop.example.com/", false)]
    [InlineData("https://shop.example.com/path", false)]
    [InlineData("https://user@shop.example.com", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("shop.example.com", false)]
    public void Knows_an_origin(string text, bool isOrigin) => Assert.Equal(isOrigin, WorkspaceRules.IsOrigin(text));

    [Fact]
    public void Takes_what_is_good()
    {
        Assert.Null(WorkspaceRules.Check(Good));
        Assert.Null(WorkspaceRules.Check(Page));
    }

    [Fact]
    public void Refuses_settings_that_would_break_a_screen_or_a_door()
    {
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { Name = " " })?.Code);
        Assert.Equal(Codes.TooLong, WorkspaceRules.Check(Good with { TeamName = new string('a', 201) })?.Code);
        Assert.Equal(Codes.TooLong, WorkspaceRules.Check(Good with { Greeting = new string('a', 1_001) })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { Color = "red;background:url(x)" })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { Color = "#2563eb\n" })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { AllowedOrigins = ["https://*"] })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { AllowedOrigins = ["https://a.example "] })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { SiteKeys = [] })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { SiteKeys = ["a b"] })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { IdentitySecret = "short" })?.Code);
    }

    [Fact]
    public void Takes_public_keys_of_a_safe_length_and_no_private_one()
    {
        using var key = RSA.Create(2_048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var good = new IdentityKey("2026", key.ExportSubjectPublicKeyInfoPem());
        Assert.Null(WorkspaceRules.Check(Good with { IdentityKeys = [good], RequireIdentity = true }));
        Assert.Null(WorkspaceRules.Check(Good with { IdentitySecret = new string('s', 32), RequireIdentity = true }));
        using var weak = RSA.Create(1_024);
        foreach (var wrong in (IdentityKey[])[
            new("a b", good.Pem), new("k", ""), new("k", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), new("k", key.ExportPkcs8PrivateKeyPem()),
            new("k", weak.ExportSubjectPublicKeyInfoPem()), new("k", curve.ExportSubjectPublicKeyInfoPem())])
        {
            Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { IdentityKeys = [wrong] })?.Code);
        }

        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { IdentityKeys = [good, good] })?.Code);
        Assert.Equal(Codes.TooLong, WorkspaceRules.Check(Good with { IdentityKeys = [.. Enumerable.Range(0, 11).Select(i => good with { Id = $"k{i}" })] })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Good with { RequireIdentity = true })?.Code);
    }

    [Fact]
    public void Refuses_articles_that_are_no_pages()
    {
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Page with { Id = "../x" })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Page with { Markdown = " " })?.Code);
        Assert.Equal(Codes.TooLong, WorkspaceRules.Check(Page with { Markdown = new string('a', 100_001) })?.Code);
        Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Page with { Url = "javascript:alert(1)" })?.Code);
        foreach (var elsewhere in (string[])["//evil.example", "/\\evil.example", "/\t/evil.example", "\t//evil.example", "https:\\\\evil.example"])
            Assert.Equal(Codes.BadRequest, WorkspaceRules.Check(Page with { Url = elsewhere })?.Code);
    }

    [Fact]
    public void Somebody_must_stay_who_can_change_the_workspace()
    {
        var mira = new AgentProfile("a1", "Mira", "mira@example.com", AgentRole.Admin, Availability.Online);
        var noah = mira with { Id = "a2" };
        Assert.True(WorkspaceRules.TakesLastAdministrator([mira], mira, mira with { Deactivated = true }));
        Assert.True(WorkspaceRules.TakesLastAdministrator([mira], mira, mira with { Role = AgentRole.Agent }));
        Assert.True(WorkspaceRules.TakesLastAdministrator([mira, noah with { Deactivated = true }], mira, mira with { Deactivated = true }));
        Assert.False(WorkspaceRules.TakesLastAdministrator([mira, noah], mira, mira with { Deactivated = true }));
        Assert.False(WorkspaceRules.TakesLastAdministrator([mira], mira, mira with { Availability = Availability.Offline }));
    }
}
