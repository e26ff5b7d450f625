using LiveSupport.Silo.Hosting;

namespace LiveSupport.Api;

/// <summary>The one process: a silo that runs the grains, and an edge in front of it.</summary>
public static class Program
{
    private const string DefaultUrl = "http://localhost:5080";

    public static async Task<int> Main(string[] args)
    {
        await using var app = Build(args);
        await app.RunAsync();
        return Environment.ExitCode;
    }

    /// <summary>Puts the process together without starting it.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null && builder.Configuration["https_ports"] is null)
            builder.WebHost.UseUrls(DefaultUrl);
        var data = Path.GetFullPath(builder.Configuration["LiveSupport:Data"] ?? "data");

        builder.AddLiveSupportSilo(new SiloOptions { DataFolder = data });
        builder.AddEdge(data);

        var app = builder.Build();
        app.UseEdge();
        return app;
    }
}
