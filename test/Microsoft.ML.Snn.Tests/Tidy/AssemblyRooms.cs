using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Microsoft.ML.Snn.Tests.Tidy;

/// <summary>Says which rooms and libraries the compiled types of each room use.</summary>
/// <remarks>
/// The compiled code is read, not the text: it holds every type that is named, inferred or called, and nothing that a
/// comment names. What the compiler makes of a type (closures, iterators, nested types) belongs to that type.
/// </remarks>
/// <param name="module">The assembly.</param>
/// <param name="roomOf">The room of a top-level type of the assembly, or null for one that all may use.</param>
internal sealed class AssemblyRooms(ModuleDefinition module, Func<TypeDefinition, string?> roomOf)
{
    /// <summary>Every use that is not allowed, as "type: room must not use …".</summary>
    /// <param name="mayUse">The rooms that each room may use besides itself.</param>
    /// <param name="doors">For each library, by the beginning of its assembly names, the one room that may use it.</param>
    public IEnumerable<string> Violations(IReadOnlyDictionary<string, string[]> mayUse, IReadOnlyDictionary<string, string> doors) =>
        from type in module.Types
        let room = roomOf(type)
        where room != null
        from used in TypesUsedBy(type).Select(Outermost).DistinctBy(t => (t.Scope.Name, t.FullName))
        let problem = Problem(room, used, mayUse, doors)
        where problem != null
        orderby type.FullName
        select $"{type.FullName}: {problem}";

    private string? Problem(
        string room, TypeReference used, IReadOnlyDictionary<string, string[]> mayUse, IReadOnlyDictionary<string, string> doors)
    {
        if (used.Scope == module || used.Scope.Name == module.Assembly.Name.Name)
        {
            string? other = roomOf(used.Resolve());
            return other == null || other == room || mayUse[room].Contains(other) ? null : $"{room} must not use {used.FullName} of {other}";
        }

        return doors.FirstOrDefault(d => used.Scope.Name.StartsWith(d.Key, StringComparison.Ordinal)) is { Key: not null } door && door.Value != room
            ? $"only {door.Value} may use {used.FullName} of {used.Scope.Name}"
            : null;
    }

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType == null ? type : Outermost(type.DeclaringType);

    private static IEnumerable<TypeReference> TypesUsedBy(TypeDefinition type) =>
        UsesOf(type).SelectMany(Parts).Concat(type.NestedTypes.SelectMany(TypesUsedBy));

    private static IEnumerable<TypeReference?> UsesOf(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(i => i.InterfaceType),
        .. Attributes(type),
        .. Constraints(type),
        .. type.Fields.SelectMany(field => Attributes(field).Append(field.FieldType)),
        .. type.Properties.SelectMany(Attributes),
        .. type.Events.SelectMany(Attributes),
        .. type.Methods.SelectMany(UsesOf),
    ];

    private static IEnumerable<TypeReference?> UsesOf(MethodDefinition method) =>
    [
        method.ReturnType,
        .. Attributes(method),
        .. Attributes(method.MethodReturnType),
        .. Constraints(method),
        .. method.Overrides.Select(o => o.DeclaringType),
        .. method.Parameters.SelectMany(p => Attributes(p).Append(p.ParameterType)),
        .. method.HasBody ? UsesOf(method.Body) : [],
    ];

    private static IEnumerable<TypeReference?> UsesOf(MethodBody body) =>
        body.Variables.Select(v => v.VariableType)
            .Concat(body.ExceptionHandlers.Select(h => h.CatchType))
            .Concat(body.Instructions.SelectMany(UsesOf));

    private static IEnumerable<TypeReference?> UsesOf(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method =>
        [
            method.DeclaringType,
            method.ReturnType,
            .. method.Parameters.Select(p => p.ParameterType),
            .. method is GenericInstanceMethod generic ? generic.GenericArguments : [],
        ],
        CallSite call => [call.ReturnType, .. call.Parameters.Select(p => p.ParameterType)],
        _ => [],
    };

    private static IEnumerable<TypeReference?> Constraints(IGenericParameterProvider provider) =>
        provider.GenericParameters.SelectMany(p => p.Constraints).Select(c => c.ConstraintType);

    private static IEnumerable<TypeReference?> Attributes(ICustomAttributeProvider provider) =>
        from attribute in provider.CustomAttributes
        from type in attribute.ConstructorArguments.Select(a => a.Value as TypeReference).Append(attribute.AttributeType)
        select type;

    /// <summary>The named types that a type is built of: List&lt;int[]&gt; is List and int.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => Parts(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Parts)),
        IModifierType modifier => Parts(modifier.ElementType).Concat(Parts(modifier.ModifierType)),
        FunctionPointerType pointer => Parts(pointer.ReturnType).Concat(pointer.Parameters.SelectMany(p => Parts(p.ParameterType))),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
