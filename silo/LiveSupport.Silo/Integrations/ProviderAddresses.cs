namespace LiveSupport.Silo.Integrations;

/// <summary>Where the providers are: themselves, or fakes of them for a demonstration and for tests.</summary>
/// <param name="fakes">The address below which fakes stand, one folder each; null: the real ones.</param>
public sealed class ProviderAddresses(string? fakes = null)
{
    public string? Fakes { get; set; } = fakes;

    public string? Of(string provider) => Fakes is { Length: > 0 } root ? $"{root.TrimEnd('/')}/{provider}" : null;
}
