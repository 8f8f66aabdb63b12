using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Microsoft.ML.Snn.Engine;

/// <summary>The GPUs of this machine in a fixed order: CUDA first, then OpenCL. The index is what MLContext.GpuDeviceId counts.</summary>
internal sealed class AcceleratorDevices : IDisposable
{
    private Context? _context;

    private AcceleratorDevices(Context context, Device[] found)
    {
        _context = context;
        Found = found;
    }

    public IReadOnlyList<Device> Found { get; }

    /// <summary>Looks for GPUs; finding none is no error.</summary>
    public static AcceleratorDevices Find()
    {
        DriverLibraries.MakeVisible();
        OpenClBarriers.OrderSharedMemory();
        Context context = Context.Create(builder =>
        {
            builder.EnableAlgorithms();
            if (Environment.Is64BitProcess)
            {
                builder.Cuda();
            }

            builder.OpenCL();
        });

        // An OpenCL device may be a CPU, or a CUDA device for a second time.
        Device[] cuda = [.. context.GetCudaDevices()];
        IEnumerable<Device> openCl = context.Devices.OfType<CLDevice>()
            .Where(device => device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU))
            .Where(device => device.Vendor != CLDeviceVendor.Nvidia || cuda.Length == 0);
        return new AcceleratorDevices(context, [.. cuda, .. openCl]);
    }

    /// <summary>Hands over the context that knows the devices; whoever takes it disposes it.</summary>
    public Context TakeContext()
    {
        Context context = _context ?? throw new ObjectDisposedException(nameof(AcceleratorDevices));
        _context = null;
        return context;
    }

    /// <summary>What people call each device.</summary>
    public string[] Names() => [.. Found.Select(device => string.Create(
        CultureInfo.InvariantCulture, $"{device.Name} ({device.AcceleratorType}, {device.MemorySize >> 20} MiB)"))];

    /// <summary>The devices with their indices, for messages.</summary>
    public override string ToString() => Found.Count == 0
        ? "no CUDA and no OpenCL device was found"
        : "found " + string.Join(", ", Names().Select((name, id) => string.Create(CultureInfo.InvariantCulture, $"{id}: {name}")));

    public void Dispose() => _context?.Dispose();
}
