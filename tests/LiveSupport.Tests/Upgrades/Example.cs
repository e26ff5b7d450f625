using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Serialization;

namespace LiveSupport.Tests.Upgrades;

/// <summary>A value of any of our shapes with something in each of its members, the same one every time.</summary>
internal sealed class Example
{
    private static readonly DateTimeOffset Morning = new(2026, 2, 3, 8, 0, 0, TimeSpan.Zero);

    private int _count;

    public static object Of(Type type) => new Example().Make(type, type.Name);

    private object Make(Type type, string name)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Make(value, name);
        if (type == typeof(string))
            return $"{name} {++_count} ä 猫";
        if (type == typeof(bool))
            return true;
        if (type == typeof(DateTimeOffset))
            return Morning.AddSeconds(++_count);
        if (type == typeof(byte[]))
            return new byte[] { 1, 2, (byte)++_count };
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().Last();
        if (type.IsPrimitive)
            return Convert.ChangeType(++_count, type);
        if (type.IsGenericType)
            return Collection(type, name);
        if (type.IsAbstract)
            throw new NotSupportedException($"No example of {type}.");
        return Filled(type);
    }

    /// <summary>With one element; of an abstract one, with one of each kind.</summary>
    private object Collection(Type type, string name)
    {
        var arguments = type.GetGenericArguments();
        if (type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>))
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            map.Add(Make(arguments[0], name), Make(arguments[1], name));
            return Immutable(typeof(ImmutableDictionary), nameof(ImmutableDictionary.CreateRange), arguments, map);
        }
        if (type.GetGenericTypeDefinition() != typeof(ImmutableArray<>))
            throw new NotSupportedException($"No example of {type}.");
        var kinds = arguments[0].GetCustomAttributes<JsonDerivedTypeAttribute>().Select(kind => kind.DerivedType).DefaultIfEmpty(arguments[0]);
        var all = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments))!;
        foreach (var kind in kinds)
            all.Add(Make(kind, name));
        return Immutable(typeof(ImmutableArray), nameof(ImmutableArray.CreateRange), arguments, all);
    }

    private static object Immutable(Type factory, string method, Type[] arguments, object items) => factory.GetMethods()
        .Single(one => one.Name == method && one.GetGenericArguments().Length == arguments.Length && one.GetParameters() is [{ ParameterType.Name: "IEnumerable`1" }])
        .MakeGenericMethod(arguments).Invoke(null, [items])!;

    private object Filled(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)!;
        var given = constructor.GetParameters();
        var made = constructor.Invoke([.. given.Select(parameter => Make(parameter.ParameterType, parameter.Name!))]);
        foreach (var property in type.GetProperties().Where(property => property.CanWrite && !given.Any(parameter => parameter.Name == property.Name)))
            property.SetValue(made, Make(property.PropertyType, property.Name));
        return made;
    }
}
