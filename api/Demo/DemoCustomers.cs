namespace LiveSupport.Api.Demo;

/// <summary>The people whom the fakes of the providers know. Orders and meetings are told relative to now.</summary>
internal static class DemoCustomers
{
    public sealed record Order(string Name, int DaysAgo, string Payment, string Fulfillment, string Total, params string[] Items);

    public sealed record Meeting(string Name, int InHours, string Status, string Host);

    public sealed record Ticket(long Id, string Subject, string Status, string? Priority, int DaysAgo);

    public sealed record Person(string Email, string Name, string Spent, int OrdersCount, Order[] Orders, Meeting[] Meetings, Ticket[] Tickets);

    public static readonly Person[] All =
    [
        new("anna.berger@example.com", "Anna Berger", "811.60", 9,
            [
                new("#10482", 8, "PAID", "FULFILLED", "64.00", "Linen shirt S"),
                new("#10311", 51, "REFUNDED", "FULFILLED", "29.00", "Canvas apron"),
                new("#10190", 96, "PAID", "FULFILLED", "148.00", "Linen bedding, natural", "Bath towels, set of 2"),
            ],
            [new("Fitting call", 29, "active", "Mira Kos"), new("Fitting call", -700, "active", "Mira Kos"), new("Fabric advice", -1600, "canceled", "Sam Ortega")],
            [new(5521, "Wrong invoice address", "pending", "normal", 3), new(4807, "Button came off", "solved", "low", 88)]),
        new("dev.anand@example.com", "Dev Anand", "212.00", 3,
            [new("#10497", 1, "PAID", "UNFULFILLED", "92.00", "Linen trousers M"), new("#10402", 30, "PARTIALLY_REFUNDED", "PARTIALLY_FULFILLED", "120.00", "Linen dress", "Linen shirt M")],
            [],
            [new(5544, "Parcel is late", "open", "high", 1)]),
        new("lotte.hansen@example.com", "Lotte Hansen", "0.00", 0, [], [new("Fitting call", 72, "active", "Sam Ortega")], []),
    ];

    public static Person? Of(string? email) => All.FirstOrDefault(person => string.Equals(person.Email, email, StringComparison.OrdinalIgnoreCase));
}
