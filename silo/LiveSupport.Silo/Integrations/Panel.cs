using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveSupport.Silo.Integrations;

// What the panel beside the chat shows, in the shapes that web/dashboard/insights/cards.ts reads.

internal sealed record Money(string Amount, string Currency);

internal sealed record OrderItem(string Title, int Quantity, string? ImageUrl);

internal sealed record Order(
    string Id, string Name, DateTimeOffset CreatedAt, string? Payment, string? Fulfillment, Money Total, string? Url, IReadOnlyList<OrderItem> Items);

internal sealed record Shopper(string? CustomerUrl, long OrdersCount, Money? LifetimeValue, IReadOnlyList<Order> Orders);

internal sealed record Meeting(
    string Id, string Name, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Status, string? Host, string? JoinUrl, string? RescheduleUrl, string? CancelUrl);

internal sealed record Meetings(IReadOnlyList<Meeting> Upcoming, IReadOnlyList<Meeting> Past, IReadOnlyList<Meeting> Cancelled);

internal sealed record Ticket(string Id, string Subject, string Status, string? Priority, DateTimeOffset UpdatedAt, string? Url);

internal sealed record Tickets(IReadOnlyList<Ticket> Open, IReadOnlyList<Ticket> Previous);

internal sealed record OwnField(string Label, string Value, string? Url);

internal sealed record OwnCard(string Title, IReadOnlyList<OwnField> Fields);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Shopper))]
[JsonSerializable(typeof(Meetings))]
[JsonSerializable(typeof(Tickets))]
[JsonSerializable(typeof(OwnCard))]
internal sealed partial class PanelJson : JsonSerializerContext;
