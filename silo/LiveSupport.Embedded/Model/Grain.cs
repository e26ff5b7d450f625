using LiveSupport.Embedded.Runtime;

namespace LiveSupport.Embedded;

/// <summary>
/// The base of every grain. One instance is one activation: the runtime makes it on the first call and lets it see
/// one call at a time. Constructor parameters come from the service provider and from <see cref="PersistentStateAttribute"/>.
/// </summary>
public abstract class Grain : IAddressable
{
    /// <summary>Null in a grain that a test made by hand.</summary>
    internal Activation? Activation { get; } = Activation.Current;

    /// <summary>Reaches other grains.</summary>
    protected IGrainFactory GrainFactory => Running.Runtime;

    protected internal IServiceProvider ServiceProvider => Running.Runtime.ServiceProvider;

    internal Activation Running =>
        Activation ?? throw new InvalidOperationException($"{GetType().Name} was made by hand: only the runtime can give it an identity.");

    /// <summary>Runs before the first call, after the state was read. Failing fails that call; the next one tries anew.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last call. It does not run when the process dies: nothing may depend on it.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation once its present calls are done; the next call meets a new one.</summary>
    protected void DeactivateOnIdle() =>
        Running.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    /// <summary>Spares this activation from idle collection for so long; <see cref="TimeSpan.Zero"/> takes that back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Running.DelayDeactivation(timeSpan);
}
