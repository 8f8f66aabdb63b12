using System;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ILGPU.Runtime;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Finds the libraries of GPU drivers under the names that a machine without a development kit has.</summary>
/// <remarks>
/// ILGPU asks for cuda and OpenCL. A driver alone brings libcuda.so.1 and libOpenCL.so.1; the names without a version
/// come with the kits. The handler is asked only after the ordinary search has failed. It is not a resolver of the
/// ILGPU assembly, because ILGPU sets one of its own under WSL and an assembly can have only one.
/// </remarks>
internal static class DriverLibraries
{
    private static readonly Lazy<bool> s_handler = new(() =>
    {
        AssemblyLoadContext context =
            AssemblyLoadContext.GetLoadContext(typeof(Accelerator).Assembly) ?? AssemblyLoadContext.Default;
        context.ResolvingUnmanagedDll += (_, name) => Find(name);
        return true;
    });

    /// <summary>Makes the drivers visible to ILGPU; call it before anything of ILGPU. May be called any number of times.</summary>
    public static void MakeVisible() => _ = s_handler.Value;

    /// <summary>Handle of a driver's library, or 0 for other libraries and where there is none.</summary>
    public static IntPtr Find(string name)
    {
        string? versioned = name switch
        {
            "cuda" => "libcuda.so.1",
            "OpenCL" => "libOpenCL.so.1",
            _ => null,
        };
        return versioned != null && NativeLibrary.TryLoad(versioned, out IntPtr handle) ? handle : IntPtr.Zero;
    }
}
