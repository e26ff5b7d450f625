namespace LiveSupport.Embedded;

/// <summary>Something that can be called by its identity.</summary>
public interface IAddressable;

public interface IGrain : IAddressable;

/// <summary>A grain whose key is a text.</summary>
public interface IGrainWithStringKey : IGrain;
