using System.Globalization;
using System.Text.RegularExpressions;
using LiveSupport.Api.Edge;

namespace LiveSupport.Tests.Upgrades;

public sealed class PageProtocolTests
{
    [Fact]
    public void The_pages_of_this_version_speak_its_protocol()
    {
        var source = File.ReadAllText(Path.Combine(Accept.Root, "web", "shared", "protocol.ts"));

        var spoken = Regex.Match(source, "export const spoken = ([0-9]+);").Groups[1].Value;

        Assert.Equal(Frame.Protocol.ToString(CultureInfo.InvariantCulture), spoken);
    }
}
