using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>
/// Compiles every kernel for CUDA and OpenCL, which needs no GPU. It catches what a device cannot run (a class, a
/// throw, a virtual call) on the machine where the mistake is made.
/// </summary>
[TestClass]
public sealed partial class KernelCompilationTests
{
    // What CUDA gives to the arguments of a kernel.
    private const int MostParameterBytes = 4096;

    public static IEnumerable<object[]> Kernels() =>
        from type in typeof(GradientKernel).Assembly.GetTypes()
        where type.Namespace == typeof(GradientKernel).Namespace && type.IsAbstract && type.IsSealed && !type.IsGenericType
        let run = type.GetMethod("Run")
        where run != null
        select new object[] { type.Name };

    [TestMethod]
    public void Kernels_OfTheEngine_AreFound()
    {
        Assert.HasCount(20, Kernels());
    }

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    public void Kernel_ForCuda_Compiles(string name)
    {
        string assembly = KernelCompiler.ForCuda(Find(name));

        Assert.Contains(".entry", assembly, StringComparison.Ordinal);
        Assert.DoesNotContain(".func", assembly, StringComparison.Ordinal, "Everything must be inlined.");
        Assert.DoesNotContain("16843009", assembly, StringComparison.Ordinal, "A GPU has an instruction that counts bits.");
        AssertNoFloatAtomics(assembly);
        Assert.IsInRange(8, MostParameterBytes, int.Parse(Parameter().Match(assembly).Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    public void Kernel_ForOpenCl_CompilesWithBarriersThatOrderAllMemory(string name)
    {
        string source = KernelCompiler.ForOpenCl(Find(name));

        Assert.Contains("kernel void", source, StringComparison.Ordinal);
        foreach (string line in source.Split('\n').Where(line => line.Contains("barrier", StringComparison.Ordinal)))
        {
            Assert.Contains("CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE", line, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    [DataRow(nameof(RecurrentKernel))]
    [DataRow(nameof(RecurrentBackwardKernel))]
    public void Kernel_WithALimitOfThreads_TellsTheDriver(string name)
    {
        int? threads = TestDevices.Use(TestDevices.Simulator, DeviceKernels.RecurrentLimit).MaxNumThreadsPerGroup;

        Assert.AreEqual(16, threads, "The simulator has no larger blocks.");
        Assert.Contains(".maxntid 16, 1, 1", KernelCompiler.ForCuda(Find(name), threads), StringComparison.Ordinal);
    }

    [TestMethod]
    public void AssertNoFloatAtomics_KernelThatHasOne_Fails()
    {
        string floats = KernelCompiler.ForCuda(OfThisClass(nameof(AddFloats))), counts = KernelCompiler.ForCuda(OfThisClass(nameof(AddCounts)));

        AssertNoFloatAtomics(counts);
        Assert.ThrowsExactly<AssertFailedException>(() => AssertNoFloatAtomics(floats));
    }

    public static void AssertNoFloatAtomics(string assembly) =>
        Assert.DoesNotMatchRegex(FloatAtomic(), assembly, "Float atomics have no order.");

    [GeneratedRegex(@"\b(atom|red)\.[a-z.]*f\d\d\b")]
    private static partial Regex FloatAtomic();

    [GeneratedRegex(@"\.param \.align \d+ \.b8 \w+\[(\d+)\]")]
    private static partial Regex Parameter();

    private static void AddFloats(ArrayView<float> sum) => Atomic.Add(ref sum[0], 1);

    private static void AddCounts(ArrayView<int> sum) => Atomic.Add(ref sum[0], 1);

    private static EntryPointDescription OfThisClass(string name) => EntryPointDescription.FromExplicitlyGroupedKernel(
        typeof(KernelCompilationTests).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!);

    /// <summary>The kernel; one that is generic over users' cells without any.</summary>
    private static EntryPointDescription Find(string name)
    {
        MethodInfo run = typeof(GradientKernel).Assembly.GetType($"{typeof(GradientKernel).Namespace}.{name}", throwOnError: true)!.GetMethod("Run")!;
        return EntryPointDescription.FromExplicitlyGroupedKernel(run.IsGenericMethodDefinition ? run.MakeGenericMethod(typeof(NoCells)) : run);
    }
}
