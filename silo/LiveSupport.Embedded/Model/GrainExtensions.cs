using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Embedded;

/// <summary>What a grain, or a reference to one, can be asked.</summary>
public static class GrainExtensions
{
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        Grain instance => instance.Running.GrainId,
        Runtime.GrainReference reference => reference.GrainId,
        _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
    };

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    /// <exception cref="KeyNotFoundException">There is no stream provider of that name.</exception>
    public static IStreamProvider GetStreamProvider(this Grain grain, string name) => StreamProvider(grain.ServiceProvider, name);

    /// <inheritdoc cref="GetStreamProvider(Grain, string)"/>
    public static IStreamProvider GetStreamProvider(this IClusterClient client, string name) => StreamProvider(client.ServiceProvider, name);

    private static IStreamProvider StreamProvider(IServiceProvider services, string name) =>
        services.GetKeyedService<IStreamProvider>(name) ?? throw new KeyNotFoundException($"Stream provider '{name}' not found.");
}
