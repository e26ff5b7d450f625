using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LiveSupport.Load.Servers;

/// <summary>
/// The floor to measure against: bare SignalR that acknowledges a message and shows it to one viewer, in the shapes of
/// the product's protocol, and keeps nothing.
/// </summary>
internal static class EchoServer
{
    public static readonly Command Command = new("echo-server", "the floor alone; prints its address", Run);

    private static async Task<int> Run(Arguments arguments, CancellationToken stop)
    {
        arguments.End();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR(hubs =>
        {
            hubs.KeepAliveInterval = TimeSpan.FromSeconds(10);
            hubs.ClientTimeoutInterval = TimeSpan.FromSeconds(30);
        });
        await using var app = builder.Build();
        app.MapHub<EchoHub>("/echo", hub => hub.Transports = HttpTransportType.WebSockets);
        await app.StartAsync(stop);
        Console.WriteLine($"Echo {app.Urls.First()}");
        await app.WaitForShutdownAsync(stop);
        return 0;
    }

    private sealed record Message(string ClientId, string Text);
    private sealed record Ack(string ConversationId, long Seq, long Rev, DateTimeOffset At);
    private sealed record Author(string Type, string Id);
    private sealed record Entry(long Seq, long Rev, string Id, string Kind, Author Author, string Text, DateTimeOffset At);
    private sealed record Event(string Kind, string ConversationId, long Rev, Entry Entry);

    private sealed class EchoHub : Hub
    {
        private static readonly ConcurrentDictionary<string, string> Viewers = new();

        private sealed class Conversation(string id)
        {
            public string Id { get; } = id;
            public long Seq { get; set; }
        }

        public override Task OnConnectedAsync()
        {
            Context.Items[nameof(Conversation)] = new Conversation(Context.GetHttpContext()!.Request.Query["conversation"].ToString());
            return Task.CompletedTask;
        }

        public void Open(string conversationId) => Viewers[conversationId] = Context.ConnectionId;

        public async Task<object> Send(Message message)
        {
            var mine = (Conversation)Context.Items[nameof(Conversation)]!;
            var seq = ++mine.Seq;
            var now = DateTimeOffset.UtcNow;
            var entry = new Entry(seq, seq, message.ClientId, "text", new Author("visitor", mine.Id), message.Text, now);
            if (Viewers.TryGetValue(mine.Id, out var viewer))
                await Clients.Client(viewer).SendAsync("events", new[] { new Event("entry", mine.Id, seq, entry) });
            return new Ack(mine.Id, seq, seq, now);
        }
    }
}
