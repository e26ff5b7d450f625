namespace LiveSupport.Embedded;

/// <summary>One part of a <see cref="GrainId"/>.</summary>
public readonly record struct IdSpan(string Value)
{
    public override string ToString() => Value;
}

/// <summary>What kind of grain: the name in its <see cref="GrainTypeAttribute"/>.</summary>
public readonly record struct GrainType(IdSpan Value)
{
    public static GrainType Create(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return new GrainType(new IdSpan(value));
    }

    public override string ToString() => Value.ToString();
}

/// <summary>Which grain: its type and its key.</summary>
public readonly record struct GrainId(GrainType Type, IdSpan Key)
{
    public static GrainId Create(string type, string key) => Create(GrainType.Create(type), key);

    public static GrainId Create(GrainType type, string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        return new GrainId(type, new IdSpan(key));
    }

    public override string ToString() => $"{Type}/{Key}";
}

/// <summary>Which stream of a provider.</summary>
public readonly record struct StreamId
{
    private readonly string? _namespace;
    private readonly string _key;

    private StreamId(string? ns, string key) => (_namespace, _key) = (ns, key);

    public static StreamId Create(string? ns, string key) => new(ns, key);

    public override string ToString() => $"{_namespace ?? "null"}/{_key}";
}
