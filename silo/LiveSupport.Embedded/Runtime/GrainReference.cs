namespace LiveSupport.Embedded.Runtime;

/// <summary>The base of every proxy: knows which grain, and finds its activation when called.</summary>
internal abstract class GrainReference(GrainClass grainClass, string key) : IAddressable
{
    private Activation? _activation;

    public GrainId GrainId { get; } = GrainId.Create(grainClass.GrainType, key);

    public override string ToString() => GrainId.ToString();

    public override bool Equals(object? obj) => obj is GrainReference other && other.GetType() == GetType() && other.GrainId == GrainId;

    public override int GetHashCode() => GrainId.GetHashCode();

    /// <summary>What a proxy's method does with its call.</summary>
    protected Task Send(GrainCall call)
    {
        GrainMetrics.Trace(GrainId.Type, call);
        try
        {
            var activation = _activation;
            if (activation is null || activation.IsDead)
                _activation = activation = grainClass.Find(GrainId.Key.Value);
            return activation.Send(call);
        }
        catch (OrleansException refused)
        {
            call.Fail(refused);
            return call.Promise;
        }
    }
}
