namespace LiveSupport.Embedded;

/// <summary>Counts the grains in memory.</summary>
public interface IGrainCensus
{
    /// <summary>By type of grain; those of which there is none are left out.</summary>
    IReadOnlyDictionary<string, int> Activations();
}
