using LiveSupport.Silo.Hosting;
using Microsoft.Extensions.Hosting;

namespace LiveSupport.Tests.Engine;

public sealed class SiloRoleTests
{
    [Fact]
    public void A_role_that_this_build_cannot_play_is_refused_with_the_way_out()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var refused = Assert.Throws<SiloRoleException>(() =>
            builder.AddLiveSupportSilo(new SiloOptions { DataFolder = "unused", Role = "silo" }));
        Assert.Contains("'silo'", refused.Message);
        Assert.Contains("'all'", refused.Message);
    }

    [Fact]
    public void State_in_Azure_is_refused_with_how_to_build_for_it()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var refused = Assert.Throws<SiloRoleException>(() => builder.AddLiveSupportSilo(
            new SiloOptions { DataFolder = "unused", GrainState = "azure", AzureStorage = "UseDevelopmentStorage=true" }));
        Assert.Contains("GrainState", refused.Message, StringComparison.Ordinal);
        Assert.Contains("-p:GrainEngine=Orleans -p:AzureStorage=true", refused.Message, StringComparison.Ordinal);
    }
}
