using System.Collections.Immutable;
using System.Security.Cryptography;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using LiveSupport.Silo.Visitors;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Visitors;

public sealed class VisitorGrainTests : IAsyncLifetime
{
    private SiloHost _silo = null!;

    public async Task InitializeAsync() => _silo = await SiloHost.Start();

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task Another_secret_does_not_get_in()
    {
        var visitor = _silo.Visitor("v1");
        Assert.True((await visitor.Begin(Session("one"))).Accepted);
        Assert.True((await visitor.Begin(Session("one"))).Accepted);
        Assert.Equal(Codes.TokenInvalid, (await visitor.Begin(Session("two"))).Refusal?.Code);

        _silo = await _silo.Restart();
        Assert.Equal(Codes.TokenInvalid, (await _silo.Visitor("v1").Begin(Session("two"))).Refusal?.Code);
        Assert.True((await _silo.Visitor("v1").Begin(Session("one"))).Accepted);
    }

    [Fact]
    public async Task Whom_the_site_vouches_for_gets_in_from_every_browser()
    {
        var vouched = new Contact("v1", "Dev Anand", "dev@example.com", Verified: true);
        Assert.True((await _silo.Visitor("v1").Begin(Session("one") with { Vouched = vouched })).Accepted);
        var profile = (await _silo.Visitor("v1").Begin(Session("two") with { Vouched = vouched })).Value!;
        Assert.True(profile.Verified);
        Assert.Equal("Dev Anand", profile.Name);
        Assert.Equal(Codes.Forbidden, (await _silo.Visitor("v1").Identify("Somebody Else", null)).Refusal?.Code);
    }

