namespace LiveSupport.Embedded.Runtime;

/// <summary>
/// One call on its way to a grain. <see cref="ProxyBuilder"/> makes a class for each method: its fields are the
/// arguments. Only the turn that holds the call touches it; its promise alone may also be broken by the clock.
/// </summary>
internal abstract class GrainCall(string method, bool readOnly)
{
    public string Method { get; } = method;

    public bool ReadOnly { get; } = readOnly;

    /// <summary>May start whatever else is running.</summary>
    public virtual bool Interleaves => false;

    /// <summary>Someone uses the grain. A timer does not.</summary>
    public virtual bool IsUse => true;

    /// <summary>When it was sent, in the clock's ticks.</summary>
    public long SentAt { get; set; }

    /// <summary>The part of a trace that this call is; null when nobody traces.</summary>
    public System.Diagnostics.Activity? Trace { get; set; }

    /// <summary>The clock sees to it that the promise is kept or broken; null: it does not.</summary>
    public Watch? Watch { get; set; }

    /// <summary>Its answer, for a caller that has to wait.</summary>
    public abstract Task Promise { get; }

    public abstract Task Invoke(object grain);

    /// <summary>Answers with what <paramref name="work"/> came to: by the promise if there is one, else at once.</summary>
    public abstract Task Answer(Task work);

    /// <summary>Answers that it failed, unless it is answered already.</summary>
    public abstract bool Fail(Exception error);
}

/// <summary>
/// A call that may not be answered in time. It is looked at once a second, and does not hold until then what is
/// answered: of what a collection of the garbage had to keep under load, that was a fifth.
/// </summary>
internal sealed class Watch(GrainCall call)
{
    private volatile GrainCall? _call = call;

    /// <summary>Null when it is over.</summary>
    public GrainCall? Call => _call;

    public void End() => _call = null;
}

/// <summary>A call of a method that returns nothing.</summary>
internal abstract class VoidCall(string method, bool readOnly) : GrainCall(method, readOnly)
{
    private TaskCompletionSource? _promise;

    public sealed override Task Promise =>
        (_promise ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public sealed override Task Answer(Task work)
    {
        if (_promise is null)
            return work;
        _promise.TrySetFromTask(work);
        return _promise.Task;
    }

    public sealed override bool Fail(Exception error)
    {
        _ = Promise;
        return _promise!.TrySetException(error);
    }
}

/// <summary>A call of a method that returns a <typeparamref name="T"/>.</summary>
internal abstract class ResultCall<T>(string method, bool readOnly) : GrainCall(method, readOnly)
{
    private TaskCompletionSource<T>? _promise;

    public sealed override Task Promise =>
        (_promise ??= new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public sealed override Task Answer(Task work)
    {
        var result = (Task<T>)work;
        if (result.IsCompletedSuccessfully && !Copier.Shares<T>())
            result = Copied(result.Result);
        if (_promise is null)
            return result;
        _promise.TrySetFromTask(result);
        return _promise.Task;
    }

    public sealed override bool Fail(Exception error)
    {
        _ = Promise;
        return _promise!.TrySetException(error);
    }

    private static Task<T> Copied(T value)
    {
        try
        {
            return Task.FromResult(Copier.Copy(value));
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error);
        }
    }
}
