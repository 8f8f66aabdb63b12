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

    /// <summary>As <see cref="Simulator"/>, with groups of 32 threads.</summary>
    public const string WideSimulator = "simulator of 32 threads";

    private const int ThreadsPerWarp = 4;

    // Kernels are compiled once per accelerator, and an accelerator works for one thread at a time.
    private static readonly Dictionary<string, ThreadLocal<Accelerator>> s_simulators = new()
    {
        [Simulator] = new(() => CreateSimulator(warps: 4)),
        [WideSimulator] = new(() => CreateSimulator(warps: 8)),
    };

    public static IEnumerable<string> All { get; } = Find();

    public static AcceleratorEngine CreateEngine(
        string device, NetworkProgram program, int batchSize, int spikesPerNeuron, EPropSettings? eprop = null)
    {
        if (s_simulators.TryGetValue(device, out ThreadLocal<Accelerator>? simulator))
        {
            return new AcceleratorEngine(simulator.Value!, program, batchSize, spikesPerNeuron, eprop);
        }

        using AcceleratorDevices devices = AcceleratorDevices.Find();
        ILGPU.Runtime.Device gpu = devices.Found.First(found => NameOf(found) == device);
        return new AcceleratorEngine(devices.TakeContext(), gpu, program, batchSize, spikesPerNeuron, eprop);
    }

    /// <summary>Uses a device without an engine.</summary>
    public static TResult Use<TResult>(string device, Func<Accelerator, TResult> use)
    {
        if (s_simulators.TryGetValue(device, out ThreadLocal<Accelerator>? simulator))
        {
            return use(simulator.Value!);
        }

        using AcceleratorDevices devices = AcceleratorDevices.Find();
        ILGPU.Runtime.Device gpu = devices.Found.First(found => NameOf(found) == device);
        using Context context = devices.TakeContext();
        using Accelerator accelerator = gpu.CreateAccelerator(context);
        return use(accelerator);
    }

    /// <summary>An index outside of a view ends the test run: a GPU would read or write somewhere else.</summary>
    private static Accelerator CreateSimulator(int warps)
    {
        var simulated = new CPUDevice(numThreadsPerWarp: ThreadsPerWarp, numWarpsPerMultiprocessor: warps, numMultiprocessors: 1);
        Context context = Context.Create(builder => builder.CPU(simulated).EnableAlgorithms().Assertions());
        return context.GetCPUDevice(0).CreateAccelerator(context);
    }

    private static string[] Find()
    {
        using AcceleratorDevices devices = AcceleratorDevices.Find();
        return [Simulator, .. devices.Found.Select(NameOf).Distinct(StringComparer.Ordinal)];
    }

    private static string NameOf(ILGPU.Runtime.Device device) => $"{device.AcceleratorType} {device.Name}";
}
