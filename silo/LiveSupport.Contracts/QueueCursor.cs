using System.Globalization;

namespace LiveSupport.Contracts;

/// <summary>A row's place in a list (<see cref="QueueOrder"/>), and so where the next page begins. Opaque to clients.</summary>
/// <param name="Urgency">The row's class in the order <see cref="QueueSort.Unread"/>; 0 in the others.</param>
public readonly record struct QueueCursor(int Urgency, DateTimeOffset LastAt, string Id)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Urgency}.{LastAt.UtcTicks}.{Id}");

    /// <summary>False for anything that <see cref="ToString"/> did not make.</summary>
    public static bool TryParse(string? text, out QueueCursor cursor)
    {
        cursor = default;
        if (text?.Split('.', 3) is not [var urgency, var ticks, var id]
            || !int.TryParse(urgency, NumberStyles.None, CultureInfo.InvariantCulture, out var u)
            || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var t)
            || t > DateTimeOffset.MaxValue.UtcTicks
            || !Ids.IsWellFormed(id))
            return false;
        cursor = new QueueCursor(u, new DateTimeOffset(t, TimeSpan.Zero), id);
        return true;
    }
}
