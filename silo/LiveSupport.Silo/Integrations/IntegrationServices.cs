using LiveSupport.Silo.Integrations.Calendly;
using LiveSupport.Silo.Integrations.Card;
using LiveSupport.Silo.Integrations.Shopify;
using LiveSupport.Silo.Integrations.Zendesk;
using LiveSupport.Silo.Outbound;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LiveSupport.Silo.Integrations;

internal static class IntegrationServices
{
    /// <summary>The providers' own HTTP: fakes on this machine may be called where webhooks may not.</summary>
    public const string Http = "integrations";

    public static IServiceCollection AddIntegrations(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ProviderAddresses(provider.GetService<IConfiguration>()?["LiveSupport:Integrations:Fakes"]));
        services.AddKeyedSingleton(Http, (provider, _) =>
        {
            var settings = provider.GetService<IConfiguration>()?.GetSection("LiveSupport");
            return new PublicHttp(allowPrivate: settings?.GetValue<bool>("Integrations:AllowPrivate") == true || settings?.GetValue<bool>("Demo") == true);
        });
        services.AddSingleton<IntegrationSecrets>();
        services.AddSingleton<IProvider, ShopifyProvider>();
        services.AddSingleton<IProvider, CalendlyProvider>();
        services.AddSingleton<IProvider, ZendeskProvider>();
        services.AddSingleton<IProvider>(provider => new CardProvider(provider.GetRequiredKeyedService<PublicHttp>(Http)));
        return services;
    }
}
