using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.ML.Runtime;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Mono.Cecil;

namespace Microsoft.ML.Snn.Tests.Tidy;

/// <summary>ML.NET's extensibility is internal: what we bind to must be there in the ML.NET that is beside us.</summary>
[TestClass]
public sealed class MlNetInternalsTests
{
    [TestMethod]
    public void EveryReferenceToMlNet_Resolves()
    {
        using AssemblyDefinition ours = ReadOurs();

        string[] missing =
        [
            .. ours.MainModule.GetTypeReferences().Where(IsMlNet).Where(t => t.Resolve() == null).Select(t => t.FullName),
            .. ours.MainModule.GetMemberReferences().Where(m => IsMlNet(m.DeclaringType)).Where(m => m.Resolve() == null).Select(m => m.FullName),
        ];

        Assert.IsEmpty(missing, "This ML.NET lacks: " + string.Join(Environment.NewLine, missing));
    }

    /// <summary>A method that no longer overrides is an ordinary method to the runtime: nothing else would notice.</summary>
    [TestMethod]
    public void EveryOverride_FindsItsBaseMethod()
    {
        using AssemblyDefinition ours = ReadOurs();

        string[] orphans =
        [
            .. from type in ours.MainModule.GetTypes()
               from method in type.Methods
               where method.IsVirtual && !method.IsNewSlot && !method.IsStatic && !OverridesSomething(type, method)
               select method.FullName,
        ];

        Assert.IsEmpty(orphans, "No base method: " + string.Join(Environment.NewLine, orphans));
    }

    /// <summary>The checks above look at something: we do bind to members that ML.NET does not make public.</summary>
    [TestMethod]
    public void References_IncludeInternalsOfMlNet()
    {
        using AssemblyDefinition ours = ReadOurs();

        string[] members =
        [
            .. ours.MainModule.GetMemberReferences().Where(m => IsMlNet(m.DeclaringType))
                .Select(m => m.Resolve()).OfType<MethodDefinition>().Where(m => m.IsAssembly || m.IsFamilyAndAssembly).Select(m => m.Name),
        ];

        CollectionAssert.Contains(members, "CheckAtModel");
        CollectionAssert.Contains(members, "SetVersionInfo");
    }

    [TestMethod]
    public void LoaderSignatures_AreShortAndUnique()
    {
        Assembly ours = typeof(SnnOperations).Assembly;
        Type attributeType = typeof(IHost).Assembly.GetType("Microsoft.ML.LoadableClassAttributeBase", throwOnError: true)!;
        var keys = new List<string>();
        foreach (object attribute in ours.GetCustomAttributes(attributeType))
        {
            object? Get(string name) => attributeType
                .GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(m => m.Name == name)
                .Select(m => m is PropertyInfo property ? property.GetValue(attribute) : ((FieldInfo)m).GetValue(attribute)).First();
            string signature = string.Join(",", ((IEnumerable)Get("SigTypes")!).Cast<Type>().Select(t => t.Name));
            foreach (string name in (IEnumerable<string>)Get("LoadNames")!)
            {
                Assert.IsTrue(name.Length is > 0 and <= 24, name);
                keys.Add(signature + " " + name);
            }
        }

        Assert.IsGreaterThanOrEqualTo(4, keys.Count, "Models, transformers and row mappers of the library.");
        CollectionAssert.AllItemsAreUnique(keys);
    }

    private static AssemblyDefinition ReadOurs()
    {
        string location = typeof(SnnOperations).Assembly.Location;
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(location));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        return AssemblyDefinition.ReadAssembly(location, new ReaderParameters { AssemblyResolver = resolver });
    }

    private static bool IsMlNet(TypeReference type) => type.Scope.Name.StartsWith("Microsoft.ML", StringComparison.Ordinal);

    private static bool OverridesSomething(TypeDefinition type, MethodDefinition method)
    {
        if (method.HasOverrides)
        {
            return true;
        }

        for (TypeDefinition? ancestor = type.BaseType?.Resolve(); ancestor != null; ancestor = ancestor.BaseType?.Resolve())
        {
            if (ancestor.Methods.Any(m => m.IsVirtual && m.Name == method.Name && m.Parameters.Count == method.Parameters.Count
                && m.GenericParameters.Count == method.GenericParameters.Count))
            {
                return true;
            }
        }

        return false;
    }
}
