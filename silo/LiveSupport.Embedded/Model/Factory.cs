namespace LiveSupport.Embedded;

public interface IGrainFactory
{
    /// <summary>A reference to the grain of that key. Asks nobody and makes nothing: the first call activates the grain.</summary>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey)
        where TGrainInterface : IGrainWithStringKey;
}

/// <summary>The way in from outside the grains.</summary>
public interface IClusterClient : IGrainFactory
{
    IServiceProvider ServiceProvider { get; }
}
