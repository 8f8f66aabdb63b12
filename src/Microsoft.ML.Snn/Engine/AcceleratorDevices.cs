using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Finds the GPUs of this machine.</summary>
internal static class AcceleratorDevices
{
    // On a machine with a driver but no toolkit the libraries exist under their versioned names only.
    private static readonly Dictionary<string, string> s_versionedNames = new()
    {
        ["cuda"] = "libcuda.so.1",
        ["OpenCL"] = "libOpenCL.so.1",
    };

    static AcceleratorDevices() =>
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            s_versionedNames.TryGetValue(name, out string? versioned) && NativeLibrary.TryLoad(versioned, out IntPtr library)
                ? library
                : IntPtr.Zero;

    /// <summary>A context that knows every GPU; the caller disposes it.</summary>
    public static Context CreateContext() => Context.Create(builder => builder
        .Cuda()
        .OpenCL()
        .Optimize(OptimizationLevel.O1)
        .EnableAlgorithms());

    /// <summary>The GPUs in the order in which <c>MLContext.GpuDeviceId</c> counts them: CUDA before OpenCL.</summary>
    public static IReadOnlyList<Device> Gpus(Context context) =>
    [
        .. context.Devices.Where(device => device.AcceleratorType == AcceleratorType.Cuda),
        .. context.Devices.Where(device => device.AcceleratorType == AcceleratorType.OpenCL),
    ];
}
