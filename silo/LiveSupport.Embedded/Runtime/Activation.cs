namespace LiveSupport.Embedded.Runtime;

internal abstract class Activation
{
    [ThreadStatic]
    private static Activation? _current;

    public static Activation? Current { get => _current; protected set => _current = value; }

    public abstract GrainId GrainId { get; }

    public abstract GrainRuntime Runtime { get; }

    public abstract void Deactivate(DeactivationReason reason);

    public abstract void DelayDeactivation(TimeSpan time);

    public abstract IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options);
}
