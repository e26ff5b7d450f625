using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LiveSupport.Silo.Storage.Moving;

/// <summary>
/// The file in which a store travels: gzipped JSON Lines. The first line names the format, each further one holds one
/// thing, and the last one says how many there were and the SHA-256 of all lines before it.
/// </summary>
internal static class MovingVan
{
    private const string Format = "1";

    /// <summary>Writes the file and answers what is in it.</summary>
    public static Load Fill(Stream file, IEnumerable<Belonging> belongings)
    {
        using var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
        using var inventory = new Inventory();
        var line = new ArrayBufferWriter<byte>();
        Write(line, json => json.WriteString("livesupport", Format));
        Put();
        foreach (var one in belongings)
        {
            Line(line, one);
            inventory.Add(one);
            Put();
        }

        var load = inventory.Close();
        Write(line, json =>
        {
            json.WriteStartObject("end");
            json.WriteNumber("records", load.Records);
            json.WriteNumber("rows", load.Rows);
            json.WriteNumber("texts", load.Texts);
            json.WriteNumber("keys", load.Keys);
            json.WriteString("sha256", load.Sha256);
            json.WriteEndObject();
        });
        gzip.Write(line.WrittenSpan);
        return load;

        void Put()
        {
            gzip.Write(line.WrittenSpan);
            inventory.Count(line.WrittenSpan);
        }
    }

    /// <summary>What things would be in the file, without a file.</summary>
    public static Load Count(IEnumerable<Belonging> belongings) => Fill(Stream.Null, belongings);

    /// <summary>Reads the file thing by thing, and checks it when its end is reached.</summary>
    /// <exception cref="StoreCannotOpenException">It is not such a file, or not whole.</exception>
    public static IEnumerable<Belonging> Unload(Stream file)
    {
        using var gzip = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        using var inventory = new Inventory();
        Load? said = null;
        var first = true;
        foreach (var line in Lines(gzip))
        {
            using var json = Parse(line);
            var thing = json.RootElement.EnumerateObject().First();
            if (said is not null)
                throw Damaged("something follows its end");
            if (first)
            {
                if (thing.Name != "livesupport")
                    throw Damaged("it does not begin as one");
                if (thing.Value.ToString() != Format)
                    throw new StoreCannotOpenException($"The file is of format {thing.Value}, and this program knows format {Format}: use a newer program.");
                first = false;
            }
            else if (thing.Name == "end")
            {
                said = Said(thing);
                if (said != inventory.Close())
                    throw Damaged("its contents are not those of its last line");
                continue;
            }
            else
            {
                var one = Read(thing);
                inventory.Add(one);
                inventory.Count(line);
                yield return one;
                continue;
            }

            inventory.Count(line);
        }

        if (said is null)
            throw Damaged("it is cut off");
    }

    public static StoreCannotOpenException Damaged(string how) => new($"The file is damaged or no export of LiveSupport: {how}.");

    private static void Line(ArrayBufferWriter<byte> line, Belonging one) => Write(line, json =>
    {
        switch (one)
        {
            case MovedRecord record:
                json.WriteStartObject("record");
                json.WriteString("type", record.Type);
                json.WriteString("key", record.Key);
                json.WriteString("name", record.Name);
                json.WritePropertyName("state");
                Raw(json, record.State, () => $"The state '{record.Name}' of {record.Type}/{record.Key}");
                break;
            case MovedRow row:
                json.WriteStartObject("row");
                json.WriteString("workspace", row.Workspace);
                json.WritePropertyName("row");
                Raw(json, row.Row, () => $"A row of '{row.Workspace}'");
                break;
            case MovedText text:
                json.WriteStartObject("text");
                json.WriteString("workspace", text.Workspace);
                json.WriteString("conversation", text.Conversation);
                json.WriteNumber("seq", text.Seq);
                json.WriteNumber("at", text.At);
                json.WriteString("text", SafeText.Of(text.Text));
                break;
            case MovedKey key:
                json.WriteStartObject("key");
                json.WriteString("xml", key.Xml);
                break;
        }

        json.WriteEndObject();
    });

