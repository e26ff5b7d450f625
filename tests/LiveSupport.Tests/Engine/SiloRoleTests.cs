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
}
