using LiveSupport.Api.Security;
using LiveSupport.Contracts;
using LiveSupport.Tests.Support;

namespace LiveSupport.Tests.Edge;

/// <summary>Two edges in front of one silo: a code of an authenticator app lets in at one of them, once.</summary>
public sealed class UsedCodesTests
{
    private static readonly AgentUser Mira = Agent("mira");

    [Fact]
    public async Task A_code_is_used_up_at_both_edges_for_as_long_as_it_is_right()
    {
        await using var silo = await SiloHost.Start();
        var (here, there) = (new UsedCodes(silo.Grains), new UsedCodes(silo.Grains));

        Assert.True(await here.Use(Mira, "123456"));
        Assert.False(await there.Use(Mira, "123456"));
        Assert.False(await there.Use(Mira, "0123456"));
        Assert.True(await there.Use(Mira, "123457"));
        Assert.True(await there.Use(Agent("siri"), "123456"));

        silo.Clock.Advance(TimeSpan.FromSeconds(179));
        Assert.False(await here.Use(Mira, "123456"));
        silo.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await here.Use(Mira, "123456"));
    }

    private static AgentUser Agent(string id) => new()
    {
        WorkspaceId = SiloHost.Workspace,
        Id = id,
        Name = id,
        Email = $"{id}@linnea.example",
        Role = AgentRole.Agent,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
