using System.Text.Json;
using System.Text.Json.Serialization;
using LiveSupport.Api.Demo;
using LiveSupport.Api.Edge;
using LiveSupport.Api.Http;
using LiveSupport.Api.Hubs;
using LiveSupport.Api.Operations;
using LiveSupport.Api.Security;
using LiveSupport.Api.V1;
using LiveSupport.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LiveSupport.Api;

/// <summary>The edge's composition: hubs, REST, pages, security. Everything it knows of the silo is grain interfaces.</summary>
internal static class EdgeHosting
{
    private const long LargestRequest = 512 * 1024;
    private const long LargestVisitorFrame = 64 * 1024;
    private const long LargestAgentFrame = 128 * 1024;

    public static void AddEdge(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Logging
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // Every refused sign-in and every broken frame of a stranger is no warning of ours.
            .AddFilter("Microsoft.AspNetCore.SignalR", LogLevel.Error)
            // A wrong token is two lines each time; the measures count it.
            .AddFilter(typeof(VisitorAuthentication).FullName, LogLevel.Warning)
            .AddFilter(typeof(ApiKeyAuthentication).FullName, LogLevel.Warning)
            // A refused call neither, however many of them somebody makes; what really fails, HubGuard says.
            .AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None)
            .AddFilter("Microsoft.AspNetCore.Diagnostics", LogLevel.None);

        services.TryAddSingleton(TimeProvider.System);
        services.AddSecurity();
        services.AddHealthChecks().AddCheck<Health.LiveEventsCheck>("live-events");
        services.AddOpenApi(options => options.Describe());
        services.AddProblemDetails();
        services.AddExceptionHandler<Problems.Handler>();
        services.ConfigureHttpJsonOptions(json => Strict(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

        services.AddSignalR(hubs =>
            {
                hubs.HandshakeTimeout = TimeSpan.FromSeconds(5);
                hubs.KeepAliveInterval = TimeSpan.FromSeconds(10);
                hubs.ClientTimeoutInterval = TimeSpan.FromSeconds(30);
                hubs.DisableImplicitFromServicesParameters = true;
                // For EdgeProtocol, which lets nothing of it out.
                hubs.EnableDetailedErrors = true;
            })
            .AddJsonProtocol(json => Strict(json.PayloadSerializerOptions))
            .AddHubOptions<VisitorHub>(hub => hub.MaximumReceiveMessageSize = LargestVisitorFrame)
            .AddHubOptions<AgentHub>(hub => hub.MaximumReceiveMessageSize = LargestAgentFrame);
        services.RemoveAll<IHubProtocol>();
        services.AddSingleton<IHubProtocol, EdgeProtocol>();
        services.AddSingleton<HubGuard>();
        // The filter itself: of its type alone a new step is made for every call.
        services.AddOptions<HubOptions>().Configure<HubGuard>((hubs, guard) => hubs.AddFilter(guard));

        var limits = builder.Configuration.GetSection("LiveSupport:Limits").Get<EdgeLimits>() ?? new EdgeLimits();
        services.AddSingleton(provider => new EdgeBudgets(limits, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(limits);
        services.AddSingleton<Admission>();
        services.AddSingleton<Drain>();
        services.AddSingleton<IHostLifetime, DrainThenStop>();
        services.AddSingleton<Relays>();
        services.AddSingleton<Leases>();
        services.AddSingleton<AgentSessions>();
        services.AddSingleton<TypingNotes>();
        services.AddSingleton<SettingsCache>();
        services.AddSingleton<TeamCache>();
        services.AddHostedService<EdgePulse>();
        services.AddHostedService<Welcome>();
    }

    public static void UseEdge(this WebApplication app)
    {
        app.UseMiddleware<Headers>();
        app.Use(HeadAsGet);
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => Problems.Write(context.HttpContext, context.HttpContext.Response.StatusCode));
        app.UseRouting();
        app.UseMiddleware<WebFiles>();
        app.UseAuthentication();
        app.UseMiddleware<Doorkeeper>();
        app.UseAuthorization();
        app.UseMiddleware<BlankParameters>();
        app.UseMiddleware<SocketRefusals>();
        app.UseWebSockets();

        app.MapOpenApi().AllowAnonymous();
        app.MapHealth();
        app.MapAccounts();
        app.MapOwnAccount();
        app.MapColleagues();
        app.MapConversations();
        app.MapErasures();
        app.MapSettings();
        app.MapSavedReplies();
        app.MapIntegrations();
        app.MapWidget();
        app.MapAttachments();
        app.MapApiKeys();
        app.MapWebhooks();
        app.MapOperations();
        app.MapPublicApi();
        app.MapDemoSignIn();
        app.Services.GetService<FakeProviders>()?.Map(app);
        app.MapHub<VisitorHub>("/hubs/visitor", Sockets).RequireAuthorization(Policies.Visitor);
        app.MapHub<AgentHub>("/hubs/agent", Sockets).RequireAuthorization(Policies.Agent);
    }

    /// <summary>The same answer without its body, which Kestrel leaves out: it goes by what came over the wire.</summary>
    private static Task HeadAsGet(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsHead(http.Request.Method) && !http.Request.Path.StartsWithSegments("/hubs"))
            http.Request.Method = HttpMethods.Get;
        return next(http);
    }

    private static void Sockets(HttpConnectionDispatcherOptions options)
    {
        options.Transports = HttpTransportType.WebSockets;
        options.WebSockets.CloseTimeout = TimeSpan.FromSeconds(5);
    }

    /// <summary>JSON from outside: no unknown and no repeated member, none missing, no number for a name.</summary>
    private static void Strict(JsonSerializerOptions json)
    {
        WireJson.Configure(json);
        json.PropertyNameCaseInsensitive = false;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.Converters.Add(new EnumNames());
    }
}
