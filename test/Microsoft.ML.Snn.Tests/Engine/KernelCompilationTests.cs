using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
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
        where type.Namespace == typeof(GradientKernel).Namespace && type.IsAbstract && type.IsSealed
        let run = type.GetMethod("Run")
        where run != null
        select new object[] { type.Name };

    [TestMethod]
    public void Kernels_OfTheEngine_AreFound()
    {
        Assert.HasCount(17, Kernels());
    }

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    public void Kernel_ForCuda_Compiles(string name)
    {
        // Newer than the release that first knew the device in use: what ILGPU chooses under a current driver.
        var instructionSet = (CudaInstructionSet)typeof(CudaInstructionSet).GetField("ISA_88")!.GetValue(null)!;
        using Context context = Context.Create(builder => builder.DefaultCPU().EnableAlgorithms());
        using var backend = new PTXBackend(context, CudaArchitecture.SM_90, instructionSet, nvvmAPI: null!);

        var compiled = (PTXCompiledKernel)Compile(backend, name);

        Assert.Contains(".entry", compiled.PTXAssembly, StringComparison.Ordinal);
        Assert.DoesNotContain(".func", compiled.PTXAssembly, StringComparison.Ordinal, "Everything must be inlined.");
        Assert.DoesNotContain("atom.global.add.f32", compiled.PTXAssembly, StringComparison.Ordinal, "Float atomics have no order.");
        Assert.DoesNotContain("red.global.add.f32", compiled.PTXAssembly, StringComparison.Ordinal, "Float atomics have no order.");
    }

    [TestMethod]
    [DynamicData(nameof(Kernels))]
    public void Kernel_ForOpenCl_Compiles(string name)
    {
        using Context context = Context.Create(builder => builder.DefaultCPU().EnableAlgorithms());
        ConstructorInfo constructor = typeof(CLCapabilityContext).GetConstructors().Single();
        object[] everything = [.. constructor.GetParameters().Select(_ => (object)true)];
        using var backend = new CLBackend(
            context, (CLCapabilityContext)constructor.Invoke(everything), CLDeviceVendor.Nvidia, CLBackend.MinimumVersion);

        var compiled = (CLCompiledKernel)Compile(backend, name);

        Assert.Contains("kernel void", compiled.Source, StringComparison.Ordinal);
    }

    private static CompiledKernel Compile(Backend backend, string name)
    {
        Type kernel = typeof(GradientKernel).Assembly.GetType($"{typeof(GradientKernel).Namespace}.{name}", throwOnError: true)!;
        return backend.Compile(
            EntryPointDescription.FromExplicitlyGroupedKernel(kernel.GetMethod("Run")!), KernelSpecialization.Empty);
    }
}
