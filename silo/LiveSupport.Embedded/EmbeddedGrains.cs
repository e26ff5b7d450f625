using System.Reflection;
using LiveSupport.Embedded.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Embedded;

public sealed class EmbeddedGrainOptions
{
    /// <summary>After so long a call fails with a <see cref="TimeoutException"/>; its grain goes on undisturbed.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>An activation that nobody has called for so long is ended.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);
}

/// <summary>Puts the in-process engine into a service collection.</summary>
public static class EmbeddedGrains
{
    /// <summary>Items that wait for one subscriber of a stream; one more pushes out the oldest.</summary>
    private const int StreamQueueLength = 10_000;

    /// <summary>
    /// Adds the grains of these assemblies, and <see cref="IGrainFactory"/> and <see cref="IClusterClient"/> to reach
    /// them. They run from the host's start to its stop; services registered later may use them in their own start.
    /// </summary>
    public static IServiceCollection AddEmbeddedGrains(
        this IServiceCollection services, IEnumerable<Assembly> assemblies, Action<EmbeddedGrainOptions>? configure = null)
    {
        var options = new EmbeddedGrainOptions();
        configure?.Invoke(options);
        var grains = assemblies.Distinct().SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: false, IsGenericTypeDefinition: false } && type.IsSubclassOf(typeof(Grain)))
            .ToArray();
        services.AddMetrics();
        services.AddSingleton(provider => new GrainRuntime(grains, options, provider));
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<GrainRuntime>());
        services.AddSingleton<IGrainCensus>(provider => provider.GetRequiredService<GrainRuntime>());
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<GrainRuntime>());
        return services.AddHostedService(provider => provider.GetRequiredService<GrainRuntime>());
    }

    /// <summary>Adds a provider of in-process streams under this name.</summary>
    public static IServiceCollection AddEmbeddedStreams(this IServiceCollection services, string name) =>
        services.AddKeyedSingleton<IStreamProvider>(name, (provider, _) => new MemoryStreams(
            name, StreamQueueLength, provider.GetRequiredService<ILoggerFactory>().CreateLogger("LiveSupport.Streams")));
}
