using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Embedded.Runtime;

/// <summary>One class of grains: how it is made, which rules hold for it, and its present activations.</summary>
internal sealed class GrainClass
{
    private const string Suffix = "Grain";

    private readonly ConcurrentDictionary<string, Activation> _activations = new(StringComparer.Ordinal);
    private readonly ConstructorInfo _constructor;
    private readonly Func<Activation, object?>[] _parameters;

    /// <exception cref="InvalidOperationException">The class cannot be a grain; the message says why.</exception>
    public GrainClass(Type type, GrainRuntime runtime)
    {
        Type = type;
        Runtime = runtime;
        GrainType = GrainType.Create(type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? NameOf(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        KeepsAlive = type.IsDefined(typeof(KeepAliveAttribute));
        _constructor = type.GetConstructors() is [var only]
            ? only
            : throw new InvalidOperationException($"{type} needs exactly one public constructor.");
        _parameters = [.. _constructor.GetParameters().Select(Supply)];
    }

    public Type Type { get; }

    public GrainRuntime Runtime { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    public bool KeepsAlive { get; }

    public IEnumerable<Activation> Activations => _activations.Select(pair => pair.Value);

    public int Count => _activations.Count;

    /// <summary>The activation of that key; one that is only now entered starts with its first call.</summary>
    /// <exception cref="SiloUnavailableException">There is none and the runtime does not run.</exception>
    public Activation Find(string key)
    {
        if (_activations.TryGetValue(key, out var known))
            return known;
        Runtime.ThrowUnlessRunning();
        return _activations.GetOrAdd(key, static (key, self) => new Activation(self, key), this);
    }

    public void Remove(string key, Activation activation) => _activations.TryRemove(KeyValuePair.Create(key, activation));

    public Grain Create(Activation activation)
    {
        var arguments = Array.ConvertAll(_parameters, supply => supply(activation));
        return (Grain)_constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    private static string NameOf(Type type) =>
        (type.Name.Length > Suffix.Length && type.Name.EndsWith(Suffix, StringComparison.Ordinal) ? type.Name[..^Suffix.Length] : type.Name)
        .ToLowerInvariant();

    private Func<Activation, object?> Supply(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } named)
        {
            if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
                throw new InvalidOperationException($"{Type}: the persistent state '{named.StateName}' must be an IPersistentState<T>.");
            var facet = typeof(PersistentState<>).MakeGenericType(type.GetGenericArguments());
            return activation => activation.AddState((PersistentState)Activator.CreateInstance(
                facet, BindingFlags.DoNotWrapExceptions | BindingFlags.Instance | BindingFlags.Public, null,
                [named, activation.GrainId, Runtime.ServiceProvider], null)!);
        }

        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { Key: { } serviceKey })
            return _ => Runtime.ServiceProvider.GetRequiredKeyedService(type, serviceKey);
        if (parameter.HasDefaultValue)
            return _ => Runtime.ServiceProvider.GetService(type) ?? parameter.DefaultValue;
        return _ => Runtime.ServiceProvider.GetRequiredService(type);
    }
}
