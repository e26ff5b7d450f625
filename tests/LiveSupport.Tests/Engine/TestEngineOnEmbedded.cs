using Microsoft.Extensions.Hosting;

namespace LiveSupport.Tests.Engine;

internal static class TestEngine
{
    public static void Add(IHostApplicationBuilder builder, EngineTimes times)
    {
        builder.Services.AddEmbeddedGrains([typeof(TestEngine).Assembly], options =>
        {
            options.CallTimeout = times.CallTimeout;
            options.CollectionAge = times.CollectionAge;
        });
        builder.Services.AddEmbeddedStreams(EngineHost.Streams);
    }
}
