namespace LiveSupport.Embedded.Runtime;

/// <summary>The base of every proxy.</summary>
internal abstract class GrainReference(GrainId grainId) : IAddressable
{
    public GrainId GrainId { get; } = grainId;
}
