using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using ILGPU.Backends.EntryPoints;
using Microsoft.ML.Snn.Engine.Kernels;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>
/// Compiles every kernel for CUDA and OpenCL, which needs no GPU. It catches what a device cannot run (a class, a
/// throw, a virtual call) on the machine where the mistake is made.
/// </summary>
[TestClass]
public sealed class KernelCompilationTests
{
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
        AssertNoFloatAtomics(assembly);
    }

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    public void Kernel_ForOpenCl_Compiles(string name) =>
        Assert.Contains("kernel void", KernelCompiler.ForOpenCl(Find(name)), StringComparison.Ordinal);

    public static void AssertNoFloatAtomics(string assembly)
    {
        Assert.DoesNotContain("atom.global.add.f32", assembly, StringComparison.Ordinal, "Float atomics have no order.");
        Assert.DoesNotContain("red.global.add.f32", assembly, StringComparison.Ordinal, "Float atomics have no order.");
    }

    /// <summary>The kernel; one that is generic over users' cells without any.</summary>
    private static EntryPointDescription Find(string name)
    {
        MethodInfo run = typeof(GradientKernel).Assembly.GetType($"{typeof(GradientKernel).Namespace}.{name}", throwOnError: true)!.GetMethod("Run")!;
        return EntryPointDescription.FromExplicitlyGroupedKernel(run.IsGenericMethodDefinition ? run.MakeGenericMethod(typeof(NoCells)) : run);
    }
}
