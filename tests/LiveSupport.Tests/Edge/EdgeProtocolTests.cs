using System.Buffers;
using System.Text;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Hubs;
using LiveSupport.Api.Security;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace LiveSupport.Tests.Edge;

public sealed class EdgeProtocolTests
{
    [Theory]
    [InlineData("""{"type":1,"target":"events","arguments":[[{"kind":"tick","version":1},{"kind":"tick","version":2}]]}""", 1, 2)]
    [InlineData("""{"type":1,"target":"events","arguments":[[]]}""")]
    public void Frames_are_sent_in_the_bytes_that_they_have(string expected, params int[] ticks)
    {
        var protocol = new EdgeProtocol(Options.Create(new JsonHubProtocolOptions()), new EdgeBudgets(new EdgeLimits(), TimeProvider.System));
        var events = new InvocationMessage("events", [ticks.Select(n => Frame.Tick(n)).ToArray()]);
        var output = new ArrayBufferWriter<byte>();

        protocol.WriteMessage(events, output);

        Assert.Equal(expected + "\u001e", Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.Equal(expected + "\u001e", Encoding.UTF8.GetString(protocol.GetMessageBytes(events).Span));
    }
}
