using System.Reflection;
using System.Reflection.Emit;

namespace LiveSupport.Embedded.Runtime;

/// <summary>
/// Writes a grain interface's proxy, as one would by hand: a class for each method that holds the arguments and
/// makes the call, and a reference whose methods fill it and send it.
/// <code>
/// sealed class Foo_Bar : ResultCall&lt;int&gt; { public string a0; Task Invoke(object grain) => ((IFoo)grain).Bar(a0); }
/// sealed class Foo : GrainReference, IFoo { Task&lt;int&gt; Bar(string a0) => (Task&lt;int&gt;)Send(new Foo_Bar { a0 = a0 }); }
/// </code>
/// </summary>
internal static class ProxyBuilder
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Makes a maker of references.</summary>
    /// <exception cref="NotSupportedException">A method that cannot be called from afar; the message says which and why.</exception>
    public static Func<GrainClass, string, GrainReference> Build(Type grainInterface)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName($"{grainInterface.Name}.Proxy"), AssemblyBuilderAccess.Run);
        var module = assembly.DefineDynamicModule("Proxy");
        SeeInternalsOf(assembly, module, [typeof(ProxyBuilder).Assembly, grainInterface.Assembly]);

        var proxy = module.DefineType(
            $"{grainInterface.FullName}.Proxy", TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainReference), [grainInterface]);
        Type[] identity = [typeof(GrainClass), typeof(string)];
        var constructor = proxy.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, identity);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructor(Own, identity)!);
        il.Emit(OpCodes.Ret);

        var number = 0;
        foreach (var method in grainInterface.GetInterfaces().Append(grainInterface).SelectMany(one => one.GetMethods()))
            DefineMethod(proxy, method, DefineCall(module, method, $"{grainInterface.FullName}.{method.Name}.{number++}"));

        var create = proxy.DefineMethod("Create", MethodAttributes.Public | MethodAttributes.Static, typeof(GrainReference), identity);
        il = create.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
        return proxy.CreateType().GetMethod(create.Name)!.CreateDelegate<Func<GrainClass, string, GrainReference>>();
    }

    private static Type DefineCall(ModuleBuilder module, MethodInfo method, string name)
    {
        Check(method);
        var parent = method.ReturnType == typeof(Task)
            ? typeof(VoidCall)
            : typeof(ResultCall<>).MakeGenericType(method.ReturnType.GetGenericArguments());
        var call = module.DefineType(name, TypeAttributes.Public | TypeAttributes.Sealed, parent);

        var il = call.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, null).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldstr, method.Name);
        il.Emit(method.IsDefined(typeof(ReadOnlyAttribute)) ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Call, parent.GetConstructor(Own, [typeof(string), typeof(bool)])!);
        il.Emit(OpCodes.Ret);

        var invoke = typeof(GrainCall).GetMethod(nameof(GrainCall.Invoke))!;
        var body = call.DefineMethod(
            invoke.Name, MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig, typeof(Task), [typeof(object)]);
        il = body.GetILGenerator();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var parameter in method.GetParameters())
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, call.DefineField($"a{parameter.Position}", parameter.ParameterType, FieldAttributes.Public));
        }

        il.Emit(OpCodes.Callvirt, method);
        il.Emit(OpCodes.Ret);
        return call.CreateType();
    }

    private static void DefineMethod(TypeBuilder proxy, MethodInfo method, Type call)
    {
        var parameters = method.GetParameters();
        var body = proxy.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            [.. parameters.Select(parameter => parameter.ParameterType)]);
        proxy.DefineMethodOverride(body, method);

        var il = body.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, call.GetConstructor(Type.EmptyTypes)!);
        foreach (var parameter in parameters)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, (short)(parameter.Position + 1));
            if (!Copier.Shares(parameter.ParameterType) && !parameter.IsDefined(typeof(ImmutableAttribute)))
                il.Emit(OpCodes.Call, CopyOf(parameter.ParameterType));
            il.Emit(OpCodes.Stfld, call.GetField($"a{parameter.Position}")!);
        }

        il.Emit(OpCodes.Call, typeof(GrainReference).GetMethod("Send", Own)!);
        if (method.ReturnType != typeof(Task))
            il.Emit(OpCodes.Castclass, method.ReturnType);
        il.Emit(OpCodes.Ret);
    }

    private static MethodInfo CopyOf(Type type) =>
        typeof(Copier).GetMethods().Single(method => method.Name == nameof(Copier.Copy)).MakeGenericMethod(type);

    private static void Check(MethodInfo method)
    {
        var isTask = method.ReturnType == typeof(Task)
            || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>));
        if (!isTask || method.IsGenericMethod || method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef))
        {
            throw new NotSupportedException(
                $"{method.DeclaringType}.{method.Name}: a grain's method returns Task or Task<T>, is not generic and takes no reference parameters.");
        }
    }

    /// <summary>Lets the written code use internal interfaces and the runtime's own classes, as DispatchProxy does it.</summary>
    private static void SeeInternalsOf(AssemblyBuilder assembly, ModuleBuilder module, IEnumerable<Assembly> seen)
    {
        var attribute = module.DefineType(
            "System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute", TypeAttributes.Public, typeof(Attribute));
        var il = attribute.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(string)]).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, typeof(Attribute).GetConstructor(Own, Type.EmptyTypes)!);
        il.Emit(OpCodes.Ret);
        var constructor = attribute.CreateType().GetConstructor([typeof(string)])!;
        foreach (var name in seen.Select(one => one.GetName().Name!).Distinct())
            assembly.SetCustomAttribute(new CustomAttributeBuilder(constructor, [name]));
    }
}
