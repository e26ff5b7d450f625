using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace LiveSupport.Embedded.Runtime;

/// <summary>
/// Keeps a grain's memory its own: what crosses a call is shared if it can never change and copied in depth if it
/// can, as if it had gone over a wire.
/// </summary>
internal static class Copier
{
    private static readonly ConcurrentDictionary<Type, bool> Known = new();
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();

    private static readonly Func<object, object> ShallowCopy =
        typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!
            .CreateDelegate<Func<object, object>>();

    /// <summary>Every value of this type is shared.</summary>
    public static bool Shares<T>() => Cache<T>.Shares;

    /// <inheritdoc cref="Shares{T}"/>
    public static bool Shares(Type type) => Known.TryGetValue(type, out var known) ? known : Known[type] = Judge(type);

    public static T Copy<T>(T value) =>
        value is null || Cache<T>.Shares ? value : (T)Copy(value, new Dictionary<object, object>(ReferenceEqualityComparer.Instance))!;

    private static bool Judge(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsDefined(typeof(ImmutableAttribute)))
            return true;
        if (type == typeof(string) || type == typeof(decimal) || type == typeof(DateTime) || type == typeof(DateTimeOffset)
            || type == typeof(TimeSpan) || type == typeof(Guid) || type == typeof(DateOnly) || type == typeof(TimeOnly)
            || type == typeof(Uri) || type == typeof(Version) || type == typeof(CancellationToken))
        {
            return true;
        }

        // A member of a type system, a callback, a comparer, an error or another grain has no state of the sender's.
        if (typeof(MemberInfo).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type)
            || typeof(IEqualityComparer).IsAssignableFrom(type) || typeof(Exception).IsAssignableFrom(type)
            || typeof(IAddressable).IsAssignableFrom(type) || IsComparer(type))
        {
            return true;
        }

        if (type.IsGenericType && type.Namespace == typeof(ImmutableArray<>).Namespace)
            return type.GetGenericArguments().All(Shares);
        return type.IsValueType && FieldsOf(type).All(field => Shares(field.FieldType));
    }

    private static bool IsComparer(Type type) => type.GetInterfaces().Append(type).Any(one =>
        one.IsGenericType && (one.GetGenericTypeDefinition() == typeof(IEqualityComparer<>) || one.GetGenericTypeDefinition() == typeof(IComparer<>)));

    private static object? Copy(object? value, Dictionary<object, object> copies)
    {
        if (value is null || Shares(value.GetType()))
            return value;
        if (copies.TryGetValue(value, out var known))
            return known;
        // Deep data is a caller's mistake or an attack; either is an exception, not a dead process.
        RuntimeHelpers.EnsureSufficientExecutionStack();

        var copy = ShallowCopy(value);
        copies[value] = copy;
        if (copy is Array array)
        {
            if (!Shares(array.GetType().GetElementType()!))
                CopyElements(array, copies);
            return copy;
        }

        foreach (var field in FieldsOf(value.GetType()))
        {
            if (!Shares(field.FieldType))
                field.SetValue(copy, Copy(field.GetValue(copy), copies));
        }

        return copy;
    }

    private static void CopyElements(Array array, Dictionary<object, object> copies)
    {
        if (array.Rank > 1)
            throw new NotSupportedException("Arrays of more than one dimension do not cross a grain call.");
        for (var i = 0; i < array.Length; i++)
            array.SetValue(Copy(array.GetValue(i), copies), i);
    }

    private static FieldInfo[] FieldsOf(Type type) => Fields.GetOrAdd(type, static type =>
    {
        var fields = new List<FieldInfo>();
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
            fields.AddRange(level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        return [.. fields];
    });

    private static class Cache<T>
    {
        public static readonly bool Shares = Copier.Shares(typeof(T));
    }
}
