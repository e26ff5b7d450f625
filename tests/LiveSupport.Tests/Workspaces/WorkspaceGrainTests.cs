using LiveSupport.Contracts;
using LiveSupport.Silo.Bot;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Workspaces;

public sealed class WorkspaceGrainTests : IAsyncLifetime
{
    private SiloHost _silo = null!;

    private IWorkspaceGrain Workspace => _silo.Grains.GetGrain<IWorkspaceGrain>(SiloHost.Workspace);

    public async Task InitializeAsync() => _silo = await SiloHost.Start();

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task Begins_with_the_demo_shop_and_keeps_what_was_changed_over_a_restart()
    {
        Assert.Equal("default", await _silo.Grains.GetGrain<ISiteGrain>("default").Workspace());
        Assert.Equal(DemoArticles.Knowledge.Articles.Length, (await Workspace.Knowledge()).Articles.Length);
        var settings = (await Workspace.Settings())!;
        Assert.True((await Workspace.SetSettings(settings with { TeamName = "Other" })).Accepted);

        _silo = await _silo.Restart();

        Assert.Equal("Other", (await Workspace.Settings())!.TeamName);
    }

    [Fact]
    public async Task A_site_key_belongs_to_one_workspace()
    {
        Assert.Equal(Codes.Conflict, (await _silo.Grains.GetGrain<ISiteGrain>("default").Claim("other")).Refusal?.Code);
        Assert.Null(await _silo.Grains.GetGrain<ISiteGrain>("unknown").Workspace());
    }

    [Fact]
    public async Task The_set_up_works_once_and_an_address_belongs_to_one_agent()
    {
        var mira = new AgentProfile("a1", "Mira", "mira@example.com", AgentRole.Admin, Availability.Offline);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(i =>
            Workspace.EnterAgent(mira with { Id = $"a{i}", Email = $"a{i}@example.com" }, onlyFirst: true)));
        Assert.Single(outcomes, outcome => outcome.Accepted);

        var first = Assert.Single(await Workspace.Agents());
        Assert.Equal(Codes.Conflict, (await Workspace.EnterAgent(mira with { Id = "b", Email = first.Email.ToUpperInvariant() }, false)).Refusal?.Code);
        Assert.Equal(first.Id, await Workspace.FindAgent(first.Email.ToUpperInvariant()));
    }

    [Fact]
    public async Task The_knowledge_says_when_it_changed()
    {
        var before = await Workspace.Knowledge();
        await Workspace.PutArticle(new Article("new", "New", "# New\n\nText"));
        var after = await Workspace.Knowledge();
        Assert.True(after.Version > before.Version);
        Assert.Contains(after.Articles, article => article.Id == "new");

        Assert.True((await Workspace.RemoveArticle("new")).Accepted);
        Assert.Equal(Codes.NotFound, (await Workspace.RemoveArticle("new")).Refusal?.Code);
    }

    [Fact]
    public async Task An_account_is_written_only_over_the_one_that_was_read()
    {
        var account = new AgentAccount
        {
            Id = "a1",
            Name = "Mira",
            Email = "mira@example.com",
            NormalizedEmail = "MIRA@EXAMPLE.COM",
            Role = AgentRole.Admin,
            CreatedAt = _silo.Clock.GetUtcNow(),
            ConcurrencyStamp = "1",
        };
        Assert.True((await _silo.Agent("a1").Save(account, null)).Accepted);
        Assert.Equal(Codes.Conflict, (await _silo.Agent("a1").Save(account with { ConcurrencyStamp = "2" }, null)).Refusal?.Code);
        Assert.Equal(Codes.NotFound, (await _silo.Agent("other").Save(account, null)).Refusal?.Code);
        Assert.True((await _silo.Agent("a1").Save(account with { ConcurrencyStamp = "2" }, "1")).Accepted);

        Assert.Equal(Availability.Online, (await _silo.Agent("a1").SetAvailability(Availability.Online)).Value?.Availability);
        await _silo.Hear<AgentChanged>(changed => changed.Agent.Availability == Availability.Online);
        Assert.Equal(Availability.Online, Assert.Single(await Workspace.Agents()).Availability);
    }
}
