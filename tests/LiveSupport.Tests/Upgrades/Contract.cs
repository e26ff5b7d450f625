using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace LiveSupport.Tests.Upgrades;

/// <summary>
/// Names and numbers that do not depend on the code's own, a line for each: of grains and their records, interfaces
/// and methods, serialised types and members, and enums.
/// </summary>
internal static class Contract
{
    private const string Head = """
        # What processes of different versions rely on while a cluster is upgraded. Made by ContractTests, which only ever adds.
        # grain: its name in keys and storage, and its records. interface: its methods. type: its members' numbers. enum: its values.


        """;

    public static string Text(IEnumerable<string> lines) => Head + string.Join('\n', lines) + "\n";

    /// <summary>What a line is about; there are no two lines about the same.</summary>
    public static string Subject(string line) => line.Split([" = ", "("], StringSplitOptions.None)[0];

    public static string[] Lines(params Assembly[] assemblies)
    {
        var types = assemblies.SelectMany(assembly => assembly.GetTypes()).ToArray();
        var serialised = types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)).ToArray();
        var enums = serialised.SelectMany(type => Members(type).Select(TypeOf)).SelectMany(Within)
            .Where(type => type.IsEnum && assemblies.Contains(type.Assembly)).Distinct();
        return [.. types.Where(type => type.IsDefined(typeof(GrainTypeAttribute))).SelectMany(Grain)
            .Concat(types.Where(type => type.IsInterface && type.IsDefined(typeof(AliasAttribute))).SelectMany(Interface))
            .Concat(serialised.SelectMany(Serialised))
            .Concat(enums.SelectMany(Enumeration))
            .Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Grain(Type type)
    {
        var name = (string)type.GetCustomAttributesData().Single(one => one.AttributeType == typeof(GrainTypeAttribute)).ConstructorArguments[0].Value!;
        yield return $"grain {name}";
        foreach (var parameter in type.GetConstructors().SelectMany(one => one.GetParameters()))
        {
            if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } record)
                yield return $"grain {name}: record {record.StateName}";
        }
    }

    private static IEnumerable<string> Interface(Type type)
    {
        var name = $"interface {Alias(type)}";
        yield return name;
        foreach (var method in type.GetMethods())
            yield return $"{name}: {Alias(method)}({string.Join(", ", method.GetParameters().Select(one => Name(one.ParameterType)))}) {Name(method.ReturnType)}";
    }

    private static IEnumerable<string> Serialised(Type type)
    {
        var name = $"type {Alias(type)}";
        var under = type.BaseType is { } above && above.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) ? $" = also {Alias(above)}" : "";
        yield return name + under;
        foreach (var member in Members(type))
            yield return $"{name}: {member.GetCustomAttribute<IdAttribute>()!.Id} = {member.Name}: {Name(TypeOf(member))}";
    }

    private static IEnumerable<string> Enumeration(Type type)
    {
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var said = field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name;
            yield return $"enum {type.Name}: {field.GetRawConstantValue()} = {said}";
        }
    }

    private static IEnumerable<MemberInfo> Members(Type type) => type
        .GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Where(member => member.IsDefined(typeof(IdAttribute), inherit: false))
        .OrderBy(member => member.GetCustomAttribute<IdAttribute>()!.Id);

    private static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    private static IEnumerable<Type> Within(Type type) =>
        type.GetGenericArguments().Concat(type.HasElementType ? [type.GetElementType()!] : []).SelectMany(Within).Prepend(type);

    private static string? Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Name(value) + "?";
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        var name = Alias(type.IsGenericType ? type.GetGenericTypeDefinition() : type) ?? type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
