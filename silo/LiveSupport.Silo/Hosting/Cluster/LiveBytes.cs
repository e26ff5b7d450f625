using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using LiveSupport.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Serialization;
using Orleans.Serialization.Configuration;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>
/// How an item of the live stream travels: each event by itself, and where it ends. The silo that hands items on reads
/// them only to look for a request context, which ours never have, so nothing is read before somebody asks for the events
/// (measured: a tenth of that silo's CPU). One by one, because Orleans remembers every object of what it writes together,
/// and a hundred events have thousands.
/// </summary>
/// <remarks>The bytes: the events, the end of each (int32, little-endian), how many there are (int32).</remarks>
internal sealed class LiveBytes(Serializer<WorkspaceEvent> serializer) : IMemoryMessageBodySerializer
{
    private const int Number = sizeof(int);

    /// <summary>What carries the bytes names this type, so every process must know it.</summary>
    public static void Add(IServiceCollection services) =>
        services.Configure<TypeManifestOptions>(types => types.WellKnownTypeAliases["ls.live-bytes"] = typeof(LiveBytes));

    public ArraySegment<byte> Serialize(MemoryMessageBody body)
    {
        var events = body.Events.Cast<WorkspaceEvent>().SelectMany(item => item.Each()).ToArray();
        var bytes = new ArrayBufferWriter<byte>(512 * events.Length);
        var ends = new int[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            serializer.Serialize(events[i], bytes);
            ends[i] = bytes.WrittenCount;
        }
        foreach (var number in ends.Append(events.Length))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(Number), number);
            bytes.Advance(Number);
        }
        return bytes.WrittenSpan.ToArray();
    }

    public MemoryMessageBody Deserialize(ArraySegment<byte> bodyBytes) => new([new Unread(bodyBytes, serializer)], requestContext: null);

    private sealed record Unread(ArraySegment<byte> Bytes, Serializer<WorkspaceEvent> Serializer) : WorkspaceEvent
    {
        private ImmutableArray<WorkspaceEvent> _events;

        public override ImmutableArray<WorkspaceEvent> Each() => _events.IsDefault ? _events = Read() : _events;

        private ImmutableArray<WorkspaceEvent> Read()
        {
            var count = BinaryPrimitives.ReadInt32LittleEndian(Bytes[^Number..]);
            var ends = Bytes[^((count + 1) * Number)..];
            var events = ImmutableArray.CreateBuilder<WorkspaceEvent>(count);
            for (var (i, start) = (0, 0); i < count; i++)
            {
                var end = BinaryPrimitives.ReadInt32LittleEndian(ends[(i * Number)..]);
                events.Add(Serializer.Deserialize(Bytes[start..end])!);
                start = end;
            }
            return events.MoveToImmutable();
        }
    }
}
