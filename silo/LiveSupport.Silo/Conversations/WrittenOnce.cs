using System.Collections.Immutable;
using System.Text.Json;
using LiveSupport.Contracts;

namespace LiveSupport.Silo.Conversations;

/// <summary>A list that is written again and again while things come to its end and leave at its beginning: what never
/// changes becomes JSON once and is copied from then on.</summary>
/// <param name="write">Writes one. It must not ask for bytes itself (<see cref="WireJson.Bytes"/>).</param>
internal sealed class WrittenOnce<T>(Action<Utf8JsonWriter, T> write)
    where T : class
{
    private readonly List<(T Item, byte[] Json)> _written = [];

    public void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ImmutableArray<T> items)
    {
        ForgetUntil(items.IsEmpty ? null : items[0]);
        writer.WriteStartArray(name);
        for (var i = 0; i < items.Length; i++)
        {
            if (i < _written.Count && !ReferenceEquals(_written[i].Item, items[i]))
                _written.RemoveRange(i, _written.Count - i);
            if (i == _written.Count)
                _written.Add((items[i], WireJson.Bytes(items[i], write)));
            writer.WriteRawValue(_written[i].Json, skipInputValidation: true);
        }
        writer.WriteEndArray();
    }

    private void ForgetUntil(T? first)
    {
        var gone = 0;
        while (gone < _written.Count && !ReferenceEquals(_written[gone].Item, first))
            gone++;
        _written.RemoveRange(0, gone);
    }
}
