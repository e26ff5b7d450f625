using System.Net.Http.Json;
using System.Text.Json;
using LiveSupport.Tests.Support;

namespace LiveSupport.Load.Faults;

/// <summary>A visitor who writes on and on, and whose widget shows the conversation.</summary>
internal sealed class Visitor(Book book, IReadOnlyList<Uri> edges, HttpClient http, int number)
    : Person(book, edges, $"v{number}")
{
    private string? _token;
    private Screen[] _screens = [];

    public string? ConversationId => _screens.FirstOrDefault()?.ConversationId;

    public override IReadOnlyList<Screen> Screens => _screens;

    protected override async Task<HubClient> Connect(Uri edge, Action<JsonElement> onEvent)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(edge, "/api/widget/session"), new { siteKey = "default", visitorToken = _token });
        answer.EnsureSuccessStatusCode();
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
        _token = session.GetProperty("visitorToken").GetString();
        return await HubClient.Connect(new Uri(edge, "/hubs/visitor"), session.GetProperty("accessToken").GetString(), onEvent: onEvent);
    }

    protected override string Next() => ConversationId ?? "";

    protected override async Task<JsonElement> Send(HubClient hub, string to, string id)
    {
        var ack = await hub.Invoke("Send", new { clientId = id, text = $"Message {id}" });
        if (_screens.Length == 0)
            _screens = [new Screen(ack.GetProperty("conversationId").GetString()!)];
        return ack;
    }

    protected override void Take(JsonElement live)
    {
    }
}
