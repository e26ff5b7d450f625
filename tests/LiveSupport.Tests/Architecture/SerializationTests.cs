using System.Reflection;
using System.Runtime.CompilerServices;
using LiveSupport.Contracts;

namespace LiveSupport.Tests.Architecture;

/// <summary>
/// What the embedded engine cannot see and a cluster needs: whatever crosses a grain interface or a stream says how
/// it is written to the wire, by names and numbers that do not depend on the code's own.
/// </summary>
public sealed class SerializationTests
{
    private static readonly Assembly Contracts = typeof(Ids).Assembly;

    private static readonly Type[] Interfaces =
        [.. Contracts.GetTypes().Where(type => type.IsInterface && typeof(IGrainWithStringKey).IsAssignableFrom(type))];

    private static readonly Type[] Crossing = FindCrossing();

    [Fact]
    public void There_is_something_to_check()
    {
        Assert.Contains(typeof(IConversationGrain), Interfaces);
        Assert.Contains(typeof(Entry), Crossing);
        Assert.Contains(typeof(OwnerChanged), Crossing);
        Assert.Contains(typeof(Tick), Crossing);
    }

    [Fact]
    public void Every_grain_interface_and_method_has_a_name_of_its_own()
    {
        Assert.Empty(Interfaces.Where(type => !type.IsDefined(typeof(AliasAttribute))).Select(type => type.Name));
        foreach (var type in Interfaces)
        {
            var names = type.GetMethods().Select(method => (method.Name, Alias: method.GetCustomAttribute<AliasAttribute>()?.Alias)).ToArray();
            Assert.Empty(names.Where(one => one.Alias is null).Select(one => $"{type.Name}.{one.Name}"));
            Assert.Equal(names.Length, names.Select(one => one.Alias).Distinct().Count());
        }
    }

    [Fact]
    public void Every_type_that_crosses_says_how_it_is_written()
    {
        Assert.Empty(Crossing.Where(type => !type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)).Select(type => type.Name));
        Assert.Empty(Crossing.Where(type => !type.IsDefined(typeof(AliasAttribute), inherit: false)).Select(type => type.Name));
        Assert.Empty(Crossing.Where(type => !type.IsDefined(typeof(ImmutableAttribute), inherit: false)).Select(type => type.Name));
    }

    [Fact]
    public void No_two_types_have_the_same_name()
    {
        var names = Crossing.Concat(Interfaces).Select(type => type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public void Every_member_that_holds_something_has_a_number_of_its_own()
    {
        foreach (var type in Crossing)
        {
            var members = Held(type).ToArray();
            Assert.Empty(members.Where(member => !member.IsDefined(typeof(IdAttribute))).Select(member => $"{type.Name}.{member.Name}"));
            var numbers = members.Select(member => member.GetCustomAttribute<IdAttribute>()!.Id).ToArray();
            Assert.True(numbers.Length == numbers.Distinct().Count(), $"{type.Name} uses a number twice.");
        }
    }

    /// <summary>Fields, and properties with a field behind them, that the type itself declares.</summary>
    private static IEnumerable<MemberInfo> Held(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var field in type.GetFields(Own))
        {
            if (!field.IsDefined(typeof(CompilerGeneratedAttribute)))
                yield return field;
            else if (type.GetProperty(field.Name.Split('<', '>')[1], Own) is { } property)
                yield return property;
        }
    }

    private static Type[] FindCrossing()
    {
        var found = new HashSet<Type>();
        Add(typeof(WorkspaceEvent));
        foreach (var method in Interfaces.SelectMany(type => type.GetMethods()))
        {
            Add(method.ReturnType);
            foreach (var parameter in method.GetParameters())
                Add(parameter.ParameterType);
        }

        return [.. found];

        void Add(Type type)
        {
            if (type.HasElementType)
                Add(type.GetElementType()!);
            foreach (var argument in type.GetGenericArguments())
                Add(argument);
            var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
            if (open.Assembly != Contracts || open.IsGenericParameter || open.IsEnum || open.IsInterface || typeof(Delegate).IsAssignableFrom(open) || !found.Add(open))
                return;
            foreach (var member in Held(open))
                Add(member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType);
            foreach (var derived in Contracts.GetTypes().Where(one => one.BaseType == open))
                Add(derived);
        }
    }
}
