using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using Microsoft.ML.Snn.Engine;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Tests.Engine;

/// <summary>The devices that the tests of kernels run on: ILGPU's simulator, and every GPU of this machine.</summary>
internal static class TestDevices
{
    /// <summary>A GPU with groups of 16 threads, each a thread of the operating system.</summary>
    public const string Simulator = "simulator";

    // Kernels are compiled once per accelerator, and an accelerator works for one thread at a time.
    private static readonly ThreadLocal<Accelerator> s_simulator = new(CreateSimulator);

    public static IEnumerable<string> All { get; } = Find();

    public static AcceleratorEngine CreateEngine(
        string device, NetworkProgram program, int batchSize, int spikesPerNeuron, EPropSettings? eprop = null)
    {
        if (device == Simulator)
        {
            return new AcceleratorEngine(s_simulator.Value!, program, batchSize, spikesPerNeuron, eprop);
        }

        using AcceleratorDevices devices = AcceleratorDevices.Find();
        ILGPU.Runtime.Device gpu = devices.Found.First(found => NameOf(found) == device);
        return new AcceleratorEngine(devices.TakeContext(), gpu, program, batchSize, spikesPerNeuron, eprop);
    }

    /// <summary>Uses a device without an engine.</summary>
    public static TResult Use<TResult>(string device, Func<Accelerator, TResult> use)
    {
        if (device == Simulator)
        {
            return use(s_simulator.Value!);
        }

        using AcceleratorDevices devices = AcceleratorDevices.Find();
        ILGPU.Runtime.Device gpu = devices.Found.First(found => NameOf(found) == device);
        using Context context = devices.TakeContext();
        using Accelerator accelerator = gpu.CreateAccelerator(context);
        return use(accelerator);
    }

    private static Accelerator CreateSimulator()
    {
        var simulated = new CPUDevice(numThreadsPerWarp: 4, numWarpsPerMultiprocessor: 4, numMultiprocessors: 1);
        Context context = Context.Create(builder => builder.CPU(simulated).EnableAlgorithms());
        return context.GetCPUDevice(0).CreateAccelerator(context);
    }

    private static string[] Find()
    {
        using AcceleratorDevices devices = AcceleratorDevices.Find();
        return [Simulator, .. devices.Found.Select(NameOf).Distinct(StringComparer.Ordinal)];
    }

    private static string NameOf(ILGPU.Runtime.Device device) => $"{device.AcceleratorType} {device.Name}";
}
