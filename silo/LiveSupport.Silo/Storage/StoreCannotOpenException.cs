namespace LiveSupport.Silo.Storage;

/// <summary>The store cannot be opened as things stand, and waiting will not help. The message is one sentence for
/// the person who started the process.</summary>
public sealed class StoreCannotOpenException(string message, Exception? inner = null) : Exception(message, inner);
