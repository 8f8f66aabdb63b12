using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.ML.Snn.Engine.Cpu;
using Microsoft.ML.Snn.Networks;

namespace Microsoft.ML.Snn.Engine;

/// <summary>Chooses where a network is trained.</summary>
internal static class EngineFactory
{
    /// <summary>Creates the engine that the user asked for.</summary>
    /// <param name="program">The network.</param>
    /// <param name="batchSize">The largest batch.</param>
    /// <param name="threads">Number of threads of the CPU engine.</param>
    /// <param name="gpuDeviceId">Which GPU, counted from 0, or null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU will do where that GPU is not there.</param>
    /// <param name="log">Receives the choice and its reason.</param>
    /// <exception cref="InvalidOperationException">The GPU is not there and the CPU will not do.</exception>
    public static NetworkEngine Create(
        NetworkProgram program, int batchSize, int threads, int? gpuDeviceId, bool fallbackToCpu, Action<string> log)
    {
        string reason = "because MLContext.GpuDeviceId is not set";
        NetworkEngine? engine = null;
        if (gpuDeviceId is int id)
        {
            (engine, string missing) = TryCreateForGpu(program, batchSize, id);
            if (engine == null && !fallbackToCpu)
            {
                throw new InvalidOperationException(
                    missing + " Set MLContext.GpuDeviceId to one of these, or MLContext.FallbackToCpu to true.");
            }

            reason = engine == null
                ? "because MLContext.FallbackToCpu is set and the GPU is not there. " + missing
                : string.Create(CultureInfo.InvariantCulture, $"because MLContext.GpuDeviceId is {id}");
        }

        engine ??= CreateForCpu(program, batchSize, threads);
        log($"Device: {engine.Device}, {reason}");
        return engine;
    }

    /// <summary>The CPU engine with the widest lane of this machine.</summary>
    public static NetworkEngine CreateForCpu(NetworkProgram program, int batchSize, int threads) =>
        Vector512.IsHardwareAccelerated
            ? new CpuEngine<Vector512Lane>(program, batchSize, threads)
            : new CpuEngine<Vector256Lane>(program, batchSize, threads);

    private static (NetworkEngine? Engine, string Missing) TryCreateForGpu(NetworkProgram program, int batchSize, int id)
    {
        Context context = AcceleratorDevices.CreateContext();
        IReadOnlyList<Device> gpus = AcceleratorDevices.Gpus(context);
        if (id >= 0 && id < gpus.Count)
        {
            // The engine takes the context over.
            return (new AcceleratorEngine(context, gpus[id], program, batchSize), "");
        }

        string found = gpus.Count == 0
            ? "no GPU was found"
            : "found were " + string.Join(", ", gpus.Select((gpu, n) => string.Create(CultureInfo.InvariantCulture, $"{n}: {gpu.Name}")));
        context.Dispose();
        return (null, string.Create(
            CultureInfo.InvariantCulture, $"MLContext.GpuDeviceId must be the number of a GPU of this machine, but is {id}: {found}."));
    }
}
