using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Tests.Support;

/// <summary>A message as a receiver got it.</summary>
public sealed record Told(string Id, string Type, string? ConversationId, JsonElement Body, string Timestamp, string Signature, byte[] Bytes)
{
    public long Rev => long.Parse(Id[(Id.IndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    public string? Text => Body.GetProperty("data").TryGetProperty("entry", out var entry) ? entry.GetProperty("text").GetString() : null;

    /// <summary>Whether a receiver that has this secret would believe it.</summary>
    public bool IsSignedWith(string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. Bytes];
        var expected = $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}";
        return Signature.Split(' ').Contains(expected);
    }
}

/// <summary>Somebody's server that our webhooks call, on a port of its own. It can be down, and it can refuse.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Told> _taken = new();
    private int _asked;

    private WebhookReceiver(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>What it answers; it takes what it answers with 2xx.</summary>
    public Func<Told, int> Answer { get; set; } = _ => 200;

    /// <summary>All that it has taken, in the order of arrival.</summary>
    public IReadOnlyList<Told> Taken => [.. _taken];

    /// <summary>Calls so far, taken or not.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static async Task<WebhookReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.Run(receiver.Take);
        await receiver._app.StartAsync();
        receiver.Url = $"{receiver._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/hook";
        return receiver;
    }

    public Task Takes(int count) => TestServer.Eventually(() => Task.FromResult(_taken.Count >= count));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Take(HttpContext http)
    {
        using var read = new MemoryStream();
        await http.Request.Body.CopyToAsync(read);
        var body = JsonSerializer.Deserialize<JsonElement>(read.ToArray());
        var data = body.GetProperty("data");
        var told = new Told(
            http.Request.Headers["webhook-id"].ToString(),
            body.GetProperty("type").GetString()!,
            data.TryGetProperty("conversation", out var conversation) ? conversation.GetProperty("id").GetString() : null,
            body,
            http.Request.Headers["webhook-timestamp"].ToString(),
            http.Request.Headers["webhook-signature"].ToString(),
            read.ToArray());
        Interlocked.Increment(ref _asked);
        http.Response.StatusCode = Answer(told);
        if (http.Response.StatusCode is >= 200 and < 300)
            _taken.Enqueue(told);
        else
            await http.Response.WriteAsync("Not now");
    }
}
