using System.Linq;
using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Microsoft.ML.Snn.Engine;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>Compiles a kernel for a GPU, which needs no GPU.</summary>
internal static class KernelCompiler
{
    /// <summary>The assembly that a CUDA driver would get.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="threads">The most threads of a block that it is compiled for, if that is known.</param>
    public static string ForCuda(EntryPointDescription kernel, int? threads = null)
    {
        // Newer than the release that first knew the device in use: what ILGPU chooses under a current driver.
        var instructionSet = (CudaInstructionSet)typeof(CudaInstructionSet).GetField("ISA_88")!.GetValue(null)!;
        using Context context = Context.Create(builder => builder.DefaultCPU().EnableAlgorithms());
        using var backend = new PTXBackend(context, CudaArchitecture.SM_90, instructionSet, nvvmAPI: null!);
        return ((PTXCompiledKernel)backend.Compile(kernel, new KernelSpecialization(threads, null))).PTXAssembly;
    }

    /// <summary>The source that an OpenCL driver would get.</summary>
    public static string ForOpenCl(EntryPointDescription kernel)
    {
        // What is compiled for a device has looked for devices before.
        using AcceleratorDevices devices = AcceleratorDevices.Find();
        using Context context = Context.Create(builder => builder.DefaultCPU().EnableAlgorithms());
        ConstructorInfo constructor = typeof(CLCapabilityContext).GetConstructors().Single();
        object[] everything = [.. constructor.GetParameters().Select(_ => (object)true)];
        using var backend = new CLBackend(
            context, (CLCapabilityContext)constructor.Invoke(everything), CLDeviceVendor.Nvidia, CLBackend.MinimumVersion);
        return ((CLCompiledKernel)backend.Compile(kernel, KernelSpecialization.Empty)).Source;
    }
}
