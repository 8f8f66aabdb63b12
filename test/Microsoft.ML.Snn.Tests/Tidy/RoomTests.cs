using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Mono.Cecil;

namespace Microsoft.ML.Snn.Tests.Tidy;

/// <summary>Keeps the source tree in the shape that ARCHITECTURE.md draws.</summary>
[TestClass]
public sealed class RoomTests
{
    /// <summary>Each room, in the order of the data flow, with the rooms it may use.</summary>
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["Equations"] = [],
        ["Spikes"] = [],
        ["Encoding"] = ["Spikes"],
        ["Networks"] = ["Equations"],
        ["Engine"] = ["Equations", "Spikes", "Networks"],
        ["Models"] = ["Encoding", "Networks"],
        ["Learning"] = ["Equations", "Spikes", "Encoding", "Networks", "Engine", "Models"],
        ["Trainers"] = ["Equations", "Spikes", "Encoding", "Networks", "Engine", "Models", "Learning"],
    };

    /// <summary>Each outside library has one door.</summary>
    private static readonly Dictionary<string, string> s_doors = new()
    {
        ["ILGPU"] = "Engine",
        ["Microsoft.ML"] = "Trainers",
        ["ZstdSharp"] = "Trainers",
    };

    [TestMethod]
    public void EveryType_UsesOnlyTheRoomsAndLibrariesItMay()
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(typeof(SnnOperations).Assembly.Location);
        Dictionary<string, SourceFile> files = FileOfEveryType();

        AssertNone(new AssemblyRooms(module, type => RoomOf(type, files)).Violations(s_mayUse, s_doors));
    }

    [TestMethod]
    public void EveryType_LivesInTheNamespaceOfItsRoom()
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(typeof(SnnOperations).Assembly.Location);
        Dictionary<string, SourceFile> files = FileOfEveryType();

        AssertNone(module.Types.Where(IsWritten).SelectMany(type => NamespaceProblems(type, files)));
    }

    [TestMethod]
    public void EveryFile_DeclaresTheOneTypeItIsNamedFor() =>
        AssertNone(SourceTree.OfLibrary.SelectMany(file => file.TypeProblems()));

    [TestMethod]
    public void EveryFile_IsShortAndFinished() =>
        AssertNone(SourceTree.All.SelectMany(file => file.LengthProblems().Concat(file.LeftoverProblems())));

    [TestMethod]
    public void EveryFolder_IsAKnownRoom() => AssertNone(
        from file in SourceTree.OfLibrary
        where !s_mayUse.ContainsKey(file.Room) && file.Path != "Require.cs"
        select $"{file.Path}: '{file.Room}' is not a room; add it to ARCHITECTURE.md and to this test, or move the file");

    [TestMethod]
    [DataRow("internal sealed class Case { }\n", "")]
    [DataRow("public static partial class Case\n{\n    private sealed class Inner { }\n}\n", "")]
    [DataRow("internal readonly record struct Case(int A);\ninternal enum Other { }\n", "A/Case.cs: must declare the type Case alone, but declares Case, Other")]
    [DataRow("internal interface IOther { }\n", "A/Case.cs: must declare the type Case alone, but declares IOther")]
    [DataRow("using System;\n", "A/Case.cs: must declare the type Case alone, but declares none")]
    public void TypeProblems_Always_NamesWhatDoesNotBelong(string text, string expected) =>
        Assert.AreEqual(expected, string.Join("|", new SourceFile("A/Case.cs", text).TypeProblems()));

    [TestMethod]
    [DataRow("// TO" + "DO: later", "A/Case.cs: leftover 'TO" + "DO'")]
    [DataRow("x(); // HA" + "CK", "A/Case.cs: leftover 'HA" + "CK'")]
    [DataRow("  #" + "region A\n  #" + "if DEBUG", "A/Case.cs: leftover '#" + "region'|A/Case.cs: leftover '#" + "if'")]
    [DataRow("#pragma warning disable CA1000", "")]
    public void LeftoverProblems_Always_NamesTheLeftover(string text, string expected) =>
        Assert.AreEqual(expected, string.Join("|", new SourceFile("A/Case.cs", text).LeftoverProblems()));

    [TestMethod]
    public void LengthProblems_FourHundredLinesAreEnough()
    {
        Assert.IsEmpty(new SourceFile("A.cs", new string('\n', 400)).LengthProblems());
        Assert.ContainsSingle(new SourceFile("A.cs", new string('\n', 401)).LengthProblems());
    }

    /// <summary>The rooms of the fixture are the names of its types: each use that is not allowed must be seen.</summary>
    [TestMethod]
    public void Violations_FixtureThatBreaksEveryRule_NamesEachBreach()
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(typeof(RoomFixture).Assembly.Location);
        var rooms = new AssemblyRooms(module, type => type.Name == nameof(RoomFixture) ? "Upper" : type.Name == nameof(SourceFile) ? "Lower" : null);

        string[] allowed = [.. rooms.Violations(
            new Dictionary<string, string[]> { ["Upper"] = ["Lower"], ["Lower"] = [] }, new Dictionary<string, string> { ["Mono.Cecil"] = "Upper" })];
        string[] forbidden = [.. rooms.Violations(
            new Dictionary<string, string[]> { ["Upper"] = [], ["Lower"] = [] }, new Dictionary<string, string> { ["Mono.Cecil"] = "Lower" })];

        AssertNone(allowed);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "Microsoft.ML.Snn.Tests.Tidy.RoomFixture: Upper must not use Microsoft.ML.Snn.Tests.Tidy.SourceFile of Lower",
                "Microsoft.ML.Snn.Tests.Tidy.RoomFixture: only Lower may use Mono.Cecil.ModuleDefinition of Mono.Cecil",
                "Microsoft.ML.Snn.Tests.Tidy.RoomFixture: only Lower may use Mono.Cecil.ReadingMode of Mono.Cecil",
            },
            forbidden);
    }

    private static IEnumerable<string> NamespaceProblems(TypeDefinition type, Dictionary<string, SourceFile> files)
    {
        string home = "Microsoft.ML.Snn";
        bool isExtensions = type.IsPublic && type.CustomAttributes.Any(a => a.AttributeType.Name == "ExtensionAttribute");
        string expected = isExtensions ? "Microsoft.ML" : type.IsPublic ? home : home + files[NameOf(type)].NamespaceSuffix;
        return type.Namespace == expected ? [] : [$"{type.FullName}: must live in namespace {expected}"];
    }

    private static string? RoomOf(TypeDefinition type, Dictionary<string, SourceFile> files) =>
        IsWritten(type) && files[NameOf(type)].Room is { Length: > 0 } room ? room : null;

    /// <summary>Whether the type stands in a file of ours: neither the compiler nor the build made it.</summary>
    private static bool IsWritten(TypeDefinition type) => type.Namespace.StartsWith("Microsoft.ML", StringComparison.Ordinal);

    private static string NameOf(TypeDefinition type) => type.Name.Split('`')[0];

    private static Dictionary<string, SourceFile> FileOfEveryType() =>
        SourceTree.OfLibrary.GroupBy(file => file.TypeName).ToDictionary(group => group.Key, group => group.First());

    private static void AssertNone(IEnumerable<string> problems)
    {
        string[] found = [.. problems];
        Assert.IsEmpty(found, Environment.NewLine + string.Join(Environment.NewLine, found));
    }
}
