using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace LiveSupport.Silo.Hosting.Cluster;

/// <summary>
/// How the bytes of a stream's item travel between processes. Orleans writes an <see cref="ArraySegment{T}"/> element by
/// element, each with a header of its own, and memory streams carry every item in one, on four ways: measured, a tenth of
/// a cluster's CPU. Here they are written as what they are. All processes must do so.
/// </summary>
internal sealed class BytesAtOnce : IFieldCodec<ArraySegment<byte>>, IDeepCopier<ArraySegment<byte>>
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IFieldCodec<ArraySegment<byte>>, BytesAtOnce>();
        services.AddSingleton<IDeepCopier<ArraySegment<byte>>, BytesAtOnce>();
    }

    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, ArraySegment<byte> value)
        where TBufferWriter : IBufferWriter<byte>
    {
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(ArraySegment<byte>), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)value.Count);
        writer.Write(value.AsSpan());
    }

    public ArraySegment<byte> ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        field.EnsureWireType(WireType.LengthPrefixed);
        return reader.ReadBytes(reader.ReadVarUInt32());
    }

    public ArraySegment<byte> DeepCopy(ArraySegment<byte> input, CopyContext context) => input.AsSpan().ToArray();
}
