namespace LiveSupport.Embedded.Runtime;

internal sealed class GrainRuntime(IGrainFactory grainFactory, IServiceProvider services)
{
    public IGrainFactory GrainFactory { get; } = grainFactory;

    public IServiceProvider Services { get; } = services;
}
