using LiveSupport.Contracts;

namespace LiveSupport.Silo.Storage;

/// <summary>Whether the store can take a write now; what readiness asks.</summary>
public interface IStoreHealth : IStoreView;