    /// <summary>As it is, so that it arrives as it was.</summary>
    private static void Raw(Utf8JsonWriter json, byte[] value, Func<string> name)
    {
        try
        {
            if (value.AsSpan().Contains((byte)'\n'))
                throw new JsonException("it holds a line's end");
            json.WriteRawValue(value);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new StoreCannotOpenException($"{name()} cannot be read: {error.Message}", error);
        }
    }

    private static Belonging Read(JsonProperty thing) => Sound<Belonging>(() => thing.Name switch
    {
        "record" => new MovedRecord(Text(thing, "type"), Text(thing, "key"), Text(thing, "name"), Json(thing, "state")),
        "row" => new MovedRow(Text(thing, "workspace"), Json(thing, "row")),
        "text" => new MovedText(Text(thing, "workspace"), Text(thing, "conversation"), Number(thing, "seq"), Number(thing, "at"), Text(thing, "text")),
        "key" => new MovedKey(Text(thing, "xml")),
        _ => throw Damaged($"it holds a '{thing.Name}'"),
    });

    private static Load Said(JsonProperty end) => Sound(() =>
        new Load(Number(end, "records"), Number(end, "rows"), Number(end, "texts"), Number(end, "keys"), Text(end, "sha256")));

    private static string Text(JsonProperty thing, string name) => thing.Value.GetProperty(name).GetString() ?? throw Damaged($"a {name} is null");

    private static long Number(JsonProperty thing, string name) => thing.Value.GetProperty(name).GetInt64();

    private static byte[] Json(JsonProperty thing, string name) => Encoding.UTF8.GetBytes(thing.Value.GetProperty(name).GetRawText());

    private static T Sound<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged(error.Message);
        }
    }

    private static JsonDocument Parse(byte[] line)
    {
        try
        {
            var json = JsonDocument.Parse(line);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.EnumerateObject().Any()
                ? json
                : throw Damaged("a line holds nothing");
        }
        catch (JsonException error)
        {
            throw Damaged(error.Message);
        }
    }

    private static void Write(ArrayBufferWriter<byte> line, Action<Utf8JsonWriter> body)
    {
        line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = StateJson.Options.Encoder }))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
    }

    /// <summary>The lines, each with its end.</summary>
    private static IEnumerable<byte[]> Lines(Stream stream)
    {
        var line = new ArrayBufferWriter<byte>();
        var buffer = new byte[64 * 1024];
        while (Read(stream, buffer) is > 0 and var read)
        {
            for (var from = 0; from < read;)
            {
                var end = buffer.AsSpan(from, read - from).IndexOf((byte)'\n');
                var until = end < 0 ? read : from + end + 1;
                line.Write(buffer.AsSpan(from, until - from));
                from = until;
                if (end < 0)
                    break;
                yield return line.WrittenSpan.ToArray();
                line.ResetWrittenCount();
            }
        }

        if (line.WrittenCount > 0)
            throw Damaged("it is cut off");
    }

    private static int Read(Stream stream, byte[] buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error.Message);
        }
    }

    /// <summary>What was loaded so far.</summary>
    private sealed class Inventory : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _records, _rows, _texts, _keys;

        public void Add(Belonging one)
        {
            _ = one switch
            {
                MovedRecord => _records++,
                MovedRow => _rows++,
                MovedText => _texts++,
                _ => _keys++,
            };
        }

        public void Count(ReadOnlySpan<byte> line) => _hash.AppendData(line);

        public Load Close() => new(_records, _rows, _texts, _keys, Convert.ToHexStringLower(_hash.GetHashAndReset()));

        public void Dispose() => _hash.Dispose();
    }
}

/// <summary>What is in the file: how many of each, and the SHA-256 of its lines.</summary>
public sealed record Load(long Records, long Rows, long Texts, long Keys, string Sha256)
{
    public override string ToString() => $"{Records} records, {Rows} conversations, {Texts} texts, {Keys} keys, SHA-256 {Sha256}";
}