    [Fact]
    public async Task Two_tabs_that_ask_at_once_get_one_conversation()
    {
        await _silo.Visitor("v1").Begin(Session("one"));
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _silo.Visitor("v1").OpenConversation(null)));
        var id = Assert.Single(ids.Distinct());

        var next = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _silo.Visitor("v1").OpenConversation(after: id)));
        Assert.NotEqual(id, Assert.Single(next.Distinct()));
    }

    [Fact]
    public async Task The_twenty_first_conversation_of_a_day_does_not_begin_and_those_of_programs_do_not_count()
    {
        await _silo.Visitor("v1").Begin(Session("one"));
        var last = await _silo.Visitor("v1").OpenConversation(null);
        for (var n = 0; n < Limits.ConversationsADay; n++)
            last = (await _silo.Visitor("v1").BeginConversation(after: last)).Value!;

        _silo = await _silo.Restart();
        Assert.Equal(Codes.RateLimited, (await _silo.Visitor("v1").BeginConversation(after: last)).Refusal?.Code);
        Assert.Equal(last, (await _silo.Visitor("v1").BeginConversation(after: null)).Value);
        Assert.NotEqual(last, await _silo.Visitor("v1").OpenConversation(after: last));
    }

    [Fact]
    public async Task A_name_reaches_the_queue()
    {
        await _silo.Visitor("v1").Begin(Session("one"));
        var id = await _silo.Visitor("v1").OpenConversation(null);
        await _silo.Conversation(id).Post(new VisitorMessage { ClientId = "m1", Text = "hello", Visitor = new Contact("v1") });

        Assert.True((await _silo.Visitor("v1").Identify(" Zoë ", "zoe@example.com")).Accepted);

        var row = Assert.Single((await _silo.Queue.Page(new QueueQuery("mira", QueueView.All, QueueFilter.All, QueueSort.Newest, 10))).Rows);
        Assert.Equal(("Zoë", "zoe@example.com"), (row.Visitor.Name, row.Visitor.Email));
        Assert.Equal(Codes.BadRequest, (await _silo.Visitor("v1").Identify(null, "nobody")).Refusal?.Code);
        Assert.Equal(Codes.NotFound, (await _silo.Visitor("unknown").Identify("x", null)).Refusal?.Code);
    }

    [Fact]
    public async Task Presence_is_told_when_it_changes_and_gone_only_after_the_grace()
    {
        await _silo.Visitor("v1").Begin(Session("one"));
        await _silo.Visitor("v1").OpenConversation(null);
        await _silo.Visitor("v1").Attach("edge", 1, new PageView("https://shop/a", "A"));
        Assert.True((await _silo.Hear<PresenceChanged>()).Online);
        Assert.Equal("https://shop/a", (await _silo.Hear<VisitorChanged>()).Visitor.Page?.Url);

        await _silo.Visitor("v1").Attach("edge", 0, null);
        Assert.True((await _silo.Visitor("v1").Profile())!.Online);
        _silo.Clock.Advance(Presence.Grace);
        await _silo.Visitor("v1").Attach("other-edge", 0, null);
        Assert.False((await _silo.Hear<PresenceChanged>()).Online);
    }

    [Fact]
    public async Task What_was_begun_as_nobody_goes_on_under_the_name_that_the_site_vouches_for()
    {
        var id = await BeginAnonymously();
        await _silo.Conversation(id).Post(new VisitorMessage { ClientId = "m1", Text = "hello", Visitor = new Contact("anonymous") });

        Assert.Equal(id, await Recognise("dev", "theirs", "browser"));
        var row = Assert.Single(await _silo.Queue.ByVisitor("dev", 10));
        Assert.Equal((id, "Dev Anand", true), (row.Id, row.Visitor.Name, row.Visitor.Verified));
        Assert.Empty(await _silo.Queue.ByVisitor("anonymous", 10));
        Assert.Null((await _silo.Visitor("anonymous").Profile())!.ConversationId);

        // The one who wrote it is the same person: a retry under the name gets the first answer.
        var again = await _silo.Conversation(id).Post(new VisitorMessage { ClientId = "m1", Text = "hello", Visitor = new Contact("dev") });
        Assert.Equal(1, again.Value!.Seq);
        Assert.False((await _silo.Conversation(id).Snapshot(new Reader(AuthorType.Visitor, "anonymous"))).Accepted);
        Assert.Equal("dev", (await _silo.Conversation(id).Snapshot(new Reader(AuthorType.Visitor, "dev"))).Value!.Summary.Visitor.Id);

        // Cut off before the answer, the browser comes again as before.
        Assert.Equal(id, await Recognise("dev", "theirs", "browser"));
    }

    [Fact]
    public async Task Only_the_browser_that_was_nobody_brings_its_conversation_and_only_to_one()
    {
        var id = await BeginAnonymously();
        await _silo.Conversation(id).Post(new VisitorMessage { ClientId = "m1", Text = "hello", Visitor = new Contact("anonymous") });

        Assert.Null(await Recognise("eve", "hers", "guessed"));
        Assert.Equal(id, await Recognise("dev", "theirs", "browser"));
        Assert.Null(await Recognise("eve", "hers", "browser"));
    }

    [Fact]
    public async Task Whom_a_site_vouched_for_gives_nothing_to_the_next_at_the_same_browser()
    {
        await Recognise("dev", "browser", "none");
        var id = await _silo.Visitor("dev").OpenConversation(null);
        await _silo.Conversation(id).Post(new VisitorMessage { ClientId = "m1", Text = "private", Visitor = new Contact("dev") });

        Assert.Null(await Recognise("eve", "hers", "browser", earlierId: "dev"));
        Assert.Equal(id, (await _silo.Visitor("dev").Profile())!.ConversationId);
    }

    [Fact]
    public async Task An_earlier_conversation_of_the_verified_one_stays_in_its_list()
    {
        await Recognise("dev", "theirs", "none");
        var first = await _silo.Visitor("dev").OpenConversation(null);
        await _silo.Conversation(first).Post(new VisitorMessage { ClientId = "m1", Text = "first", Visitor = new Contact("dev") });
        var second = await BeginAnonymously();
        await _silo.Conversation(second).Post(new VisitorMessage { ClientId = "m2", Text = "second", Visitor = new Contact("anonymous") });

        Assert.Equal(second, await Recognise("dev", "theirs", "browser"));
        Assert.Equal([first, second], (await _silo.Queue.ByVisitor("dev", 10)).Select(row => row.Id).Order());
    }

    private async Task<string> BeginAnonymously()
    {
        await _silo.Visitor("anonymous").Begin(Session("browser"));
        return await _silo.Visitor("anonymous").OpenConversation(null);
    }

    /// <summary>As the edge does when a browser brings a user's token and what it was before.</summary>
    private async Task<string?> Recognise(string id, string secret, string earlierSecret, string earlierId = "anonymous")
    {
        var vouched = new Contact(id, id == "dev" ? "Dev Anand" : "Eve", null, Verified: true);
        var profile = (await _silo.Visitor(id).Begin(Session(secret) with { Vouched = vouched })).Value!;
        return await _silo.Grains.GoOn(SiloHost.Workspace, new VisitorProof(earlierId, Session(earlierSecret).SecretHash, ""), profile);
    }

    private static VisitorSession Session(string secret) => new()
    {
        SecretHash = [.. SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret))],
        Device = Device.Desktop,
    };
}
